"""``manage.py show_permissions``: the text of docs/permissions.md."""

from typing import Any

from django.core.management.base import BaseCommand

from accounts import permissions


class Command(BaseCommand):
    help = "Print the permissions of each role in Markdown."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(permissions.markdown(), ending="")
