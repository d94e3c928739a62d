"""A browser on the families' pages, and the steps that bring a page into a state. Tests and ``make report`` use it."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.contrib.sessions.backends.db import SessionStore
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Page

from accounts.models import User
from appointments.models import Appointment, Location, Provider
from audit.trail import Actor
from portal.signup import proof
from practice import terms
from practice.demo.practice import TERMS
from practice.models import Practice
from tests import families, people
from tests.portal import steps

STATES: "dict[str, Callable[[Visit], object]]" = {}


@dataclass
class Visit:
    """A browser, a server, and the Riveras with a printed sheet for some of Ana's children."""

    page: Page
    url: str
    rivera: people.Rivera
    by: Actor
    settings: Any
    family: families.Family

    def go(self, name: str, *arguments: object) -> None:
        self.open(reverse(name, args=arguments))

    def open(self, path: str) -> None:
        self.page.goto(self.url + path)

    def speak(self, language: str) -> None:
        name = self.settings.LANGUAGE_COOKIE_NAME
        self.page.context.add_cookies([{"name": name, "value": language, "url": self.url}])

    def press(self) -> None:
        """Press the primary button."""
        self.page.locator(families.GO_ON).first.click()
        self.page.wait_for_load_state()

    def link(self, child: Any) -> Any:
        return self.rivera.link(self.rivera.ana, child)

    def registered(self, *children: Any) -> User:
        """The mother's account with these children."""
        return steps.registered(self.by, *(self.link(child) for child in children), email="ana.rivera@mail.example")

    def book(self, child: Any, days: int, **fields: Any) -> None:
        provider, _ = Provider.objects.get_or_create(name="Dr. Feldman")
        office, _ = Location.objects.get_or_create(name="Main Office", address="210 Sunny Side", phone="(614) 555-0199")
        given = {"visit_type": "Well visit", "duration": 20, "provider": provider, "location": office, **fields}
        Appointment.objects.create(patient=child, start=timezone.now() + timedelta(days=days), **given)

    def sign_in(self, user: User, *, by: str = "password", accepts: bool = True) -> None:
        """Sign in. ``by``: "password", or "totp" for a password and a code."""
        if accepts and (newest := terms.must_accept(user)):
            terms.accept(user=user, terms=newest, by=Actor(user, "192.0.2.1"))
        session = people.signed_in(user).session
        shown: list[dict[str, Any]] = [{"method": "password", "at": time.time(), "reauthenticated": True}]
        if by == "totp":
            shown.append({"method": "mfa", "at": time.time(), "type": "totp", "reauthenticated": True})
        # As allauth keeps it (allauth.account.internal.flows.login).
        session.update({"account_authentication_methods": shown, "account_authentication_methods_user": str(user.pk)})
        session.save()
        name = self.settings.SESSION_COOKIE_NAME
        self.page.context.add_cookies([{"name": name, "value": session.session_key, "url": self.url}])

    def scan(self) -> None:
        self.open(self.family.address)

    def prove(self, to: str) -> None:
        """Scan the sheet and answer until that page."""
        self.scan()
        self.family.walk(self.page, to=to)

    def age_the_proof(self, *, left: int) -> None:
        """Make the proof so old that only these seconds are left."""
        cookies = {each["name"]: each["value"] for each in self.page.context.cookies()}
        session = SessionStore(cookies[self.settings.SESSION_COOKIE_NAME])
        session[proof.SINCE] -= proof.LASTS.total_seconds() - left
        session.save()


def prepared(page: Page, url: str, settings: Any, *, children: int = 2) -> Visit:
    """Fill an empty database: the practice with its terms, the front desk, and the Riveras with a sheet."""
    Practice.objects.create(
        pk=1, name="Sunnyside Pediatrics", phone="(614) 555-0100", address="210 Sunnyside Avenue, Fairbrook, OH 43000"
    )
    by = Actor(people.staff("Dana Ortiz", "front_desk"), "192.0.2.1")
    terms.publish(texts=TERMS, by=by)
    rivera = people.make_rivera()
    rivera.baby.given_name = "Diego"
    rivera.baby.save()
    on_sheet = [rivera.mateo, rivera.sofia, rivera.baby][:children]
    pins = steps.printed(by, *(rivera.link(rivera.ana, child) for child in on_sheet))
    family = families.Family({child.given_name: child.birth_date for child in on_sheet}, pins)
    return Visit(page, url, rivera, by, settings, family)


def state(name: str) -> "Callable[[Callable[[Visit], object]], Callable[[Visit], object]]":
    def keep(reach: "Callable[[Visit], object]") -> "Callable[[Visit], object]":
        STATES[name] = reach
        return reach

    return keep


def touch(page: Page) -> None:
    """Add a virtual authenticator that always confirms, like a phone with its owner's finger on it."""
    browser = page.context.new_cdp_session(page)
    browser.send("WebAuthn.enable")
    options = {"protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True}
    more = {"isUserVerified": True, "automaticPresenceSimulation": True}
    browser.send("WebAuthn.addVirtualAuthenticator", {"options": options | more})
