"""Attacks over HTTP and their responses (attacks 2, 4, 7, 8, 10, and 13)."""

import re
from datetime import date, timedelta
from html import unescape
from urllib.parse import urlencode

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from audit.models import AuditEvent
from audit.trail import Actor
from patients.models import Patient
from portal import registration
from portal.models import Account, Pin, Registration
from tests import people
from tests.portal import steps

pytestmark = pytest.mark.postgres

REGISTER = reverse("signup:register")
NOT_PROVEN = "We cannot find a PIN that works with this birth date."


@pytest.fixture
def by(front_desk):
    return Actor(front_desk, "192.0.2.1")


@pytest.fixture
def mateo(rivera):
    return rivera.link(rivera.ana, rivera.mateo)


@pytest.fixture
def number(by, mateo):
    """Mateo's PIN."""
    return steps.issued(by, mateo)["Mateo"]


# --- 2: one answer -------------------------------------------------------------------------------


def be_used(mateo, number, by):
    proven = registration.prove(pin=number, birth_date=mateo.patient.birth_date, by=steps.PARENT)
    sign_in = registration.NewSignIn("ana@mail.example", steps.PASSWORD)
    registration.redeem(proven=[proven.pk], sign_in=sign_in, by=steps.PARENT)


def be_revoked(mateo, number, by):
    registration.revoke(family_contact=mateo, reason="Sheet lost", by=by)


def be_superseded(mateo, number, by):
    registration.reissue(family_contact=mateo, by=by)


def be_locked(mateo, number, by):
    for _ in range(5):
        steps.prove(Client(), number, people.patient(f"8{_}", "Wrong", "Child", date(2019, 1, 1)))


def be_of_a_child_born_another_day(mateo, number, by):
    Patient.objects.filter(pk=mateo.patient_id).update(birth_date=date(2019, 1, 1))


def be_barred(mateo, number, by):
    mateo.authority = "none"
    mateo.save()


def be_unknown(mateo, number, by):
    Pin.objects.all().delete()


FATES = {
    "redeemed": be_used,
    "revoked": be_revoked,
    "superseded": be_superseded,
    "locked": be_locked,
    "wrong_birth_date": be_of_a_child_born_another_day,
    "blocked: no_authority": be_barred,
    "unknown": be_unknown,
}


def same(page):
    """The page without the parts that differ for every request."""
    return re.sub(r'(name="csrfmiddlewaretoken" value=)"\w+"', r"\1", page.text)


@pytest.fixture
def plain_answer(mateo):
    """The response to a PIN that was never issued, without the PIN itself."""
    page = steps.prove(Client(), steps.UNKNOWN, mateo.patient)
    assert (page.status_code, NOT_PROVEN in page.text) == (200, True)
    return same(page).replace(steps.UNKNOWN, "")


def refused_verdicts():
    refused = AuditEvent.objects.filter(action__in=["pin.refused", "pin.locked"]).order_by("pk")
    return list(refused.values_list("detail__verdict", flat=True))


@pytest.mark.parametrize("verdict", FATES)
def test_a_pin_that_does_not_work_gets_the_one_answer_and_the_audit_tells_why(plain_answer, mateo, number, by, verdict):
    FATES[verdict](mateo, number, by)
    page = steps.prove(Client(), number, mateo.patient)
    assert page.status_code == 200
    assert same(page).replace(number, "") == plain_answer
    assert refused_verdicts()[-1] == verdict


def test_a_pin_expired_by_a_second_gets_the_one_answer(plain_answer, mateo, number):
    expires_at = Pin.objects.get().expires_at
    with time_machine.travel(expires_at - timedelta(seconds=1), tick=False):
        assert steps.prove(Client(), number, mateo.patient).status_code == 302
    with time_machine.travel(expires_at + timedelta(seconds=1), tick=False):
        page = steps.prove(Client(), number, mateo.patient)
    assert page.status_code == 200
    assert same(page).replace(number, "") == plain_answer
    assert refused_verdicts() == ["unknown", "expired"]


# --- 4: guessing the birth date ------------------------------------------------------------------


def test_a_pin_failed_to_its_limit_is_refused_with_the_right_birth_date_from_anywhere(mateo, number):
    client = Client()
    for day in range(1, 6):
        assert client.post(REGISTER, steps.typed(number, date(2019, 1, day))).status_code == 200
    for address in ("127.0.0.1", "203.0.113.9"):
        page = Client(REMOTE_ADDR=address).post(REGISTER, steps.typed(number, mateo.patient.birth_date))
        assert (page.status_code, NOT_PROVEN in page.text) == (200, True)
    assert refused_verdicts() == ["wrong_birth_date"] * 4 + ["locked_now"] + ["locked"] * 2


def test_a_pin_failed_four_times_still_works(mateo, number):
    for day in range(1, 5):
        Client().post(REGISTER, steps.typed(number, date(2019, 1, day)))
    assert steps.prove(Client(), number, mateo.patient).status_code == 302


# --- 7: hostile input ----------------------------------------------------------------------------

TYPING_MISTAKE = "There is a typing mistake in this PIN."
NUMBERS = "Use numbers for month, day and year."
NO_SUCH_DAY = "That day is not in the calendar."
BAD_PINS = {
    "letters": ("abcd efgh ijkl", TYPING_MISTAKE),
    "NUL": ("1234\0", "Null characters are not allowed."),
    "right-to-left": ("\u202e123456789012", TYPING_MISTAKE),
    "full width, one digit missing": ("１２３４５６７８９０１", TYPING_MISTAKE),
    "too long": ("1" * 65, "A PIN has 12 digits."),
    "superscript": ("¹²³⁴⁵⁶⁷⁸⁹⁰¹²", TYPING_MISTAKE),
    "markup": ("<script>alert(1)</script>", TYPING_MISTAKE),
    "spaces": ("   ", "Type the PIN from your sheet."),
    "empty": ("", "Type the PIN from your sheet."),
}
BAD_DATES = {
    "29 February of another year": (("2", "29", "2019"), NO_SUCH_DAY),
    "month 13": (("13", "1", "2019"), NO_SUCH_DAY),
    "day 0": (("1", "0", "2019"), NO_SUCH_DAY),
    "year 0": (("1", "1", "0"), NO_SUCH_DAY),
    "year 0001": (("1", "1", "0001"), "Type the year with four digits"),
    "year 19": (("1", "1", "19"), "Type the year with four digits"),
    "year 9999": (("12", "31", "9999"), "That day has not come yet."),
    "letters": (("May", "1", "2019"), NUMBERS),
    "minus": (("-1", "1", "2019"), NUMBERS),
    "NUL": (("1\0", "1", "2019"), "Null characters are not allowed."),
    "right-to-left": (("\u202e1", "1", "2019"), NUMBERS),
    "five digits": (("1", "1", "20190"), NUMBERS),
    "too long": (("1" * 11, "1", "2019"), "at most 10 characters"),
    "nothing": (("", "", ""), "Type your child’s birth date."),
    "no month": (("", "1", "2019"), "Type your child’s birth date."),
    "no year": (("1", "1", ""), "Type your child’s birth date."),
}


def values_of(page):
    """The values of the page's fields, by name."""
    inputs = re.findall(r"<input[^>]*>", page.text)
    named = {re.search(r'name="([^"]*)"', each)[1]: re.search(r' value="([^"]*)"', each) for each in inputs}
    return {name: unescape(value[1]) if value else "" for name, value in named.items()}


def born(month, day, year):
    return {"birth_date_month": month, "birth_date_day": day, "birth_date_year": year}


@pytest.mark.parametrize(("pin", "message"), BAD_PINS.values(), ids=BAD_PINS)
def test_a_hostile_pin_gets_a_clear_message(client, db, pin, message):
    assert_asked_again(client, {"pin": pin, **born("5", "1", "2019")}, message)


@pytest.mark.parametrize(("parts", "message"), BAD_DATES.values(), ids=BAD_DATES)
def test_a_hostile_birth_date_gets_a_clear_message(client, db, parts, message):
    assert_asked_again(client, {"pin": steps.UNKNOWN, **born(*parts)}, message)


def assert_asked_again(client, sent, message):
    """The page shows the message and what was typed, and nothing was counted."""
    page = client.post(REGISTER, sent)
    assert page.status_code == 200
    assert message in page.text
    assert {name: value for name, value in values_of(page).items() if name in sent} == sent
    assert steps.trail() == []


@pytest.mark.parametrize("field", ["pin", "birth_date_month", "birth_date_day", "birth_date_year"])
def test_a_field_that_is_missing_is_asked_for(client, db, field):
    sent = steps.typed(steps.UNKNOWN, date(2019, 5, 1))
    del sent[field]
    page = client.post(REGISTER, sent)
    assert page.status_code == 200
    assert ("Type the PIN from your sheet." if field == "pin" else "Type your child’s birth date.") in page.text
    assert values_of(page).get("birth_date_year" if field == "pin" else "pin") in {"2019", steps.UNKNOWN}


def test_a_form_with_no_field_at_all_is_asked_for(client, db):
    page = client.post(REGISTER)
    assert "Type the PIN from your sheet." in page.text
    assert "Type your child’s birth date." in page.text


def test_a_birth_date_in_full_width_digits_is_taken(client, mateo, number):
    Patient.objects.filter(pk=mateo.patient_id).update(birth_date=date(2020, 2, 29))
    assert client.post(REGISTER, {"pin": number, **born("２", " ２９ ", "２０２０")}).status_code == 302


@pytest.mark.parametrize("name", ["pin", "birth_date_year"])
def test_repeated_fields_count_once(client, mateo, number, name):
    sent = steps.typed(number, mateo.patient.birth_date)
    page = client.post(REGISTER, {**sent, name: ["x", "y"]})
    assert (page.status_code, values_of(page)[name]) == (200, "y")
    assert client.post(REGISTER, {**sent, name: ["x", sent[name]], f"{name}[]": "z"}).status_code == 302


@pytest.mark.parametrize("name", ["pin", "birth_date_year", "nobody_s"])
def test_a_megabyte_is_refused(client, db, name):
    page = client.post(REGISTER, steps.typed(steps.UNKNOWN, date(2019, 5, 1), **{name: "1" * 2**20}))
    assert page.status_code == 413
    assert "<h1>" in page.text


def test_five_thousand_fields_are_refused(client, db):
    fields = {f"field{each}": "1" for each in range(5000)}
    assert client.post(REGISTER, urlencode(fields), "application/x-www-form-urlencoded").status_code == 400
    assert client.post(REGISTER, fields).status_code == 413  # sent as a form with files, it is too long as well


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(pin=st.text(max_size=80), month=st.text(max_size=12), day=st.text(max_size=12), year=st.text(max_size=12))
@example(pin="", month="0", day="0", year="\r")
def test_no_text_breaks_the_registration_page(client, db, pin, month, day, year):
    page = client.post(REGISTER, {"pin": pin, **born(month, day, year)})
    assert page.status_code == 200
    assert "error-summary" in page.text


@pytest.mark.slow
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(value=st.text(max_size=120))
def test_no_text_breaks_the_staff_s_pages(as_front_desk, mateo, value):
    posts = {
        reverse("desk:issue", args=[mateo.pk]): "child",
        reverse("desk:show", args=[mateo.pk]): "only",
        reverse("desk:print", args=[mateo.pk]): "child",
        reverse("desk:row_verb", args=[mateo.pk, mateo.pk, "revoke"]): "reason",
        reverse("office:administration"): "query",
        reverse("patients:search"): "query",
    }
    for address, name in posts.items():
        assert as_front_desk.post(address, {name: value}).status_code == 200


# --- 8: guessing numbers -------------------------------------------------------------------------

OF_PATIENT = ["desk:history", "patients:chart", "patients:edit", "patients:family_contacts", "patients:add_contact"]
OF_CONTACT = ["desk:window", "patients:edit_contact", "patients:inactivate_contact"]


@pytest.mark.parametrize("name", OF_PATIENT + OF_CONTACT)
def test_a_family_that_guesses_the_staff_s_addresses_is_refused_and_recorded(by, mateo, oneil, name):
    parent = people.signed_in(steps.registered(by, mateo))
    nora = oneil.link(oneil.maeve, oneil.nora)
    for link in (mateo, nora):  # its own child's chart no more than another's
        before = AuditEvent.objects.filter(action="access.refused", detail__view=name).count()
        page = parent.get(reverse(name, args=[link.patient_id if name in OF_PATIENT else link.pk]))
        assert page.status_code == 403
        assert link.patient.given_name not in page.text
        assert AuditEvent.objects.filter(action="access.refused", detail__view=name).count() == before + 1


def test_a_number_of_nobody_is_not_found(as_administrator):
    guesses = [(name, number) for name in OF_PATIENT + OF_CONTACT for number in (0, 999_999, 2**63 - 1, 2**63, 10**40)]
    answers = {guess: as_administrator.get(reverse(guess[0], args=[guess[1]])).status_code for guess in guesses}
    assert {guess: status for guess, status in answers.items() if status != 404} == {}


def test_a_number_that_is_none_is_not_found(as_administrator, db):
    for path in ("/registration/-1/", "/registration/x/", "/patients/1e3/", "/patients/%00/", "/patients/１/x/"):
        assert as_administrator.get(path).status_code == 404


# --- 10: fields that nobody asked for ------------------------------------------------------------

EXTRA = {
    "is_staff": "1", "is_superuser": "1", "kind": "staff", "role": "administrator", "patient": "1", "contact": "1",
    "status": "registered", "state": "redeemed", "expires_at": "2999-01-01", "proven_pins": "1", "user": "1",
}  # fmt: skip


def test_extra_fields_of_a_registration_from_the_desk_to_my_children_change_nothing(as_front_desk, rivera, mateo):
    chosen = {"child": mateo.pk, "only": mateo.pk, **EXTRA}
    as_front_desk.post(reverse("desk:issue", args=[mateo.pk]), chosen)
    pin = Pin.objects.get()
    assert (pin.state, pin.registration.status, pin.expires_at.year < 2999) == ("active", "pending", True)
    as_front_desk.post(reverse("desk:show", args=[mateo.pk]), chosen)
    as_front_desk.post(reverse("desk:print", args=[mateo.pk]), chosen)
    parent, number = (
        Client(),
        registration.show(contact=rivera.ana, family_contact_ids=[mateo.pk], by=steps.PARENT)[mateo.pk],
    )
    parent.post(reverse("signup:register_account"), {"email": "x@mail.example", "password": steps.PASSWORD, **EXTRA})
    assert not Account.objects.exists()
    parent.post(REGISTER, steps.typed(number, mateo.patient.birth_date, **EXTRA))
    for step, sent in {"you": {"is_guardian": "yes"}, "email": {"email": "a@mail.example"}}.items():
        parent.post(reverse(f"signup:register_{step}"), {**sent, **EXTRA})
    parent.post(reverse("signup:register_account"), {"email": "a@mail.example", "password": steps.PASSWORD, **EXTRA})
    account = Account.objects.get()
    assert (account.contact, account.user.kind) == (rivera.ana, "family")
    assert Registration.objects.get().status == "registered"
    assert parent.get(reverse("patients:search")).status_code == 403


# --- 13: forged hosts ----------------------------------------------------------------------------


@pytest.mark.parametrize("host", ["evil.example", "evil.example:80", "127.0.0.1.evil.example", "a b", "localhost@evil"])
def test_a_forged_host_is_refused(as_front_desk, rivera, host):
    for address in (REGISTER, reverse("account_login"), reverse("patients:chart", args=[rivera.mateo.pk])):
        page = as_front_desk.get(address, headers={"host": host})
        assert page.status_code == 400
        assert "evil" not in page.text


def test_a_forged_forwarded_host_stands_nowhere(as_front_desk, mateo, number):
    forged = {
        "x-forwarded-host": "evil.example",
        "x-forwarded-server": "evil.example",
        "forwarded": "host=evil.example",
    }
    gets = [REGISTER, reverse("account_login"), reverse("desk:window", args=[mateo.pk]), reverse("patients:search")]
    for address in gets:
        page = as_front_desk.get(address, headers=forged)
        assert "evil" not in page.text + str(page.headers)
    sheet = as_front_desk.post(reverse("desk:print", args=[mateo.pk]), {"child": mateo.pk}, headers=forged)
    assert b"evil" not in sheet.content
    assert "evil" not in steps.pdf_text(sheet.content)
