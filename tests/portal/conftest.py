import pytest
from django.test import Client
from django.urls import reverse

from audit.trail import Actor
from tests.portal import steps


@pytest.fixture
def by(front_desk):
    return Actor(front_desk, "192.0.2.1")


@pytest.fixture
def mateo(rivera):
    """Ana and her Mateo."""
    return rivera.link(rivera.ana, rivera.mateo)


@pytest.fixture
def sofia(rivera):
    """Ana and her Sofia."""
    return rivera.link(rivera.ana, rivera.sofia)


@pytest.fixture
def baby(rivera):
    """Ana and her newborn, still "Baby Boy"."""
    return rivera.link(rivera.ana, rivera.baby)


@pytest.fixture
def stranger(oneil):
    """A mother and child of another family."""
    return oneil.link(oneil.maeve, oneil.nora)


@pytest.fixture
def sheet(by, mateo, sofia):
    """Ana's printed sheet: PINs by child's given name."""
    return steps.printed(by, mateo, sofia)


@pytest.fixture
def proven(sheet, rivera):
    """A browser in which Mateo's PIN is proven, and nothing more has been answered."""
    client = Client()
    steps.prove(client, sheet["Mateo"], rivera.mateo)
    return client


@pytest.fixture
def parent(proven):
    """A browser in which Mateo's PIN is proven and only the last step is left."""
    steps.answer(proven)
    return proven


@pytest.fixture
def unknown():
    """Ids of no record: one that fits the database, one that does not."""
    return [999_999, 99_999_999_999_999_999_999]


@pytest.fixture
def window_url(mateo):
    return reverse("desk:window", args=[mateo.pk])
