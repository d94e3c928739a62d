import pytest
import time_machine

from appointments.models import Location, Provider
from audit.trail import Actor
from tests import people
from tests.appointments import schedules


@pytest.fixture
def by(front_desk):
    return Actor(front_desk, "192.0.2.1")


@pytest.fixture
def feldman(db):
    return Provider.objects.create(name="Dr. Feldman")


@pytest.fixture
def raman(db):
    return Provider.objects.create(name="Dr. Raman")


@pytest.fixture
def office(db):
    return Location.objects.create(name="Main Office")


@pytest.fixture
def unknown():
    """The numbers of no record: one that fits the database, one that does not."""
    return [999_999, 99_999_999_999_999_999_999]


@pytest.fixture
def ten_o_clock():
    """On a Wednesday in New York."""
    with time_machine.travel(schedules.NOW, tick=False):
        yield


@pytest.fixture
def colleague(clinician):
    """Someone else at a second screen."""
    return people.signed_in(clinician)
