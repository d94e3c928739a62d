"""``manage.py load_demo``: a fictional practice to try everything with."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction
from django.utils import timezone

from accounts.demo import staff
from appointments import demo as appointments_demo
from audit.trail import Actor
from patients import demo as patients_demo
from portal import demo as portal_demo
from practice.demo import practice as practice_demo

WHAT_TO_TRY = """
The demo practice is ready at {url}
Sign in as {front_desk}, {doctor}, {administrator}, {viewer} (views only), {auditor} (reads the audit trail only)
or {unlinked} (no staff record, so no access: press Ask an administrator); as a family {parent} or {patient}.
Password of all: {password}
Try: search Rivera › Family Contacts › Create/Validate Portal Account › Register › Print,
or Schedule › Families not registered; then open {url}/register/ as the parent (in a private window).
"""


class Command(BaseCommand):
    help = "Load the demo practice: fictional families, this week's appointments, sign-ins with a known password."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--anyway", action="store_true", help="Load although this is not a demo. The passwords are public."
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if not (settings.IS_DEMO or options["anyway"]):
            raise CommandError(
                "This is not a demo (PINPORTAL_ENV), and load_demo creates sign-ins with a public password. "
                "If that does no harm here, use --anyway."
            )
        with transaction.atomic():
            by = Actor.command("load_demo")
            practice_demo.load(actor=by)
            staff.load(actor=by)
            patients_demo.load(today=timezone.localdate())
            appointments_demo.load(now=timezone.now())
            portal_demo.load()
        self.stdout.write(
            WHAT_TO_TRY.format(
                url=settings.PORTAL_URL.rstrip("/"),
                front_desk=staff.FRONT_DESK.email,
                doctor=staff.DOCTOR.email,
                administrator=staff.ADMINISTRATOR.email,
                viewer=staff.VIEWER.email,
                auditor=staff.AUDITOR.email,
                unlinked=staff.UNLINKED.email,
                parent=portal_demo.PARENT,
                patient=portal_demo.PATIENT,
                password=staff.PASSWORD,
            ).strip()
        )
