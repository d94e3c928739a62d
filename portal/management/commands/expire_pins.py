"""``manage.py expire_pins``: for a daily timer."""

from typing import Any

from django.core.management.base import BaseCommand

from accounts.signin import attempts
from audit.trail import Actor
from portal import registration
from portal.pins import throttle


class Command(BaseCommand):
    help = "End PINs that have expired or are no longer allowed, and erase their sealed copies. Run it daily."

    def handle(self, *args: Any, **options: Any) -> None:
        ended = registration.expire(by=Actor.command("expire_pins"))
        forgotten = throttle.forget_old() + attempts.forget_old()
        self.stdout.write(f"{ended} PINs ended, {forgotten} old failed attempts forgotten.")
