"""Inviting a colleague: a sign-in for a staff record that has none, and the link to choose its password."""

from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import StaffRecord, User
from tests import people
from tests.portal import steps
from tests.portal.office.test_sign_in import LOGIN, PATIENTS, sign_in

EMAIL, CHOSEN = "jordan@sunnyside.example", "seven quiet rivers at dawn"


@pytest.fixture
def record(db):
    return StaffRecord.objects.create(name="Jordan Lee", role=StaffRecord.Role.FRONT_DESK)


@pytest.fixture
def url(record):
    return reverse("office:invite", args=[record.pk])


@pytest.fixture
def desk(administrator):
    return sign_in(administrator)


def path_of(page):
    return page.context["link"].removeprefix("https://portal.sunnyside.example")


def choose(client, path, password=CHOSEN):
    """Follow the link and choose a password. Returns the next page."""
    form = client.get(path, follow=True)
    return client.post(form.request["PATH_INFO"], {"password1": password}, follow=True)


def test_invite_makes_a_sign_in_that_works_once_a_password_is_chosen(desk, administrator, url, record):
    path = path_of(desk.post(url, {"email": "Jordan@Sunnyside.example"}))
    user = User.objects.get(email=EMAIL)
    record.refresh_from_db()
    assert (user.kind, record.user, user.has_usable_password()) == ("staff", user, False)
    jordan = Client()
    assert "Use at least 15 characters." in choose(jordan, path, "too short").text
    assert "Your new password is set" in choose(jordan, path).text
    jordan.post(LOGIN, {"login": EMAIL, "password": CHOSEN})
    assert jordan.get(PATIENTS).status_code == 200
    assert "This link does not work any more." in choose(Client(), path, "another long password here").text
    assert [action for action, _patient in steps.trail()] == [
        "sign_in.succeeded",
        "user.added",
        "password.link_made",
        "password.reset",
        "sign_in.succeeded",
    ]


def test_invite_link_ends_after_an_hour(desk, url):
    path = path_of(desk.post(url, {"email": EMAIL}))
    with time_machine.travel(timezone.now() + timedelta(minutes=59)):
        assert "Choose a new password" in Client().get(path, follow=True).text
    with time_machine.travel(timezone.now() + timedelta(minutes=61)):
        assert "This link does not work any more." in Client().get(path, follow=True).text


def test_invite_is_mailed_where_there_is_a_mail_server(desk, url, settings, mailoutbox):
    settings.SENDS_MAIL = True
    page = desk.post(url, {"email": EMAIL}, follow=True)
    assert f"The link was sent to {EMAIL}." in page.text
    assert [mail.to for mail in mailoutbox] == [[EMAIL]]


@pytest.mark.parametrize(
    ("email", "words"),
    [
        ("", "This field is required."),
        ("jordan", "Enter a valid email address."),
        ("DANA@sunnyside.example", "This e-mail already has a sign-in."),
        ("stranger@mail.example", "This e-mail already has a sign-in."),
        ("a\0@mail.example", "Null characters are not allowed."),
    ],
)
def test_invite_says_what_is_wrong_and_makes_nothing(desk, url, front_desk, family_user, email, words):
    before = steps.everything_but()
    assert words in desk.post(url, {"email": email}).text
    assert steps.everything_but() == before


def test_invite_ignores_extra_fields(desk, url, record):
    desk.post(url, {"email": EMAIL, "kind": "family", "role": "administrator", "is_active": "", "password": CHOSEN})
    user = User.objects.get(email=EMAIL)
    record.refresh_from_db()
    assert (user.kind, user.is_active, user.has_usable_password(), record.role) == ("staff", True, False, "front_desk")


def test_invite_of_a_record_that_has_a_sign_in_is_not_found(desk, front_desk):
    assert desk.get(reverse("office:invite", args=[front_desk.staff_record.pk])).status_code == 404
    assert desk.get(reverse("office:invite", args=[999_999])).status_code == 404


@pytest.mark.parametrize("method", ["get", "post"])
def test_invite_roles(url, method):
    assert steps.allowed_roles(method, url) == {"administrator"}


def test_invite_other_methods(desk, url):
    assert steps.refused_methods(desk, url) == {"put", "patch", "delete"}


def test_staff_offers_to_invite(desk, url, front_desk):
    page = desk.get(reverse("office:staff")).text
    assert url in page
    assert reverse("office:sign_in", args=[front_desk.pk]) in page


def test_a_new_record_without_a_sign_in_leads_on_to_inviting(desk):
    added = {"name": "Noa Newcomer", "role": "front_desk", "is_active": "on"}
    page = desk.post(reverse("office:add_staff_record"), added, follow=True)
    assert reverse("office:invite", args=[StaffRecord.objects.get(name="Noa Newcomer").pk]) in page.text


def test_invite_queries_do_not_grow_with_the_staff(desk, url):
    few = steps.queries(lambda: desk.get(url))
    for number in range(10):
        people.staff(f"Nurse{number} Kay", "clinician")
    assert steps.queries(lambda: desk.get(url)) == few
