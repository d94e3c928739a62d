"""Hours of a day as people type them."""

from datetime import time
from itertools import pairwise

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st

from appointments.models import WorkingHours
from appointments.settings import hours

WEEKDAY = "8:00 AM – 12:00 PM, 1:00 – 5:00 PM"


@pytest.mark.parametrize(
    ("typed", "understood"),
    [
        ("8-12, 13-17", WEEKDAY),
        ("8-12, 1-5", WEEKDAY),
        ("8-12; 1-5", WEEKDAY),
        ("8 to noon and 1 to 5", WEEKDAY),
        ("08:00–12:00 13:00-17:00".replace(" ", "/"), WEEKDAY),
        ("0800-1200, 1300-1700", WEEKDAY),
        ("8 a.m. – 12 p.m. & 1 P.M. – 5 P.M.", WEEKDAY),
        ("8a-12p,1p-5p,", WEEKDAY),
        ("1-5, 8-12", WEEKDAY),
        ("８：００－１２：００，１３－１７", WEEKDAY),
        (WEEKDAY, WEEKDAY),
        ("8:00 am - 12:30 pm, 1-5 pm", "8:00 AM – 12:30 PM, 1:00 – 5:00 PM"),
        ("8-5", "8:00 AM – 5:00 PM"),
        ("8-5pm", "8:00 AM – 5:00 PM"),
        ("8am-5", "8:00 AM – 5:00 PM"),
        ("8.30-5.15", "8:30 AM – 5:15 PM"),
        ("830-515", "8:30 AM – 5:15 PM"),
        ("7-7", "7:00 AM – 7:00 PM"),
        ("6-14", "6:00 AM – 2:00 PM"),
        ("5-13", "5:00 AM – 1:00 PM"),
        ("9-11", "9:00 – 11:00 AM"),
        ("10-2", "10:00 AM – 2:00 PM"),
        ("12-4", "12:00 – 4:00 PM"),
        ("1-5", "1:00 – 5:00 PM"),
        ("1-17", "1:00 – 5:00 PM"),
        ("7-9 pm", "7:00 – 9:00 PM"),
        ("8-12 pm", "8:00 AM – 12:00 PM"),
        ("1 am - 5 am", "1:00 – 5:00 AM"),
        ("0:00-23:59", "12:00 AM – 11:59 PM"),
        ("8-12, 1-5, 6-8", "8:00 AM – 12:00 PM, 1:00 – 5:00 PM, 6:00 – 8:00 PM"),
        ("8-12, 12-5", "8:00 AM – 5:00 PM"),
        ("", ""),
        ("  ", ""),
        ("Closed", ""),
        ("–", ""),
    ],
)
def test_is_understood_as(typed, understood):
    assert hours.display(hours.parse(typed)) == understood


@pytest.mark.parametrize(
    ("typed", "message"),
    [
        ("8", "“8” needs a start and an end, like 8-12."),
        ("8-12-5", "“8-12-5” needs a start and an end, like 8-12."),
        ("until 5", "“until 5” needs a start and an end, like 8-12."),
        ("mon 8-5", "“mon 8” is not a time. Enter it like 8, 8:30 or 1:15 pm."),
        ("8-25", "“25” is not a time of day."),
        ("8-24", "“24” is not a time of day."),
        ("8:60-12", "“8:60” is not a time of day."),
        ("13 pm-17", "“13 pm” is not a time of day."),
        ("17-08", "“17-08” ends before it starts. Add am or pm, or correct the times."),
        ("5 pm - 8 am", "“5 pm - 8 am” ends before it starts. Add am or pm, or correct the times."),
        ("12 pm - 12 pm", "“12 pm - 12 pm” ends before it starts. Add am or pm, or correct the times."),
        ("8-12, 11-3", "8:00 AM – 12:00 PM and 11:00 AM – 3:00 PM overlap."),
        ("8-12, 10-11", "8:00 AM – 12:00 PM and 10:00 – 11:00 AM overlap."),
        (",", "“,” is not a time. Enter the hours like 8-12, 1-5."),
        ("8-12," * 99, "This text is too long. Enter the hours like 8-12, 1-5."),
    ],
)
def test_what_is_wrong_is_said_in_words(typed, message):
    with pytest.raises(ValidationError) as refused:
        hours.parse(typed)
    assert refused.value.messages == [message]


typing = st.text(alphabet="0123456789:.,;-–—ampAMPto &nod\u00a0\0٣８", max_size=40)


@given(st.one_of(st.text(), typing))
def test_whatever_is_typed_is_understood_or_refused(typed):
    try:
        understood = hours.parse(typed)
    except ValidationError:
        return
    assert all(starts < ends for starts, ends in understood)
    assert hours.parse(hours.display(understood)) == understood


@given(st.lists(st.times().map(lambda clock: clock.replace(second=0, microsecond=0)), unique=True, max_size=8))
def test_what_is_shown_is_understood_as_the_same(clocks):
    ordered = sorted(clocks)
    spans = list(zip(ordered[0::2], ordered[1::2], strict=False))
    assert hours.parse(hours.display(spans)) == spans


@given(st.lists(st.tuples(st.times(), st.times()), max_size=6))
def test_spans_in_order_neither_touch_nor_overlap(spans):
    try:
        ordered = hours.in_order(spans)
    except ValidationError:
        return
    assert all(earlier[1] < later[0] for earlier, later in pairwise(ordered))


def test_a_summary_of_a_week():
    day, morning = [(time(8), time(12)), (time(13), time(17))], [(time(9), time(12))]
    spans = WEEKDAY.split(", ")
    week = {0: day, 1: day, 2: morning, 3: day, 4: [], 5: morning}
    assert hours.summary(week) == [("Mon, Tue, Thu", spans), ("Wed, Sat", ["9:00 AM – 12:00 PM"])]
    assert hours.summary(dict.fromkeys(range(5), day)) == [("Mon – Fri", spans)]
    assert hours.summary({}) == []


def test_stored_rows_by_weekday():
    rows = [
        WorkingHours(weekday=1, starts=time(13), ends=time(17)),
        WorkingHours(weekday=0, starts=time(8), ends=time(9)),
        WorkingHours(weekday=1, starts=time(8), ends=time(12)),
    ]
    assert hours.by_weekday(rows) == {
        0: [(time(8), time(9))],
        1: [(time(8), time(12)), (time(13), time(17))],
    }
