from datetime import date

import pytest

from patients.ages import age_on, age_words, latest_birth_date, today


@pytest.mark.parametrize(
    ("born", "day", "age"),
    [
        (date(2008, 11, 24), date(2026, 11, 23), 17),
        (date(2008, 11, 24), date(2026, 11, 24), 18),
        (date(2008, 2, 29), date(2026, 2, 28), 17),
        (date(2008, 2, 29), date(2026, 3, 1), 18),
        (date(2008, 2, 29), date(2028, 2, 29), 20),
        (date(1, 1, 1), date(9999, 12, 31), 9998),
    ],
)
def test_age_on(born, day, age):
    assert age_on(born, day) == age


@pytest.mark.parametrize(
    ("born", "words"),
    [
        (date(2026, 11, 24), "0 days"),
        (date(2026, 11, 23), "1 day"),
        (date(2026, 11, 18), "6 days"),
        (date(2026, 10, 20), "5 weeks"),
        (date(2026, 3, 24), "8 months"),
        (date(2024, 11, 25), "23 months"),
        (date(2024, 11, 24), "2 years"),
        (date(2021, 6, 16), "5 years"),
        (date(2026, 11, 25), ""),  # not born yet: a mistake in the record
        (None, ""),
    ],
)
def test_age_words(born, words):
    assert age_words(born, date(2026, 11, 24)) == words


def test_today_is_the_practice_s_day(time_machine):
    # 03:30 UTC on the 24th is still the evening of the 23rd in New York.
    time_machine.move_to("2026-11-24T03:30:00+00:00", tick=False)
    assert today() == date(2026, 11, 23)


@pytest.mark.parametrize(
    ("born", "day", "age"),
    [
        (date(2008, 2, 29), date(2026, 2, 28), 18),
        (date(2008, 2, 29), date(2026, 3, 1), 18),
        (date(2010, 2, 28), date(2028, 2, 29), 18),
        (date(2010, 3, 1), date(2028, 2, 29), 18),
    ],
)
def test_latest_birth_date_agrees_with_the_age(born, day, age):
    assert (born <= latest_birth_date(age, day)) == (age_on(born, day) >= age)


@pytest.mark.parametrize(
    ("born", "day", "words"),
    [
        (date(2025, 12, 31), date(2026, 2, 28), "1 month"),
        (date(2025, 12, 31), date(2026, 3, 1), "2 months"),
        (date(2024, 2, 29), date(2026, 2, 28), "23 months"),
        (date(2024, 2, 29), date(2026, 3, 1), "2 years"),
    ],
)
def test_months_end_on_the_next_first_where_the_day_is_missing(born, day, words):
    assert age_words(born, day) == words
