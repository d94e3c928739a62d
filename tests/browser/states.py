"""Every page that families meet, in each of its states. One more is one more function here."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib.sessions.backends.db import SessionStore
from django.core import mail
from django.test import Client
from django.urls import reverse
from playwright.sync_api import Page

from portal import proof, registration
from practice.audit import Actor
from practice.models import User
from tests import families, people
from tests.portal import steps
from tests.practice.sittings import warned

STATES: "dict[str, Callable[[Visit], object]]" = {}


@dataclass
class Visit:
    """A browser, a server, and the Riveras with a printed sheet for Mateo and Sofia."""

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

    def press(self) -> None:
        """The button that stands out."""
        self.page.locator(families.GO_ON).first.click()
        self.page.wait_for_load_state()

    def link(self, child: Any) -> Any:
        return self.rivera.link(self.rivera.ana, child)

    def registered(self, *children: Any) -> User:
        """The mother's account with these children."""
        return steps.registered(self.by, *(self.link(child) for child in children), email="ana.rivera@mail.example")

    def sign_in(self, user: User) -> None:
        session = people.signed_in(user).cookies[self.settings.SESSION_COOKIE_NAME]
        self.page.context.add_cookies([{"name": session.key, "value": session.value, "url": self.url}])

    def prove(self, to: str) -> None:
        """Scan and answer until there."""
        self.open(self.family.address)
        self.family.walk(self.page, to=to)


def state(name: str) -> "Callable[[Callable[[Visit], object]], Callable[[Visit], object]]":
    def keep(reach: "Callable[[Visit], object]") -> "Callable[[Visit], object]":
        STATES[name] = reach
        return reach

    return keep


# --- Registering -------------------------------------------------------------------------------------


@state("start")
def _(visit):
    visit.go("portal:register")


@state("start, scanned")
def _(visit):
    visit.open(visit.family.address)


@state("start, nothing typed")
def _(visit):
    visit.go("portal:register")
    visit.press()


@state("start, a typing mistake")
def _(visit):
    visit.go("portal:register")
    visit.family.pins = {"Mateo": "1234 5678 9010"}
    visit.family.fill(visit.page)
    visit.press()


@state("start, no such pair")
def _(visit):
    visit.family.births["Mateo"] = visit.rivera.ana.birth_date
    visit.open(visit.family.address)
    visit.family.fill(visit.page)
    visit.press()


@state("start, nothing proven")
def _(visit):
    visit.go("portal:register_account")


@state("the other children")
def _(visit):
    visit.prove("portal:register_siblings")


@state("the other children, wrong date")
def _(visit):
    visit.prove("portal:register_siblings")
    visit.family.births["Sofia"] = visit.rivera.ana.birth_date
    visit.family.fill(visit.page)
    visit.press()


@state("account")
def _(visit):
    visit.prove("portal:register_account")


@state("account, mistakes")
def _(visit):
    visit.prove("portal:register_account")
    visit.family.email, visit.family.password = "ana", "short"
    visit.family.fill(visit.page)
    visit.press()


@state("account, has one")
def _(visit):
    visit.registered(visit.rivera.baby)
    visit.prove("account_login")
    visit.page.go_back()


@state("add to the own account")
def _(visit):
    visit.sign_in(visit.registered(visit.rivera.baby))
    visit.prove("portal:register_account")


@state("PINs of somebody else")
def _(visit):
    visit.sign_in(people.family_user("stranger@mail.example"))
    visit.prove("portal:register_account")


@state("a PIN ended meanwhile")
def _(visit):
    visit.prove("portal:register_account")
    registration.revoke(family_contact=visit.link(visit.rivera.mateo), reason="Sheet lost", by=visit.by)
    visit.family.fill(visit.page)
    visit.press()


@state("account, the hour is nearly over")
def _(visit):
    visit.prove("portal:register_siblings")
    cookies = {each["name"]: each["value"] for each in visit.page.context.cookies()}
    session = SessionStore(cookies[visit.settings.SESSION_COOKIE_NAME])
    session[proof.SINCE] -= proof.LASTS.total_seconds() - 110
    session.save()
    visit.go("portal:register_account")
    visit.page.locator("#proof-warning[open]").wait_for()


# --- My Children -------------------------------------------------------------------------------------


@state("My Children")
def _(visit):
    visit.sign_in(visit.registered(visit.rivera.mateo, visit.rivera.sofia))
    visit.go("portal:children")


@state("My Children, none")
def _(visit):
    visit.sign_in(people.family_user("stranger@mail.example"))
    visit.go("portal:children")


@state("My Children, limited and grown up")
def _(visit):
    user = visit.registered(visit.rivera.mateo, visit.rivera.sofia)
    for child, years in ((visit.rivera.mateo, 14), (visit.rivera.sofia, 18)):
        child.birth_date = people.years_ago(years)
        child.save()
    visit.sign_in(user)
    visit.go("portal:children")


# --- Signing in --------------------------------------------------------------------------------------


@state("sign in")
def _(visit):
    visit.go("account_login")


@state("sign in, wrong")
def _(visit):
    visit.go("account_login")
    visit.family.fill(visit.page)
    visit.page.locator("main input[type=email]").fill("nobody@mail.example")
    visit.press()


@state("forgot the password")
def _(visit):
    visit.go("account_reset_password")


@state("forgot the password, not an e-mail")
def _(visit):
    visit.go("account_reset_password")
    visit.page.locator("main form").first.evaluate("form => { form.noValidate = true; }")
    visit.page.locator("input[type=email]").fill("ana")
    visit.press()


@state("choose a new password")
def _(visit):
    visit.open(_reset_link(visit.registered(visit.rivera.mateo)))


@state("choose a new password, too short")
def _(visit):
    visit.open(_reset_link(visit.registered(visit.rivera.mateo)))
    visit.page.locator("input[type=password]").first.fill("short")
    visit.press()


def _reset_link(user):
    """As it stands in the mail."""
    Client().post(reverse("account_reset_password"), {"email": user.email})
    return re.search(r"/accounts/password/reset/key/\S+", mail.outbox[-1].body)[0]


DONE = {
    "link is on its way": "account_reset_password_done",
    "new password is set": "account_reset_password_from_key_done",
    "sign up without a PIN": "account_signup",
    "sign-in is switched off": "account_inactive",
}
for _state, _name in DONE.items():
    STATES[_state] = lambda visit, name=_name: visit.go(name)


@state("a link that is too old")
def _(visit):
    visit.go("account_reset_password_from_key", "1", "abc")


def _signed_in_at(name):
    def reach(visit):
        visit.sign_in(visit.registered(visit.rivera.mateo))
        visit.go(name)

    return reach


OWN = {
    "change the password": "account_change_password",
    "sign out": "account_logout",
    "password again": "account_reauthenticate",
    "where one is signed in": "usersessions_list",
}
for _state, _name in OWN.items():
    STATES[_state] = _signed_in_at(_name)


# --- The end of a session ------------------------------------------------------------------------------


@state("session, warning")
def _(visit):
    visit.settings.SESSION_LIMITS = {"family": (60, 600)}
    visit.settings.SESSION_WARNING = 58
    visit.sign_in(visit.registered(visit.rivera.mateo))
    visit.go("portal:children")
    warned(visit.page)


@state("session, over")
def _(visit):
    visit.settings.SESSION_LIMITS = {"family": (2, 600)}
    visit.settings.SESSION_WARNING = 1
    visit.sign_in(visit.registered(visit.rivera.mateo))
    visit.go("portal:children")
    visit.page.locator("#session-ended-why").wait_for(timeout=20_000)


@state("session, signed in again")
def _(visit):
    visit.sign_in(visit.registered(visit.rivera.mateo))
    visit.go("practice:session_back")


# --- What went wrong -----------------------------------------------------------------------------------

WRONG = {
    "no such page": "/none/",
    "not allowed": "/broken/denied/",
    "too many tries": "/broken/wait/",
    "our mistake": "/broken/value/",
    "no database": "/broken/database/",
}
for _state, _path in WRONG.items():
    STATES[_state] = lambda visit, path=_path: visit.open(path)
