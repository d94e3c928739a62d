"""Which passwords are refused and why, and that keyboards' different encodings do not matter."""

import unicodedata

import pytest
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.urls import reverse

from accounts.models import User
from accounts.signin import passwords
from practice.models import Practice
from tests import people
from tests.portal import steps

SHORT = "Use at least 15 characters."
COMMON = "A lot of people use this password."
OWN = "Do not use your e-mail in it."
RUN = "This is too simple."
EMAIL = "dana.ortiz@sunnyside.example"


@pytest.fixture
def practice(db):
    return Practice.objects.create(pk=1, name="Sunnyside Pediatrics")


def reasons(password, email=EMAIL):
    try:
        validate_password(password, User(email=email))
    except ValidationError as error:
        return error.messages
    return []


@pytest.mark.parametrize(
    "password",
    [
        "correct horse battery staple",
        "Sunny side up, every morning",
        "ein Satz, den niemand errät",
        "пароль из многих слов",
        "密码是一个很长的句子所以没有人猜得到",
        "🐘 elephants 🐘 never 🐘 forget",
        "               x               y z q w 5 t",
        "x7Qp vm3K zr9T w",
        "dana likes long walks in the rain",  # a part of the e-mail, and enough beside it
        "a" * 5 + "correct horse battery",
    ],
)
def test_password_of_any_kind_of_characters_is_accepted(practice, password):
    assert reasons(password) == []


def test_password_may_be_as_long_as_the_standard_asks_and_longer(practice):
    nobody_guesses = "".join(chr(0x4E00 + 7 * n) for n in range(257))
    for length in (15, 64, passwords.LONGEST):
        assert reasons(nobody_guesses[:length]) == []
    assert reasons(nobody_guesses) == ["Use at most 256 characters."]


@pytest.mark.parametrize(
    ("password", "reason"),
    [
        ("correct horses", SHORT),
        ("", SHORT),
        ("passwordpassword", COMMON),
        ("Password1234567!", COMMON),
        ("qwertyuiop123456", COMMON),
        ("iloveyouiloveyou2", COMMON),
        ("Sunnyside Pediatrics", "Do not use “Sunnyside Pediatrics” in it."),
        ("SunnysidePediatrics2026!", "Do not use “Sunnyside Pediatrics” in it."),
        ("PIN Portal PIN Portal 1", "Do not use “portal” in it."),
        ("dana.ortiz@sunnyside.example", OWN),
        ("OrtizDanaOrtizDana7", OWN),
        ("abcdefghijklmnop", RUN),
        ("zyxwvutsrqponmlkj", RUN),
        ("123456789012345", RUN),
        ("987654321098765", RUN),
        ("aaaaaaaaaaaaaaaaaaaa", RUN),
        ("abcabcabcabcabcabc", RUN),
        ("asdfghjklasdfghjkl", RUN),
        ("1111222233334444", RUN),
        ("x7x7x7x7x7x7x7x7", RUN),
    ],
)
def test_password_is_refused_with_the_reason(practice, password, reason):
    assert any(each.startswith(reason) for each in reasons(password)), reasons(password)


def test_password_is_the_same_however_a_keyboard_composes_it(front_desk):
    sentence = "Ångström café über alles ﬁne"
    front_desk.set_password(unicodedata.normalize("NFC", sentence))
    for form in ("NFC", "NFD", "NFKC", "NFKD"):
        assert front_desk.check_password(unicodedata.normalize(form, sentence))
    assert not front_desk.check_password(sentence.upper())


def test_password_is_judged_as_it_is_hashed(practice):
    assert SHORT in " ".join(reasons("e\u0301" * 8))  # sixteen code points, eight letters
    wide = "".join(chr(ord(each) + 0xFEE0) for each in "passwordpassword")
    assert COMMON in " ".join(reasons(wide))


def test_password_of_a_million_characters_is_refused_at_once(practice):
    assert reasons("a" * 1_000_000)
    assert reasons("ab" * 500_000)


@pytest.mark.parametrize(("password", "reason"), [("passwordpassword", COMMON), ("short", SHORT)])
def test_password_rules_apply_when_a_password_is_changed(as_front_desk, front_desk, password, reason):
    page = as_front_desk.post(
        reverse("account_change_password"), {"oldpassword": people.PASSWORD, "password1": password}
    )
    assert reason in page.text
    front_desk.refresh_from_db()
    assert front_desk.check_password(people.PASSWORD)
    assert steps.trail() == []
