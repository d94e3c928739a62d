"""``manage.py expire_pins``: for a daily timer."""

from typing import Any

from django.core.management.base import BaseCommand

from accounts.attempt_counter import forget_old
from accounts.models import SignInAttempt
from audit.trail import Actor
from portal import registration
from portal.models import RedemptionFailure


class Command(BaseCommand):
    help = "End PINs that have expired or are no longer allowed, and erase their sealed copies. Run it daily."

    def handle(self, *args: Any, **options: Any) -> None:
        ended = registration.expire(by=Actor.command("expire_pins"))
        forgotten = forget_old(RedemptionFailure) + forget_old(SignInAttempt)
        self.stdout.write(f"{ended} PINs ended, {forgotten} old failed attempts forgotten.")
