"""Changing the practice's settings."""

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError

from audit.models import AuditEvent
from audit.trail import Actor
from practice import change_settings
from practice.edit_conflicts import Stale
from practice.models import Practice
from tests.at_once import at_once
from tests.portal import steps

pytestmark = pytest.mark.postgres

NEW = {"name": "Sunnyside Pediatrics", "address": "1 Main St\nFairbrook, OH 43000", "phone": "(614) 555-0100"}


@pytest.fixture
def by(administrator):
    return Actor(administrator, "192.0.2.1")


def seen(part):
    return change_settings.fingerprint_of(Practice.current(), part)


def noted():
    return list(AuditEvent.objects.filter(action="practice.changed").values_list("user", "patient_id", "detail"))


def test_the_first_settings_are_saved_and_the_trail_names_what_changed(by):
    changed = change_settings.change(part="practice", values=NEW, seen=seen("practice"), by=by)
    practice = Practice.objects.get()
    assert {name: getattr(practice, name) for name in NEW} == NEW
    assert practice.address_lines == ["1 Main St", "Fairbrook, OH 43000"]
    assert practice.address_in_one_line == "1 Main St, Fairbrook, OH 43000"
    assert noted() == [(by.user.pk, None, {"changed": changed})]
    assert "Main" not in str(list(AuditEvent.objects.values()))


def test_only_what_differs_is_named_and_nothing_where_nothing_does(by):
    change_settings.change(part="practice", values=NEW, seen=seen("practice"), by=by)
    assert change_settings.change(part="practice", values=NEW, seen=seen("practice"), by=by) == []
    assert change_settings.change(part="practice", values={**NEW, "phone": ""}, seen=seen("practice"), by=by) == [
        "phone"
    ]
    told = sorted(detail["changed"] for *_, detail in noted())
    assert told == [["name", "address", "phone"], ["phone"]]


def test_the_second_of_two_is_told(by):
    opened = seen("practice")
    change_settings.change(part="practice", values=NEW, seen=opened, by=by)
    with pytest.raises(Stale):
        change_settings.change(part="practice", values={**NEW, "name": "Renamed"}, seen=opened, by=by)
    assert Practice.current().name == "Sunnyside Pediatrics"
    assert len(noted()) == 1


def test_parts_do_not_get_in_each_other_s_way(by):
    opened = seen("sheet")
    change_settings.change(part="practice", values=NEW, seen=seen("practice"), by=by)
    change_settings.change(part="sheet", values={"paper": "A4", "pin_lifetime_days": 7}, seen=opened, by=by)
    practice = Practice.current()
    assert (practice.name, practice.paper, practice.pin_lifetime_days) == ("Sunnyside Pediatrics", "A4", 7)


@pytest.mark.parametrize(
    ("part", "values"),
    [
        ("sheet", {"paper": "A4", "pin_lifetime_days": 0}),
        ("sheet", {"paper": "A4", "pin_lifetime_days": 31}),
        ("sheet", {"paper": "A3", "pin_lifetime_days": 14}),
        ("ages", {"adult_age": 17, "own_account_from": 13, "teen_from": 12, "teen_to": 17}),
        ("ages", {"adult_age": 18, "own_account_from": 13, "teen_from": 15, "teen_to": 14}),
        ("ages", {"adult_age": 99, "own_account_from": 13, "teen_from": 12, "teen_to": 17}),
        ("ages", {"adult_age": 18, "own_account_from": 19, "teen_from": 12, "teen_to": 17}),
        ("practice", {**NEW, "name": ""}),
    ],
)
def test_what_cannot_be_is_refused(by, part, values):
    before = steps.everything_but()
    with pytest.raises(ValidationError):
        change_settings.change(part=part, values=values, seen=seen(part), by=by)
    assert steps.everything_but() == before


@pytest.mark.parametrize(
    "values",
    [
        {"adult_age": 13, "teen_to": 12},
        {"adult_age": 26},
        {"teen_from": 0},
        {"teen_to": 18},
        {"pin_lifetime_days": 31},
        {"logo_mark": "0" * 16},
    ],
)
def test_what_cannot_be_is_refused_by_the_database_too(db, values):
    with pytest.raises(IntegrityError):
        Practice.objects.create(pk=1, **values)


@pytest.mark.usefixtures("transactional_db")
def test_of_two_at_once_one_is_told(administrator):
    by, opened = Actor(administrator, "192.0.2.1"), seen("practice")
    actions = [
        lambda name=name: change_settings.change(part="practice", values={**NEW, "name": name}, seen=opened, by=by)
        for name in ("One", "Two")
    ]
    results = at_once(*actions)
    assert sum(isinstance(each, Stale) for each in results) == 1
    assert len(noted()) == 1


@pytest.mark.parametrize(
    ("part", "name"), [(part, name) for part, names in change_settings.PARTS.items() for name in names]
)
def test_every_setting_of_a_part_is_in_its_fingerprint(part, name):
    practice = Practice()
    before = change_settings.fingerprint_of(practice, part)
    setattr(practice, name, "other")
    assert change_settings.fingerprint_of(practice, part) != before
