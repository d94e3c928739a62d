"""Whom new ages would affect, shown before they are saved."""

import pytest

from audit.trail import Actor
from portal.office import age_effects
from practice.models import Practice
from tests import people
from tests.portal import steps


@pytest.fixture
def family(front_desk):
    """A mother of children of 5, 13, 17 on the portal, and one of 16 who is not; a teen of 17 with their own PIN."""
    by, mother = Actor(front_desk, "192.0.2.1"), people.contact("Ngozi", "Okafor")
    links = [
        people.link(mother, people.patient(f"70{age}", f"Kim {age}", "Okafor", people.years_ago(age)))
        for age in (5, 13, 17)
    ]
    steps.issued(by, *links)
    people.link(mother, people.patient("7099", "Kim 16", "Okafor", people.years_ago(16)))
    teen, own = people.patient("7098", "Ada", "Obi", people.years_ago(17)), people.contact("Ada", "Obi")
    steps.issued(by, people.link(own, teen, role=people.Role.SELF))


@pytest.mark.parametrize(
    ("ages", "expected"),
    [
        ((12, 17, 18), (0, 0, 0, 0)),
        ((12, 15, 16), (1, 0, 0, 0)),
        ((5, 17, 18), (0, 0, 1, 0)),
        ((14, 16, 18), (0, 0, 0, 2)),
    ],
)
def test_effects(family, ages, expected):
    teen_from, teen_to, adult_age = ages
    after = Practice(teen_from=teen_from, teen_to=teen_to, adult_age=adult_age)
    found = age_effects.compare(before=Practice(), after=after)
    assert (found.ends, found.own_ends, found.becomes_limited, found.becomes_full) == expected
    assert len(found.sentences) == sum(map(bool, expected))


def test_a_later_adult_age_ends_consents(front_desk):
    mother, adult = people.contact("Ngozi", "Okafor"), people.patient("7097", "Kim", "Okafor", people.years_ago(19))
    steps.issued(Actor(front_desk, "192.0.2.1"), people.link(mother, adult, basis="consent"))
    found = age_effects.compare(before=Practice(), after=Practice(adult_age=21))
    assert found.sentences == ["1 child: guardians’ access and unused PINs end."]
