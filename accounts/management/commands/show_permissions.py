"""``manage.py show_permissions``: what each role may do, as docs/permissions.md says it."""

from typing import Any

from django.core.management.base import BaseCommand

from accounts import permissions


class Command(BaseCommand):
    help = "Print what each role may do, in Markdown."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(permissions.markdown(), ending="")
