"""Birthdays: what changes at midnight in the practice's time zone (attack 19)."""

import io
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pypdfium2
import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from audit.trail import Actor
from patients.models import Patient
from portal import registration, worklist
from portal.desk import runs
from portal.models import Pin
from portal.refusals import NotRedeemable
from portal.sheets.printing import NothingToPrint
from tests import people
from tests.portal import days, steps

pytestmark = pytest.mark.postgres

NEW_YORK = ZoneInfo("America/New_York")
CHILDREN = reverse("family:children")
BIRTHDAYS = {
    "an ordinary day": (date(2010, 3, 20), datetime(2028, 3, 20, tzinfo=NEW_YORK)),
    "29 February, in a year without": (date(2012, 2, 29), datetime(2030, 3, 1, tzinfo=NEW_YORK)),
    "the day the clocks go forward": (date(2010, 3, 12), datetime(2028, 3, 12, tzinfo=NEW_YORK)),
    "the day the clocks go back": (date(2010, 11, 5), datetime(2028, 11, 5, tzinfo=NEW_YORK)),
    "New Year": (date(2010, 1, 1), datetime(2028, 1, 1, tzinfo=NEW_YORK)),
}
SECOND = timedelta(seconds=1)


@pytest.fixture
def by(front_desk):
    return Actor(front_desk, "192.0.2.1")


@pytest.fixture
def links(rivera):
    """Ana's Mateo and Sofia."""
    return [rivera.link(rivera.ana, child) for child in (rivera.mateo, rivera.sofia)]


def born(links, day):
    Patient.objects.filter(pk__in=[link.patient_id for link in links]).update(birth_date=day)
    for link in links:
        link.patient.refresh_from_db()


@pytest.mark.parametrize(("day", "midnight"), BIRTHDAYS.values(), ids=BIRTHDAYS)
def test_at_18_a_guardian_s_access_ends_at_midnight_wherever_it_shows(by, front_desk, links, day, midnight):
    born(links, day)
    with time_machine.travel(midnight - SECOND, tick=False):
        assert window_rows(front_desk, links) == {"Mateo": "", "Sofia": ""}
        parent = people.signed_in(steps.registered(by, links[0]))
        number = steps.issued(by, links[1])["Sofia"]
        assert "Sofia R" in sheet_of(front_desk, links)
        assert parent.get(CHILDREN).text.count("Born on") == 1
        proven = registration.prove(pin=number, birth_date=day, by=steps.PARENT)
    with time_machine.travel(midnight, tick=False):
        assert all(
            "From age 18, only the patient can register" in each for each in window_rows(front_desk, links).values()
        )
        assert parent.get(CHILDREN).text.count("Born on") == 0
        with pytest.raises(NotRedeemable):  # a proof from the evening before is not enough
            registration.redeem(
                proven=[proven.pk], sign_in=registration.NewSignIn("b@mail.example", steps.PASSWORD), by=steps.PARENT
            )
        assert steps.prove(Client(), number, links[1].patient).status_code == 200
        assert sheet_of(front_desk, links) is None
        assert registration.issue(contact=links[1].contact, family_contact_ids=[links[1].pk], by=by).pins == {}
    assert Pin.objects.get(registration__family_contact=links[1]).state == "revoked"


def window_rows(front_desk, links):
    """Why each row is blocked, as the registration window shows it."""
    page = people.signed_in(front_desk).get(reverse("desk:window", args=[links[0].pk]))
    names = {link.patient_id: link.patient.given_name for link in links}
    rows = {row.patient.pk: row.block.reason if row.block else "" for row in page.context["window"].rows}
    return {names[pk]: reason for pk, reason in rows.items() if pk in names}


def sheet_of(front_desk, links):
    """The text of the PDF that Print gives, or None."""
    answer = people.signed_in(front_desk).post(
        reverse("desk:print", args=[links[0].pk]), {"child": [link.pk for link in links]}
    )
    if answer.headers["Content-Type"] != "application/pdf":
        return None
    return "\n".join(page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(io.BytesIO(answer.content)))


@pytest.mark.parametrize(("day", "midnight"), BIRTHDAYS.values(), ids=BIRTHDAYS)
def test_at_18_the_list_of_the_day_and_a_run_of_sheets_leave_the_child_out(by, links, day, midnight):
    born(links, day)
    with time_machine.travel(midnight - SECOND, tick=False):
        days.comes(links[0].patient, at="08:00")
        (family,) = worklist.read(midnight.date() - timedelta(days=1)).families
        run = runs.plan(day=midnight.date(), families=[family], by=by)
    with time_machine.travel(midnight, tick=False):
        days.comes(links[0].patient, at="08:00")
        assert worklist.read(midnight.date()).families == []
        with pytest.raises(NothingToPrint):
            runs.carry_out(run=run, by=by)
    assert not Pin.objects.exists()


@pytest.mark.parametrize(
    ("years", "before", "after"), [(12, False, True), (18, True, None)], ids=["from 12 on", "until 18"]
)
@pytest.mark.parametrize("day", [date(2011, 6, 1), date(2012, 2, 29)], ids=["an ordinary day", "29 February"])
def test_between_the_teen_ages_a_guardian_s_page_is_limited(by, links, day, years, before, after):
    born(links, day)
    year = day.year + years
    leap = day.day == 29 and year % 4
    midnight = datetime(year, 3, 1, tzinfo=NEW_YORK) if leap else datetime(year, day.month, day.day, tzinfo=NEW_YORK)
    with time_machine.travel(midnight - SECOND, tick=False):
        parent = people.signed_in(steps.registered(by, links[0]))
        assert is_limited(parent) == before
    with time_machine.travel(midnight, tick=False):
        assert is_limited(parent) == after


def is_limited(parent):
    """Whether the parent's page shows the child as limited; None if it shows no child."""
    page = parent.get(CHILDREN).text
    return "Limited" in page if "Born on" in page else None


def test_it_is_midnight_where_the_practice_is(by, links):
    """Ten at night in New York is three in the morning in UTC: the birthday has not begun."""
    born(links, date(2010, 3, 20))
    with time_machine.travel(datetime(2028, 3, 20, 2, 0, tzinfo=ZoneInfo("UTC")), tick=False):
        assert steps.issued(by, links[0])
