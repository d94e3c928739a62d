"""``manage.py create_admin E-MAIL NAME``: the first practice administrator of a new installation."""

import getpass
import sys
from typing import Any

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from accounts.models import StaffRecord, User
from audit.trail import Action, Actor, record


class Command(BaseCommand):
    help = (
        "Make a practice administrator: a sign-in and a staff record linked to it. Asks for the password; "
        "where nobody can be asked, it is the first line of the standard input."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("email")
        parser.add_argument("name")

    def handle(self, *args: Any, **options: Any) -> None:
        user = User(email=User.objects.normalize_email(options["email"].strip()), kind=User.Kind.STAFF)
        staff_record = StaffRecord(name=options["name"].strip(), role=StaffRecord.Role.ADMINISTRATOR)
        try:
            user.full_clean(exclude=["password"])  # also whether the e-mail has a sign-in already, in any case
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
        self.stdout.write(f"{user.email} can sign in as practice administrator.")


def _password() -> str:
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\r\n")
    password = getpass.getpass("Password (at least 15 characters): ")
    if getpass.getpass("The same again: ") != password:
        raise CommandError("The two passwords differ. Nothing was made.")
    return password
