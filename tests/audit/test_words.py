"""The words of the audit trail."""

import pytest

from audit.trail import Action
from audit.words import GROUPS, WORDS, action_in_words, detail_in_words


def test_every_action_has_words_of_its_own():
    assert {action.value for action in Action} - set(WORDS) == set()
    assert len(set(WORDS.values())) == len(WORDS)


def test_every_action_is_in_a_group():
    beginnings = tuple(beginning for _title, group in GROUPS.values() for beginning in group)
    assert [action.value for action in Action if not action.value.startswith(beginnings)] == []


def test_an_action_nobody_knows_any_more_can_be_read():
    assert action_in_words("fax_machine.used_up") == "Fax machine: used up"


@pytest.mark.parametrize(
    ("detail", "words"),
    [
        ({}, ""),
        ({"tab": "basic_info"}, "tab basic info"),
        ({"view": "desk:window", "why": "not_allowed"}, "page desk:window · reason not allowed"),
        ({"fields": ["given_name", "birth_date"]}, "fields given name, birth date"),
        ({"numbers": {"patient_id": 7}}, "numbers patient id 7"),
        ({"pin": None, "verdict": "unknown"}, "reason unknown"),
        ({"patients": " 12 112 "}, "patients shown 12 112"),
    ],
)
def test_details_in_words(detail, words):
    assert detail_in_words(detail) == words
