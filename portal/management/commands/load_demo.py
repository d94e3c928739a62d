"""``manage.py load_demo``: a fictional practice to try everything with."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction
from django.utils import timezone

from accounts import demo as accounts_demo
from appointments import demo as appointments_demo
from audit.trail import Actor
from patients import demo as patients_demo
from portal import demo as portal_demo
from practice.demo import practice as practice_demo

WHAT_TO_TRY = """
The demo practice is ready at {url}
Sign in as {front_desk}, {doctor}, {administrator}, {auditor} (reads the audit trail only)
or {unlinked} (a sign-in without a staff record: see what it is told); as a family {parent} or {patient}.
Password of all: {password}
Try: search Rivera › Family Contacts › Create/Validate Portal Account › Register › Print,
or Schedule › Families not registered; then open {url}/register/ as the parent (in a private window).
"""


class Command(BaseCommand):
    help = "Load the demo practice: fictional families, this week's appointments, sign-ins with a known password."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--anyway", action="store_true", help="Load even though this is no demo. Everybody knows the passwords."
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if not (settings.IS_DEMO or options["anyway"]):
            raise CommandError(
                "This is not a demo (PINPORTAL_ENV), and load_demo makes sign-ins whose password everybody knows. "
                "Where that does no harm, use --anyway."
            )
        with transaction.atomic():
            by = Actor.command("load_demo")
            practice_demo.load(actor=by)
            accounts_demo.load(actor=by)
            patients_demo.load(today=timezone.localdate())
            appointments_demo.load(now=timezone.now())
            portal_demo.load()
        self.stdout.write(
            WHAT_TO_TRY.format(
                url=settings.PORTAL_URL.rstrip("/"),
                front_desk=accounts_demo.FRONT_DESK.email,
                doctor=accounts_demo.DOCTOR.email,
                administrator=accounts_demo.ADMINISTRATOR.email,
                auditor=accounts_demo.AUDITOR.email,
                unlinked=accounts_demo.UNLINKED.email,
                parent=portal_demo.PARENT,
                patient=portal_demo.PATIENT,
                password=accounts_demo.PASSWORD,
            ).strip()
        )
