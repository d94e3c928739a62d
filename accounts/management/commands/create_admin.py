"""``manage.py create_admin E-MAIL NAME``: make the first practice administrator of a new installation."""

import getpass
import sys
from typing import Any

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from accounts.models import StaffRecord, User
from accounts.signin import passwords
from audit.trail import Action, Actor, record


class Command(BaseCommand):
    help = (
        "Make a practice administrator: a sign-in and a staff record linked to it. Asks for the password. "
        "Without a terminal, the password is the first line of standard input."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("email")
        parser.add_argument("name")

    def handle(self, *args: Any, **options: Any) -> None:
        user = User(email=options["email"], kind=User.Kind.STAFF)
        staff_record = StaffRecord(name=options["name"].strip(), role=StaffRecord.Role.ADMINISTRATOR)
        try:
            user.full_clean(exclude=["password"])  # refuses an e-mail that has a sign-in, in upper or lower case
            staff_record.full_clean()
            password = _password()
            validate_password(password, user)
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from error
        user.set_password(password)
        with transaction.atomic():
            user.save()
            staff_record.user = user
            staff_record.save()
            record(actor=Actor.command("create_admin"), action=Action.USER_ADDED, account=user.pk)
        self.stdout.write(f"{user.email} can now sign in as practice administrator.")


def _password() -> str:
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\r\n")
    password = getpass.getpass(f"Password (at least {passwords.SHORTEST} characters): ")
    if getpass.getpass("Password again: ") != password:
        raise CommandError("The two passwords differ. No sign-in was made.")
    return password
