"""Adding and removing time off."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.urls import reverse

from appointments.models import TimeOff
from audit.models import AuditEvent
from tests.appointments.settings import samples
from tests.portal import steps

ADD = reverse("appointments:add_time_off")
SETTINGS = reverse("appointments:settings")
NEW_YORK = ZoneInfo("America/New_York")


def form(**changes):
    return {"provider": "all", "first_day": "2027-03-15", "last_day": "2027-03-19", "reason": "Vacation", **changes}


@pytest.fixture(autouse=True)
def in_march():
    """Tuesday noon, in the week before the clocks go forward."""
    with time_machine.travel(datetime(2027, 3, 9, 12, tzinfo=NEW_YORK), tick=False):
        yield


@pytest.fixture
def vale(db):
    return samples.provider()


def local(*parts, fold=0):
    return datetime(*parts, tzinfo=NEW_YORK, fold=fold)


def span():
    stored = TimeOff.objects.get()
    return stored.starts, stored.ends


def test_time_off_is_added(as_administrator, administrator, vale):
    page = as_administrator.post(ADD, form(provider=vale.pk), follow=True)
    assert page.redirect_chain == [(SETTINGS, 302)]
    assert "Added: Vacation (Dr. Iris Vale). No appointments are booked during this time." in page.text
    assert "Mon, Mar 15, 2027 – Fri, Mar 19, 2027" in page.text
    off = TimeOff.objects.get()
    assert (off.provider, off.reason) == (vale, "Vacation")
    assert span() == (local(2027, 3, 15), local(2027, 3, 20))
    line = AuditEvent.objects.get()
    assert (line.action, line.user) == ("schedule_settings.changed", administrator)
    assert line.detail == {"time_off": off.pk, "provider": vale.pk, "changed": "added"}


def test_time_off_is_added_for_the_whole_practice(as_administrator):
    page = as_administrator.post(ADD, form(reason="Holiday"), follow=True)
    assert "Added: Holiday (The whole practice)." in page.text
    assert TimeOff.objects.get().provider is None


@pytest.mark.parametrize(
    ("changes", "starts", "ends"),
    [
        ({"last_day": ""}, local(2027, 3, 15), local(2027, 3, 16)),
        ({"last_day": "", "first_time": "13:00"}, local(2027, 3, 15, 13), local(2027, 3, 16)),
        ({"last_day": "", "last_time": "12:00"}, local(2027, 3, 15), local(2027, 3, 15, 12)),
        ({"first_time": "13:00", "last_time": "08:00"}, local(2027, 3, 15, 13), local(2027, 3, 19, 8)),
        # The clocks go forward on March 14 and back on November 7.
        ({"first_day": "2027-03-14", "last_day": ""}, local(2027, 3, 14), local(2027, 3, 15)),
        ({"first_day": "2027-11-07", "last_day": ""}, local(2027, 11, 7), local(2027, 11, 8)),
        (
            {"first_day": "2027-11-07", "last_day": "", "first_time": "01:30", "last_time": "01:30"},
            local(2027, 11, 7, 1, 30),
            local(2027, 11, 7, 1, 30, fold=1),
        ),
    ],
)
def test_days_are_whole_unless_a_time_is_given(as_administrator, changes, starts, ends):
    as_administrator.post(ADD, form(**changes))
    assert span() == (starts.astimezone(UTC), ends.astimezone(UTC))


def test_a_day_is_as_long_as_its_clocks_make_it(as_administrator):
    as_administrator.post(ADD, form(first_day="2027-03-14", last_day=""))
    starts, ends = span()
    assert (ends - starts).total_seconds() == 23 * 3600


@pytest.mark.parametrize(("count", "words"), [(1, "1 appointment"), (2, "2 appointments")])
def test_the_message_counts_booked_appointments(as_administrator, vale, rivera, count, words):
    for hour in range(count):
        samples.appointment(rivera.mateo, local(2027, 3, 16, 9 + hour), whose=vale)
    page = as_administrator.post(ADD, form(provider=vale.pk), follow=True)
    assert f"Added: Vacation (Dr. Iris Vale). Move or cancel {words} already booked during this time." in page.text
    assert "toast-warning" in page.text
    assert TimeOff.objects.exists()


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"first_day": ""}, "This field is required."),
        ({"first_day": "someday"}, "Enter a valid date."),
        ({"first_day": "2027-02-30"}, "Enter a valid date."),
        ({"first_day": "0001-01-01"}, "This date is too far away."),
        ({"first_day": "0001-01-01", "last_day": "9999-12-31"}, "This date is too far away."),
        ({"last_day": "9999-12-31"}, "This date is too far away."),
        ({"first_day": "2027-03-20"}, "The end must be after the start."),
        ({"last_day": "", "first_time": "12:00", "last_time": "12:00"}, "The end must be after the start."),
        ({"first_day": "2027-03-01", "last_day": "2027-03-08"}, "This time off is in the past."),
        (
            {"first_day": "2027-03-14", "last_day": "", "first_time": "02:30"},
            "2:30 AM does not exist on Mar 14, 2027: the clocks go forward.",
        ),
        (
            {"first_day": "2027-03-13", "last_day": "2027-03-14", "last_time": "02:30"},
            "2:30 AM does not exist on Mar 14, 2027: the clocks go forward.",
        ),
        ({"first_time": "noon"}, "Enter a valid time."),
        ({"last_time": "25:00"}, "Enter a valid time."),
        ({"reason": ""}, "This field is required."),
        ({"reason": "x" * 101}, "at most 100 characters"),
        ({"reason": "\0"}, "Null characters are not allowed."),
        ({"provider": ""}, "This field is required."),
        ({"provider": "999999"}, "Select a valid choice."),
        ({"provider": "9" * 30}, "Select a valid choice."),
        ({"provider": "x"}, "Select a valid choice."),
    ],
)
def test_says_what_is_wrong_and_keeps_what_was_typed(as_administrator, changes, message):
    before = steps.everything_but()
    page = as_administrator.post(ADD, form(**{"reason": "Conference", **changes}))
    assert message in page.text
    assert "Nothing was saved yet." in page.text
    assert "reason" in changes or 'value="Conference"' in page.text
    assert steps.everything_but() == before


def test_inactive_providers_are_not_offered(as_administrator, vale):
    gone = samples.provider("Dr. Ann Able", is_active=False)
    offered = as_administrator.get(ADD).context["form"].fields["provider"].choices
    assert offered == [("", "Choose …"), ("all", "The whole practice"), (str(vale.pk), "Dr. Iris Vale")]
    assert "Select a valid choice." in as_administrator.post(ADD, form(provider=gone.pk)).text


def test_extra_fields_are_ignored(as_administrator, vale):
    other = samples.time_off(vale)
    as_administrator.post(ADD, form(id=other.pk, pk=other.pk, starts="2020-01-01", ends="2040-01-01"))
    added = TimeOff.objects.exclude(pk=other.pk).get()
    assert (added.starts, added.ends) == (local(2027, 3, 15), local(2027, 3, 20))


def test_time_off_is_removed(as_administrator, vale):
    off = samples.time_off(vale)
    url = reverse("appointments:remove_time_off", args=[off.pk])
    page = as_administrator.post(url, follow=True)
    assert page.redirect_chain == [(SETTINGS, 302)]
    assert "Removed: Vacation (Dr. Iris Vale). The time can be booked again." in page.text
    assert not TimeOff.objects.exists()
    assert samples.noted() == [{"time_off": off.pk, "provider": vale.pk, "changed": "removed"}]
    assert as_administrator.post(url).status_code == 404  # as after a second click


@pytest.mark.parametrize("method", ["get", "post"])
def test_roles(db, method):
    assert steps.allowed_roles(method, ADD) == {"administrator"}


def test_roles_for_removing(db):
    url = reverse("appointments:remove_time_off", args=[samples.time_off().pk])
    assert steps.allowed_roles("post", url) == {"administrator"}


def test_other_methods(as_administrator):
    assert steps.refused_methods(as_administrator, ADD) == {"put", "patch", "delete"}
    url = reverse("appointments:remove_time_off", args=[samples.time_off().pk])
    assert steps.refused_methods(as_administrator, url) == {"get", "head", "put", "patch", "delete"}


def test_nothing_of_that_number(as_administrator, unknown):
    for number in unknown:
        assert as_administrator.post(reverse("appointments:remove_time_off", args=[number])).status_code == 404


def test_queries_do_not_grow(as_administrator):
    samples.provider("Dr. 0")
    with_one = steps.queries(lambda: as_administrator.get(ADD))
    for number in range(1, 31):
        samples.time_off(samples.provider(f"Dr. {number}"))
    assert steps.queries(lambda: as_administrator.get(ADD)) == with_one


def test_queries_do_not_grow_with_booked_appointments(as_administrator, vale, rivera):
    def booked(count):
        for minute in range(count):
            samples.appointment(rivera.mateo, local(2027, 3, 15, 9, minute), whose=vale)
        return steps.queries(lambda: as_administrator.post(ADD, form(provider=vale.pk)))

    with_one = booked(1)
    assert booked(29) == with_one
