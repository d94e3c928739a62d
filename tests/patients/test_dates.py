from datetime import date

import pytest

from patients.dates import find_date

MARCH_14 = date(2018, 3, 14)


@pytest.mark.parametrize(
    "text",
    [
        "3/14/2018",
        "03/14/2018",
        "3-14-18",
        "03-14-18",
        "3.14.2018",
        "14.3.2018",
        "3 14 2018",
        "2018-03-14",
        "2018/3/14",
        "20180314",
        "03142018",
        "14 Mar 2018",
        "14 march 2018",
        "14th of march 2018".replace("of ", ""),
        "March 14 2018",
        "mar 14, 2018",
        "March 14th, 2018",
        "14-Mar-2018",
        "Mar. 14 2018",
        "rivera 2018-03-14",
        "2018-03-14 mateo",
    ],
)
def test_usual_forms(text):
    found = find_date(text)
    assert found
    assert found[0] == MARCH_14


def test_month_comes_first():
    found = find_date("3/4/2018")
    assert found
    assert found[0] == date(2018, 3, 4)


def test_two_digits_mean_a_year_that_has_been(time_machine):
    time_machine.move_to("2026-11-24T12:00:00+00:00", tick=False)
    assert find_date("1/2/26") == (date(2026, 1, 2), "1/2/26")
    assert find_date("1/2/27") == (date(1927, 1, 2), "1/2/27")


@pytest.mark.parametrize(
    "text", ["", "rivera", "march", "2018", "13/32/2018", "2/30/2018", "614 555 0123", "0000-00-00", "99999999", "1/2"]
)
def test_no_date(text):
    assert find_date(text) is None
