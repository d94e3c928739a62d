"""One mailbox has one canonical form, wherever an e-mail is typed, compared, or stored."""

import ast
import csv
from pathlib import Path

import pytest
from allauth.account.models import EmailAddress
from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import IntegrityError, models, transaction
from django.urls import reverse

from accounts.models import EmailCode, StaffRecord, User
from accounts.signin import attempts
from patients.ages import today
from patients.models import Contact, Patient
from patients.roster.writing import fitting
from patients.search import find_contacts
from portal.eligibility import others_read_along
from practice.emails import EmailField, MailboxValidator, canonical
from practice.models import Practice
from tests import people
from tests.portal.office.test_sign_in import sign_in

pytestmark = pytest.mark.postgres

ROWS = list(csv.DictReader((Path(__file__).parent / "email_entry.csv").read_text().splitlines()))
SAME = "same mailbox as "


def typed(row):
    text = row["typed_as_python_literal"]
    return ast.literal_eval(text) if text.startswith("'") else text


SPELLINGS = {typed(row): row["right"].removeprefix(SAME) for row in ROWS if row["right"].startswith(SAME)} | {
    "＠".join(["ana", "example.org"]): "ana@example.org",
    "\ufeffAna@\u2060example\u3002org\u00a0": "ana@example.org",
    "ana@B\u00dcCHER\uff0eexample": "ana@xn--bcher-kva.example",
    "ana@bu\u0308cher.example": "ana@xn--bcher-kva.example",  # the dots are a character of their own
    "ANA@XN--BCHER-KVA.example": "ana@xn--bcher-kva.example",
    "\u200eana@example.org": "ana@example.org",
    "\uff41na@example.org": "ana@example.org",
}
NO_MAILBOX = [
    '"ana"@example.org',
    "ana@[192.0.2.1]",
    "ana@[IPv6:2001:db8::1]",
    "an\u0430@example.org",  # a Cyrillic letter
    "ana@exa\nmple.org",
    "ana@example.org\r\nBcc: x@example.org",
    "ana@.org",
    "ana@" + "b\u00fc" * 200 + ".org",
    "\u00fc" * 300_000 + "@example.org",
]


@pytest.mark.parametrize(("spelling", "right"), SPELLINGS.items(), ids=map(ascii, SPELLINGS))
def test_every_spelling_has_the_one_form(spelling, right):
    assert canonical(spelling) == canonical(right) == right
    assert attempts.digest(spelling) == attempts.digest(right)  # the limits on guessing count them together
    MailboxValidator()(right)


@pytest.mark.parametrize("row", [row for row in ROWS if not row["right"].startswith(SAME)], ids=str)
def test_another_mailbox_stays_another(row):
    """Also one that looks mistyped: the form may ask, but it is not changed."""
    assert canonical(typed(row)) == typed(row)
    MailboxValidator()(typed(row))


@pytest.mark.parametrize("text", NO_MAILBOX, ids=range(len(NO_MAILBOX)))
def test_what_could_be_one_more_spelling_is_no_mailbox(text):
    with pytest.raises(ValidationError):
        MailboxValidator()(canonical(text))


def test_every_column_of_e_mails_keeps_the_one_form():
    ours = [
        model for model in apps.get_models() if model.__module__.split(".")[0] in {"accounts", "patients", "portal"}
    ]
    columns = [field for model in ours for field in model._meta.fields if isinstance(field, models.EmailField)]
    assert {str(field) for field in columns} == {
        "accounts.User.email", "accounts.EmailCode.email", "patients.Patient.email", "patients.Contact.email",
    }  # fmt: skip
    assert all(isinstance(field, EmailField) for field in columns)


@pytest.mark.parametrize("spelling", SPELLINGS, ids=map(ascii, SPELLINGS))
def test_a_mailbox_has_one_sign_in_whatever_its_spelling(db, spelling):
    user = people.family_user(spelling)
    assert User.objects.get(email=spelling) == user
    assert user.email == SPELLINGS[spelling] == User.objects.values_list("email", flat=True).get()
    with pytest.raises(IntegrityError), transaction.atomic():
        people.staff_user(SPELLINGS[spelling])


@pytest.mark.parametrize("stored", ["Ana@example.org", "ana@example.org\u200b", "ana@b\u00fccher.example", "a b@c.de"])
def test_the_database_refuses_any_other_form(rivera, family_user, stored):
    for model in (User, Patient, Contact):
        with pytest.raises(IntegrityError), transaction.atomic():
            # As SQL would: a column of this type, without the field's own conversion.
            model.objects.update(email=models.Value(stored, output_field=models.CharField()))


def test_a_sign_in_opens_with_every_spelling_and_counts_as_one(client, family_user):
    for spelling in ("Stranger@MAIL.example", "stranger@ma\u00adil.example", "stranger@\uff4dail.example\u200b"):
        client.post(reverse("account_login"), {"login": spelling, "password": people.PASSWORD})
        assert client.get(reverse("family:children")).status_code == 200
        client.logout()
        client.post(reverse("account_login"), {"login": spelling, "password": "wrong"})
    assert attempts.recent(family_user.email).count() == 3


def test_a_new_password_is_mailed_to_every_spelling(client, family_user, mailoutbox):
    people.confirm_email(family_user)
    client.post(reverse("account_reset_password"), {"email": "STRANGER@ma\u00adil.example\u200b"})
    assert [mail.to for mail in mailoutbox] == [[family_user.email]]
    assert "/accounts/password/reset/key/" in mailoutbox[0].body


def test_a_teen_gets_no_account_on_a_guardian_s_mailbox_by_another_spelling(rivera):
    Patient.objects.filter(pk=rivera.mateo.pk).update(birth_date=people.years_ago(15))
    rivera.mateo.refresh_from_db()
    own = people.link(people.contact("Mateo", "Rivera"), rivera.mateo, role="self", authority="none")
    for spelling in ("ana.rivera@\uff4dail.example", "Ana.Rivera@mail.exam\u00adple\u200b"):
        assert others_read_along(own, spelling, practice=Practice.current(), today=today())


def test_an_invitation_and_a_change_of_address_are_refused_by_another_spelling(administrator, family_user, settings):
    record = StaffRecord.objects.create(name="Jordan Lee", role="front_desk")
    page = sign_in(administrator).post(
        reverse("office:invite", args=[record.pk]), {"email": "stranger@m\u00adail.example"}
    )
    assert "This e-mail already has a sign-in." in page.text
    settings.WRITES_TO_FAMILIES = True
    page = sign_in(family_user).post(reverse("family_account:change_email"), {"email": "stranger@\uff4dail.example"})
    assert "This is the e-mail you have now." in page.text
    assert not EmailCode.objects.exists()


def test_a_contact_s_e_mail_is_kept_and_found_in_its_one_form(as_front_desk, rivera):
    rivera.ana.email = "Ana@b\u00fccher.example\u200b"
    rivera.ana.save()
    rivera.ana.refresh_from_db()
    assert rivera.ana.email == "ana@xn--bcher-kva.example"
    assert list(find_contacts("ana@b\u00fccher.example")) == [rivera.ana]


def test_a_roster_brings_the_one_form_and_says_what_it_cannot_use():
    said = []
    assert fitting(Contact, {"email": "ANA@exam\u00adple.org"}, warn=said.append) == {"email": "ana@example.org"}
    assert fitting(Contact, {"email": '"ana"@example.org'}, warn=said.append) == {}
    assert said == ["the e-mail address is not valid; left out"]


# --- What an earlier version stored --------------------------------------------------------------

BEFORE = [
    ("account", "0009_emailaddress_unique_primary_email"),
    ("accounts", "0002_staff_without_access"),
    ("patients", "0002_access"),
    ("practice", "0002_access"),
]
AFTER = [(app, "0003_one_line_and_one_mailbox") for app in ("accounts", "patients", "practice")]


@pytest.mark.slow
def test_old_rows_are_brought_into_the_one_form(migrate):
    old = migrate(BEFORE)
    user = old.get_model("accounts", "User").objects.create(email="Ana@exam\u00adple.org", kind="family")
    old.get_model("account", "EmailAddress").objects.create(
        user_id=user.pk, email="ana@exam\u00adple.org", verified=True
    )
    old.get_model("accounts", "EmailCode").objects.create(user=user, email="Ana@exam\u00adple.org", digest="x")
    for number, email in enumerate(["LUIS@example.org", '"luis"@example.org']):
        old.get_model("patients", "Patient").objects.create(
            chart_number=f"7\r\n{number}", given_name="Luis\u2028 B", email=email
        )
    old.get_model("practice", "Practice").objects.create(
        pk=1, name="Sunny\r\nside", address="1 Main St\r\nFairbrook\x07"
    )
    migrate(AFTER)
    assert User.objects.get(pk=user.pk).email == EmailAddress.objects.get().email == "ana@example.org"
    assert not EmailCode.objects.exists()
    stored = Patient.objects.order_by("pk").values_list("chart_number", "given_name", "email")
    assert list(stored) == [("7 0", "Luis B", "luis@example.org"), ("7 1", "Luis B", "")]
    practice = Practice.current()
    assert (practice.name, practice.address) == ("Sunny side", "1 Main St\nFairbrook")


@pytest.mark.slow
def test_two_old_sign_ins_on_one_mailbox_stop_the_migration_in_words(migrate):
    old = migrate(BEFORE)
    sign_ins = old.get_model("accounts", "User").objects
    first, second = (sign_ins.create(email=email, kind="family") for email in ("a@b.example", "a@\u200bb.example"))
    with pytest.raises(Exception, match=f"Sign-ins {first.pk} and {second.pk} have one mailbox"):
        migrate(AFTER)
    sign_ins.all().delete()
