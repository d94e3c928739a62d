"""The demo practice: fictional, stable, loadable on any day, and refused where it could do harm."""

from collections import Counter
from datetime import UTC, date, datetime, timedelta
from io import StringIO
from itertools import pairwise

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.db import transaction

from accounts.demo import staff
from accounts.models import StaffRecord, User
from appointments.models import Appointment, Location, Provider, TimeOff, VisitType, WorkingHours
from patients.ages import age_on, today
from patients.models import Contact, FamilyContact, Patient
from portal.models import Pin, Registration
from portal.office import administration
from practice.models import Practice
from tests.portal.demos import (
    NEW_YORK,
    TUESDAY_NOON,
    assert_statuses_fit_the_time,
    load,
    row_counts,
    todays_rivera_visits,
)

SETTINGS = (WorkingHours, VisitType, TimeOff)

pytestmark = [pytest.mark.usefixtures("db"), pytest.mark.slow]


def people() -> list[tuple[str, ...]]:
    """Everything about the demo's people that must be the same every day."""
    links = FamilyContact.objects.order_by("patient__chart_number", "sort_order").values_list(
        "patient__chart_number",
        "patient__given_name",
        "patient__family_name",
        "patient__status",
        "contact__given_name",
        "contact__family_name",
        "contact__email",
        "contact__cell_phone",
        "contact__street",
        "role",
        "authority",
    )
    return list(links)


def ties(chart_number: str) -> list[tuple[str, str, str]]:
    links = FamilyContact.objects.filter(patient__chart_number=chart_number).select_related("contact")
    return [(link.contact.name, link.role, link.authority) for link in links]


def patient(chart_number: str) -> Patient:
    return Patient.objects.get(chart_number=chart_number)


def age(chart_number: str) -> int:
    birth_date = patient(chart_number).birth_date
    assert birth_date
    return age_on(birth_date, today())


def assert_fixed_ages_hold() -> None:
    charts = ["100001", "100002", "100004", "100010", "100011", *(str(number) for number in range(100020, 100026))]
    assert [age(chart_number) for chart_number in charts] == [8, 5, 19, 3, 3, 15, 12, 9, 6, 3, 1]
    assert patient("100003").birth_date == today() - timedelta(days=6)


@pytest.mark.postgres
class TestCommand:
    def test_refuses_outside_the_demo(self):
        with pytest.raises(CommandError, match="not a demo"):
            call_command("load_demo")
        assert not User.objects.exists()
        assert not Patient.objects.exists()

    def test_needs_no_flag_in_the_demo(self, settings):
        settings.IS_DEMO = True
        call_command("load_demo", stdout=StringIO())
        assert patient("100001").name == "Mateo Rivera"

    def test_a_second_run_changes_nothing_and_tells_the_same(self, django_assert_max_num_queries):
        first_words = load()
        counts, names = row_counts(), people()
        with django_assert_max_num_queries(8):
            second_words = load()
        assert second_words == first_words
        assert row_counts() == counts
        assert people() == names

    def test_what_people_changed_stays(self):
        load()
        Practice.objects.update(name="Renamed")
        Patient.objects.filter(chart_number="100003").update(given_name="Javier")
        StaffRecord.objects.filter(name="Jordan Lee").update(user=User.objects.get(email="unlinked@demo.example"))
        load()
        assert Practice.current().name == "Renamed"
        assert patient("100003").given_name == "Javier"
        assert StaffRecord.objects.count() == 6

    def test_says_whom_to_sign_in_as_and_what_to_try(self):
        words = load()
        for expected in [
            *(sign_in.email for sign_in in staff.SIGN_INS),
            staff.PASSWORD,
            "https://portal.sunnyside.example/register/",
            "search Rivera › Family Contacts › Create/Validate Portal Account › Register › Print",
        ]:
            assert expected in words
        assert len(words.splitlines()) <= 6


def test_some_families_are_registered_and_those_by_name_are_left_to_the_visitor():
    load()
    counts = administration.counts()
    assert min(counts["registered"], counts["pending"], counts["declined"]) >= 5
    by_name = Registration.objects.filter(family_contact__patient__chart_number__lt="100100")
    assert not by_name.exists()
    assert Pin.objects.filter(state="locked").count() == 1


def test_practice_and_sign_ins():
    load()
    assert Practice.current().name == "Sunnyside Pediatrics"
    assert "555-01" in Practice.current().phone
    staff = User.objects.filter(kind=User.Kind.STAFF)
    roles = {user.email: getattr(user, "staff_record", None) and user.staff_record.role for user in staff}
    assert roles == {
        "frontdesk@demo.example": "front_desk",
        "doctor@demo.example": "clinician",
        "viewer@demo.example": "viewer",
        "admin@demo.example": "administrator",
        "auditor@demo.example": "auditor",
        "unlinked@demo.example": None,
    }
    assert all(user.is_staff_member and user.check_password("demo-pin-portal-2026") for user in staff)
    waiting = StaffRecord.objects.get(user=None)
    assert (waiting.name, waiting.role) == ("Jordan Lee", "front_desk")


class TestFamilies:
    def test_rivera(self):
        load()
        assert_fixed_ages_hold()
        ana, luis = ("Ana Rivera", "mother", "joint"), ("Luis Rivera", "father", "joint")
        elena = ("Elena Rivera", "grandparent", "none")
        names = ["Mateo Rivera", "Sofia Rivera", "Baby Boy Rivera", "Carmen Rivera"]
        assert [patient(f"10000{number}").name for number in range(1, 5)] == names
        assert ties("100001") == ties("100002") == ties("100003") == [ana, luis, elena]
        assert ties("100004") == [ana, luis]
        mother = Contact.objects.get(email="ana.rivera@example.com")
        assert mother.language == "es"
        assert mother.birth_date
        assert mother.cell_phone
        assert mother.home_phone
        assert mother.family_contacts.count() == 4
        assert Patient.objects.filter(folded_name__contains=" rivera").count() == 4

    def test_oneil_nguyen(self):
        load()
        assert patient("100010").birth_date == patient("100011").birth_date
        for chart_number in ("100010", "100011"):
            mother, father = FamilyContact.objects.filter(patient__chart_number=chart_number)
            assert patient(chart_number).family_name == "O'Neil-Nguyễn"
            assert (mother.role, mother.authority) == ("mother", "exclusive")
            assert (father.role, father.authority, father.level) == ("father", "none", "none")
            assert father.restriction_reason == "Court order: no contact"
            assert father.restriction_document == "Family Court 2025-1187"

    def test_six_children_of_one_mother(self):
        load()
        for number in range(100020, 100026):
            assert ties(str(number)) == [("Ngozi Okafor", "mother", "joint"), ("Emeka Okafor", "father", "joint")]
            assert patient(str(number)).status == Patient.Status.ACTIVE

    def test_many_others(self):
        load()
        assert Patient.objects.count() >= 300
        roles = Counter(FamilyContact.objects.values_list("role", flat=True))
        for role in ("parent", "stepparent", "grandparent", "guardian", "foster_parent", "self"):
            assert roles[role] >= 5
        assert not FamilyContact.objects.filter(role="grandparent").exclude(authority="none").exists()
        statuses = Counter(Patient.objects.values_list("status", flat=True))
        assert statuses["deceased"] == 1
        assert statuses["inactive"] >= 5
        assert statuses["transferred"] >= 5
        assert 2 <= Patient.objects.filter(birth_date=None).count() <= 6
        assert 5 <= Contact.objects.filter(email="").count() <= 30
        languages = Counter(Patient.objects.values_list("language", flat=True))
        assert 0.15 < languages["es"] / languages.total() < 0.25
        assert all(languages[language] >= 3 for language in ("vi", "zh", "ar", "ru"))

    def test_newborns_are_named_in_many_ways(self):
        load()
        born = Patient.objects.filter(birth_date__gt=today() - timedelta(days=28))
        given_names = set(born.values_list("given_name", flat=True))
        assert all(newborn.status == "active" for newborn in born)
        assert {"Baby Boy", "Baby Girl", "BabyBoy", "Twin A", "Twin B", "Newborn", ""} <= given_names
        assert any(name.endswith("sgirl") for name in given_names)

    def test_half_siblings_share_the_mother_only(self):
        load()
        stepfathers = FamilyContact.objects.filter(role="stepparent").values("contact")
        half_siblings = FamilyContact.objects.filter(contact__in=stepfathers, role="father")
        assert half_siblings.exists()

    def test_adults_and_soon_adults(self):
        load()
        selves = FamilyContact.objects.filter(role="self").select_related("patient", "contact")
        adults = [link for link in selves if link.authority == "exclusive"]
        assert len(adults) >= 5
        for link in adults:
            assert link.contact.name == link.patient.name
            assert link.patient.birth_date is None or 18 <= age_on(link.patient.birth_date, today()) <= 20
        soon = [day for day in Patient.objects.values_list("birth_date", flat=True) if day and turns_18_soon(day)]
        assert len(soon) >= 3

    def test_siblings_are_at_least_nine_months_apart_or_twins(self):
        load()
        for contact in Contact.objects.filter(family_contacts__role="mother").distinct():
            days = sorted(
                link.patient.birth_date
                for link in contact.family_contacts.select_related("patient")
                if link.patient.birth_date
            )
            gaps = [(later - earlier).days for earlier, later in pairwise(days)]
            assert all(gap == 0 or gap > 270 for gap in gaps)


def turns_18_soon(birth_date: date) -> bool:
    return age_on(birth_date, today()) == 17 and age_on(birth_date, today() + timedelta(days=60)) == 18


class TestRecords:
    def test_all_are_valid(self):
        """The database has checked each row on insertion, so only the values of each row are checked here."""
        load()
        for model in (
            Practice,
            User,
            StaffRecord,
            Patient,
            Contact,
            FamilyContact,
            Provider,
            Location,
            Appointment,
            *SETTINGS,
        ):
            records = model.objects.all()
            assert records
            for record in records:
                record.full_clean(validate_unique=False, validate_constraints=False)

    def test_nothing_reaches_a_real_person(self):
        load()
        for model in (Patient, Contact, User):
            for email in model.objects.exclude(email="").values_list("email", flat=True):
                assert email.endswith(("@example.com", "@example.org", "@demo.example")), email
        emails = Contact.objects.exclude(email="").values_list("email", flat=True)
        assert len(set(emails)) == len(emails)
        cell_phones = Contact.objects.exclude(cell_phone="").values_list("cell_phone", flat=True)
        assert len(set(cell_phones)) == len(cell_phones)
        for phone in [*cell_phones, *Patient.objects.values_list("phone", flat=True)]:
            assert phone[5:12] == " 555-01", phone

    def test_every_patient_has_a_primary_contact(self):
        load()
        assert set(FamilyContact.objects.filter(sort_order=1).values_list("patient", flat=True)) == set(
            Patient.objects.values_list("pk", flat=True)
        )
        assert not Patient.objects.filter(folded_name="").exists()


class TestStability:
    def test_the_same_people_on_any_day(self):
        with time_machine.travel(TUESDAY_NOON, tick=False), transaction.atomic():
            load()
            first = people()
            transaction.set_rollback(True)
        assert not Patient.objects.exists()
        with time_machine.travel(datetime(2031, 8, 30, 9, 0, tzinfo=NEW_YORK), tick=False):
            load()
            assert people() == first

    def test_the_same_people_on_any_machine(self):
        """A sample, so that a change in what ``random`` returns is noticed."""
        load()
        sample = [patient(chart_number).name for chart_number in SAMPLE]
        assert sample == list(SAMPLE.values())


SAMPLE = {"100100": "Oliver Kim", "100200": "Jack Thomas", "100300": "Renée Kelly", "100400": "Rafael López"}


class TestDays:
    @pytest.mark.parametrize(
        "now",
        [
            pytest.param(datetime(2028, 2, 29, 10, 30, tzinfo=NEW_YORK), id="29 February"),
            pytest.param(datetime(2027, 2, 28, 10, 30, tzinfo=NEW_YORK), id="28 February"),
            pytest.param(datetime(2027, 1, 1, 0, 0, tzinfo=NEW_YORK), id="New Year"),
            pytest.param(datetime(2027, 6, 15, 23, 59, 59, tzinfo=UTC), id="just before midnight UTC"),
            pytest.param(datetime(2027, 6, 16, 0, 0, 1, tzinfo=UTC), id="just after midnight UTC"),
            pytest.param(datetime(2027, 6, 16, 3, 59, 59, tzinfo=UTC), id="just before midnight here"),
            pytest.param(datetime(2027, 6, 16, 4, 0, 1, tzinfo=UTC), id="just after midnight here"),
            pytest.param(datetime(2027, 3, 14, 3, 30, tzinfo=NEW_YORK), id="Sunday when the clocks go forward"),
        ],
    )
    def test_loads_at_any_moment(self, now):
        with time_machine.travel(now, tick=False):
            load()
            assert_fixed_ages_hold()
            visits = todays_rivera_visits()
            assert [visit.patient.chart_number for visit in visits] == ["100001", "100002", "100003"]
            assert not Patient.objects.filter(birth_date__gte=today()).exists()
            assert_statuses_fit_the_time()
