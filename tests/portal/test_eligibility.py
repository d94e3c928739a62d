"""Who can have portal access to whom, according to the chart (R2, R3, R17, R18)."""

from datetime import date, timedelta

import pytest

from patients.ages import today
from patients.models import FamilyContact, Patient
from portal.eligibility import Fix, block, is_limited
from practice.models import Practice
from tests.people import years_ago

pytestmark = [pytest.mark.usefixtures("db"), pytest.mark.postgres]


@pytest.fixture
def ana_of_mateo(rivera):
    return rivera.link(rivera.ana, rivera.mateo)


def code_of(family_contact, **patient):
    Patient.objects.filter(pk=family_contact.patient_id).update(**patient)
    family_contact.patient.refresh_from_db()
    obstacle = block(family_contact, practice=Practice(), today=today())
    return obstacle.code if obstacle else None


def test_a_parent_with_authority_for_an_active_named_child_is_not_blocked(ana_of_mateo):
    assert code_of(ana_of_mateo) is None


@pytest.mark.parametrize(
    ("patient", "code"),
    [
        ({"status": "deceased"}, "deceased"),
        ({"status": "inactive"}, "inactive"),
        ({"status": "transferred"}, "inactive"),
        ({"birth_date": None}, "no_birth_date"),
        ({"birth_date": date(2999, 1, 1)}, "future_birth_date"),
        ({"given_name": ""}, "placeholder_name"),
        ({"given_name": "Baby Boy"}, "placeholder_name"),
        ({"given_name": "Baby Boy", "confirmed_given_name": "Baby Boy"}, None),
        ({"given_name": "Baby Girl", "confirmed_given_name": "Baby Boy"}, "placeholder_name"),
        ({"family_name": "Boy"}, None),
    ],
)
def test_what_the_chart_blocks(ana_of_mateo, patient, code):
    assert code_of(ana_of_mateo, **patient) == code


@pytest.mark.parametrize(
    ("link", "code"),
    [
        ({"authority": "none"}, "no_authority"),
        ({"authority": "exclusive"}, None),
        ({"level": "none", "restriction_reason": "Court order"}, "restricted"),
        ({"is_active": False}, "inactive_contact"),
        ({"role": "self", "authority": "none"}, None),
        ({"role": "self", "level": "none", "restriction_reason": "Court order"}, "restricted"),
    ],
)
def test_what_custody_blocks(ana_of_mateo, link, code):
    FamilyContact.objects.filter(pk=ana_of_mateo.pk).update(**link)
    ana_of_mateo.refresh_from_db()
    assert code_of(ana_of_mateo) == code


def test_adult_age_ends_what_a_guardian_may_but_not_the_patient(ana_of_mateo):
    assert code_of(ana_of_mateo, birth_date=years_ago(18)) == "adult"
    ana_of_mateo.role = "self"
    assert code_of(ana_of_mateo) is None


def test_the_day_before_the_eighteenth_birthday_is_not_adult(ana_of_mateo):
    day = today()
    born = date(day.year - 18, day.month, 1 if (day.month, day.day) == (2, 29) else day.day)
    assert code_of(ana_of_mateo, birth_date=born) == "adult"
    assert code_of(ana_of_mateo, birth_date=born + timedelta(days=1)) is None


def test_each_reason_is_a_sentence_with_a_way_to_mend_it(ana_of_mateo):
    Patient.objects.filter(pk=ana_of_mateo.patient_id).update(given_name="Baby Boy")
    ana_of_mateo.patient.refresh_from_db()
    obstacle = block(ana_of_mateo, practice=Practice(), today=today())
    assert obstacle.reason.endswith(".")
    assert obstacle.fix == Fix.NAME
    assert obstacle.fix_url == f"/patients/{ana_of_mateo.patient_id}/edit/"


@pytest.mark.parametrize(("age", "limited"), [(11, False), (12, True), (17, True), (18, False)])
def test_a_guardian_of_a_teen_is_limited(ana_of_mateo, age, limited):
    ana_of_mateo.patient.birth_date = years_ago(age)
    assert is_limited(ana_of_mateo, practice=Practice(), today=today()) is limited


def test_a_teens_own_account_is_not_limited(ana_of_mateo):
    ana_of_mateo.patient.birth_date = years_ago(15)
    ana_of_mateo.role = "self"
    assert is_limited(ana_of_mateo, practice=Practice(), today=today()) is False
