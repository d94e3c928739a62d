"""``manage.py create_admin E-MAIL NAME``: the first practice administrator of a new installation."""

import getpass
from typing import Any

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.core.validators import validate_email
from django.db import transaction

from practice.audit import Action, Actor, record
from practice.models import StaffRecord, User


class Command(BaseCommand):
    help = "Make a practice administrator: a sign-in and a staff record linked to it. Asks for the password."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("email")
        parser.add_argument("name")

    def handle(self, *args: Any, **options: Any) -> None:
        email, name = options["email"], options["name"]
        password = getpass.getpass("Password (at least 15 characters): ")
        try:
            validate_email(email)
            validate_password(password, User(email=email))
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from error
        if User.objects.filter(email__iexact=email).exists():
            raise CommandError(f"{email} has a sign-in already.")
        with transaction.atomic():
            user = User.objects.create_user(email, password, kind=User.Kind.STAFF)
            StaffRecord.objects.create(name=name, role=StaffRecord.Role.ADMINISTRATOR, user=user)
            record(actor=Actor.command("create_admin"), action=Action.USER_ADDED, user=user.pk)
        self.stdout.write(f"{email} can sign in as practice administrator.")
