import pytest
from hypothesis import given
from hypothesis import strategies as st

from patients.phones import digits, display


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("6145550123", "(614) 555-0123"),
        ("+1 614 555 0123", "(614) 555-0123"),
        ("614.555.0123", "(614) 555-0123"),
        ("+44 20 7946 0958", "+44 20 7946 0958"),
        ("555-0123", "555-0123"),  # no area code: no possible number in full, so left as typed
        ("call grandma", "call grandma"),
        ("12", "12"),
        ("", ""),
    ],
)
def test_display(typed, shown):
    assert display(typed) == shown


@given(st.text(max_size=60))
def test_display_never_raises(text):
    assert isinstance(display(text), str)
    assert digits(text).isascii()


def test_digits_of_full_width_and_arabic_numbers():
    assert digits("（６１４）٥٥٥-0123") == "6145550123"
