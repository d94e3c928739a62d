# Made by Django 5.2.19; the cleaning was added

import practice.emails
import practice.one_line
from django.db import migrations

from practice.cleaning import add_checks, clean_lines, drop_checks, is_email
from practice.emails import canonical


ANOTHER = "Give it another e-mail, then migrate again: UPDATE accounts_user SET email = '…' WHERE id = %s;"


class SameMailbox(Exception):
    """Two sign-ins cannot stay as they are. The message says what to do."""


def clean(apps, schema_editor):
    clean_lines(apps, "accounts", {"StaffRecord": ["name"]})
    sign_ins = {}
    for user in apps.get_model("accounts", "User").objects.order_by("pk"):
        email = canonical(user.email)
        if email in sign_ins:
            raise SameMailbox(f"Sign-ins {sign_ins[email]} and {user.pk} have one mailbox. {ANOTHER % user.pk}")
        if not is_email(email):
            raise SameMailbox(f"Sign-in {user.pk} has no valid e-mail. {ANOTHER % user.pk}")
        sign_ins[email] = user.pk
        if email != user.email:
            type(user).objects.filter(pk=user.pk).update(email=email)
    for code in apps.get_model("accounts", "EmailCode").objects.all():
        if code.email != canonical(code.email):
            code.delete()  # it was sent to another spelling; the page offers to send a new one
    for address in apps.get_model("account", "EmailAddress").objects.order_by("-verified", "pk"):
        email = canonical(address.email)
        if email == address.email:
            continue
        others = type(address).objects.filter(email=email).exclude(pk=address.pk)
        if others.exists():
            address.delete()
        else:
            type(address).objects.filter(pk=address.pk).update(email=email)


def check(apps, schema_editor):
    add_checks(apps, schema_editor, "accounts")


def uncheck(apps, schema_editor):
    drop_checks(apps, schema_editor, "accounts")


class Migration(migrations.Migration):

    dependencies = [
        ('account', '0009_emailaddress_unique_primary_email'),
        ('accounts', '0002_staff_without_access'),
    ]

    operations = [
        migrations.RunPython(clean, migrations.RunPython.noop),
        migrations.AlterField(
            model_name='emailcode',
            name='email',
            field=practice.emails.EmailField(help_text='The address it was sent to', max_length=254),
        ),
        migrations.AlterField(
            model_name='staffrecord',
            name='name',
            field=practice.one_line.OneLineField(max_length=100),
        ),
        # The column is unique, and has only canonical forms now.
        migrations.RemoveConstraint(
            model_name='user',
            name='one_user_per_email',
        ),
        migrations.AlterField(
            model_name='user',
            name='email',
            field=practice.emails.EmailField(error_messages={'unique': 'This e-mail has a sign-in already.'}, max_length=254, unique=True),
        ),
        migrations.RunPython(check, uncheck),
    ]
