"""Text that fits on one line stays there: forms, models, and the database refuse control characters."""

import pytest
from django.apps import apps
from django.db import IntegrityError, connection, models, transaction
from django.urls import reverse

from accounts.models import StaffRecord
from patients.models import Contact, FamilyContact, Patient
from portal.models import Registration
from practice.emails import EmailField
from practice.models import Practice
from practice.one_line import LinesField, OneLineField
from tests.patients import test_charts

pytestmark = pytest.mark.postgres

HOSTILE = ["a\nb", "a\rb", "a\r\nBcc: x@mail.example", "a\tb", "\x1b[2J", "\x7f", "\x85", "\u2028", "\u2029"]
REFUSED = "Write this in one line"
# Columns that only the application fills, with digests, codes, and addresses.
OURS_ALONE = {
    "accounts.SignInAttempt.account", "accounts.SignInAttempt.address", "accounts.SignInAttempt.device",
    "accounts.SpentCode.code", "accounts.EmailCode.digest", "accounts.User.language", "accounts.User.password",
    "practice.Practice.logo_mark", "practice.TermsText.language", "practice.TermsAcceptance.language",
    "portal.Pin.digest", "portal.Pin.key_id", "portal.PinSheet.language",
    "portal.RedemptionFailure.client", "portal.RedemptionFailure.digest",
}  # fmt: skip
ROOMS = {"practice", "accounts", "patients", "appointments", "portal"}


def columns():
    """All columns of text in one line that people fill, other than choices and e-mails."""
    for model in apps.get_models():
        if model._meta.app_label in ROOMS:
            for field in model._meta.fields:
                is_text = isinstance(field, models.CharField) and not isinstance(field, models.EmailField)
                if is_text and not field.choices and str(field) not in OURS_ALONE:
                    yield field


def test_every_column_of_one_line_is_checked():
    assert [str(field) for field in columns() if not isinstance(field, OneLineField)] == []
    assert [str(field) for field in columns() if isinstance(field, LinesField)] == ["practice.Practice.address"]


def test_every_column_has_its_check_in_the_database(db):
    """A migration that alters a column must add its check, which Django leaves out on PostgreSQL."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'table'")
        else:
            cursor.execute("SELECT conrelid::regclass::text, pg_get_constraintdef(oid) FROM pg_constraint")
        checks = {}
        for table, sql in cursor.fetchall():
            checks[table] = checks.get(table, "") + sql
    emails = [field for model in apps.get_models() for field in model._meta.fields if isinstance(field, EmailField)]
    sign = {"sqlite": '"{}" NOT GLOB', "postgresql": "(({})::text !~"}[connection.vendor]
    missing = [
        str(each) for each in [*columns(), *emails] if sign.format(each.column) not in checks[each.model._meta.db_table]
    ]
    assert missing == []


def test_the_database_refuses_every_control_character(rivera, oneil, front_desk):
    Practice.objects.create(pk=1)
    texts = HOSTILE + ["a\0b"] * (connection.vendor == "sqlite")  # psycopg refuses NUL before the database does
    for model in (Practice, StaffRecord, Patient, Contact, FamilyContact):
        row = model.objects.order_by("-pk").first()
        for field in columns():
            for text in texts if field.model is model else []:
                value = f"{text}\r" if isinstance(field, LinesField) else text[: field.max_length]
                with pytest.raises(IntegrityError), transaction.atomic():
                    model.objects.filter(pk=row.pk).update(**{field.name: value})


@pytest.mark.parametrize("text", ["José ‑ O’Neil", "שרה", "नेहा\u200d", "👩‍👧 ½ ﬁ", "\u00a0\u00ad"], ids=ascii)
def test_the_database_takes_every_other_character(rivera, text):
    Patient.objects.filter(pk=rivera.mateo.pk).update(given_name=text, street=text)
    assert Patient.objects.get(given_name=text) == rivera.mateo


def test_an_address_keeps_its_lines(db):
    Practice.objects.create(pk=1, address="1 Main St\nFairbrook")
    assert Practice.current().address_lines == ["1 Main St", "Fairbrook"]


@pytest.mark.parametrize("text", ["a\nb", "a\r\nBcc: x@mail.example", "a\u2028b", "a\x1bb"], ids=ascii)
def test_forms_of_staff_say_so_at_the_field(as_administrator, rivera, text):
    link = rivera.link(rivera.ana, rivera.mateo)
    name = {"name": text, "role": "front_desk"}
    posts = {
        reverse("office:change_settings", args=["practice"]): {"name": text, "address": "", "phone": ""},
        reverse("office:add_staff_record"): name,
        reverse("appointments:add_provider"): name,
        reverse("appointments:add_visit_type"): {"name": text, "minutes": "15", "color": "teal"},
        reverse("patients:edit", args=[rivera.mateo.pk]): test_charts.form_of(rivera.mateo, given_name=text),
        reverse("desk:row_verb", args=[link.pk, link.pk, "decline"]): {"reason": text},
    }
    pages = {address: as_administrator.post(address, sent) for address, sent in posts.items()}
    assert {address: (page.status_code, REFUSED in page.text) for address, page in pages.items()} == dict.fromkeys(
        posts, (200, True)
    )
    assert not Registration.objects.exists()
    assert Patient.objects.get(pk=rivera.mateo.pk).given_name == "Mateo"


def test_what_is_pasted_around_a_line_is_cut_off(as_front_desk, rivera):
    sent = test_charts.form_of(rivera.mateo, given_name="\r\n Matthew\n")
    as_front_desk.post(reverse("patients:edit", args=[rivera.mateo.pk]), sent)
    assert Patient.objects.get(pk=rivera.mateo.pk).given_name == "Matthew"
