"""Who can have portal access to whom, according to the chart (R2, R3, R17, R18)."""

from datetime import date, timedelta

import pytest

from patients.ages import today
from patients.models import FamilyContact, Level, Patient
from portal.eligibility import Fix, access, block, is_limited
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
        ({"role": "self", "authority": "none"}, "too_young"),
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


# --- The model as a table ------------------------------------------------------------------------

# Age 8: a child; 13: a teen of the default privacy ages; 19: an adult. The level is what the practice chose. Each cell
# is what the guardian sees with Joint or Exclusive authority; with None, only Self and an adult's consent count.
# F: full, L: limited, otherwise the code of why not.
TABLE = """
                    |         full          |        limited        |   none
basis               | 8     | 13    | 19    | 8     | 13    | 19    | 8, 13, 19
parent              | F     | L     | adult | L     | L     | adult | restricted
court_order         | F     | L     | adult | L     | L     | adult | restricted
foster              | F     | L     | adult | L     | L     | adult | restricted
guardianship        | F     | L     | F     | L     | L     | L     | restricted
consent             | minor | minor | F     | minor | minor | L     | restricted
other               | F     | L     | adult | L     | L     | adult | restricted
self                | young | F     | F     | young | L     | L     | restricted
"""
SHORT = {"F": "full", "L": "limited", "young": "too_young"}
AGES = (8, 13, 19)


def cells():
    """Each combination of the table: basis (or self), level, age, and the expected answer."""
    _first, _levels, _head, *lines = TABLE.splitlines()
    for line in lines:
        basis, *values = (part.strip() for part in line.split("|"))
        expected = [SHORT.get(value, value) for value in values[:6] + values[6:] * 3]
        for number, answer in enumerate(expected):
            yield basis, ("full", "limited", "none")[number // 3], AGES[number % 3], answer


def answer_of(link, **fields):
    for name, value in fields.items():
        setattr(link, name, value)
    found = access(link, practice=Practice(), today=today())
    assert (found.block is None) == (found.level != Level.NONE)
    assert bool(found.limit) == (found.level == Level.LIMITED)
    return found.block.code if found.block else found.level


def test_the_table(ana_of_mateo):
    """Basis × level × age, with each authority and each status of the patient. One expected answer each."""
    wrong = []
    for basis, level, age, expected in cells():
        link = ana_of_mateo
        link.patient.birth_date, link.level = years_ago(age), level
        link.restriction_reason = "" if level == "full" else "Court order"
        link.role = "self" if basis == "self" else "mother"
        link.basis = "parent" if basis == "self" else basis
        for authority in ("joint", "exclusive", "none"):
            has_own_right = basis == "self" or (basis == "consent" and age == 19)
            needs_authority = authority == "none" and not has_own_right and level != "none"
            for status in ("active", "inactive", "transferred", "deceased"):
                right = "no_authority" if needs_authority else expected
                if status != "active":
                    right = "deceased" if status == "deceased" else "inactive"
                link.patient.status = status
                if (found := answer_of(link, authority=authority)) != right:
                    wrong.append((basis, level, age, authority, status, found, right))
    assert wrong == []


@pytest.mark.parametrize(
    ("first", "last", "expected"),
    [
        (None, None, "full"),
        (0, None, "full"),  # from today
        (1, None, "not_begun"),  # from tomorrow
        (None, 0, "full"),  # until today: it ends at midnight
        (None, -1, "ended"),
        (-9, -1, "ended"),
        (1, 9, "not_begun"),
        (-9, 9, "full"),
    ],
)
@pytest.mark.parametrize(("basis", "age"), [("foster", 8), ("parent", 8), ("consent", 19), ("guardianship", 19)])
def test_a_basis_holds_from_its_first_through_its_last_day(ana_of_mateo, basis, age, first, last, expected):
    ana_of_mateo.patient.birth_date = years_ago(age)
    days = {
        "basis_from": None if first is None else today() + timedelta(first),
        "basis_until": None if last is None else today() + timedelta(last),
    }
    assert answer_of(ana_of_mateo, basis=basis, **days) == expected


def test_a_basis_does_not_make_an_answer_less_strict(ana_of_mateo):
    ana_of_mateo.basis_until = today() + timedelta(30)
    assert answer_of(ana_of_mateo, authority="none") == "no_authority"
    assert answer_of(ana_of_mateo, is_active=False) == "inactive_contact"


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
