"""A family's own account: e-mail, password, second step, passkeys, recovery codes, sessions."""

import re

from allauth.mfa.models import Authenticator
from django.core import mail

from accounts.family import email_addresses
from accounts.signin.password_links import password_link
from tests import families, people
from tests.accounts.factors import codes
from tests.browser.visit import STATES, state

PASSKEY = {"name": "My phone", "credential": {}}


def _ana(visit, **ways):
    user = visit.registered(visit.rivera.mateo)
    visit.sign_in(user, **ways)
    return user


def _with_app(visit, **ways):
    """Ana, with an authenticator app, recovery codes and a passkey."""
    user = visit.registered(visit.rivera.mateo)
    codes.app_of(user)
    Authenticator.objects.create(user=user, type="webauthn", data=PASSKEY)
    people.confirm_email(user)
    visit.sign_in(user, **{"by": "totp"} | ways)
    return user


@state("Account")
def _(visit):
    _ana(visit)
    visit.go("family_account:account")


@state("Account, with app, passkey and codes")
def _(visit):
    _with_app(visit)
    visit.go("family_account:account")


@state("Account, without a password")
def _(visit):
    user = _ana(visit)
    user.set_unusable_password()
    user.save()
    visit.sign_in(user)
    visit.go("family_account:account")


# --- E-mail ------------------------------------------------------------------------------------------


@state("confirm the e-mail")
def _(visit):
    _ana(visit)
    visit.go("family_account:confirm_email")


def _sent(visit, email=""):
    """Mail a code to this address, and open the page that asks for it. Return the code."""
    user = _ana(visit)
    email_addresses.send_code(user=user, email=email or user.email, by=visit.by)
    visit.go("family_account:confirm_email")
    return re.search(r"^\d{6}$", mail.outbox[-1].body, re.MULTILINE)[0]


@state("confirm the e-mail, a code is sent")
def _(visit):
    _sent(visit)


@state("confirm the e-mail, My Children asks for it")
def _(visit):
    _sent(visit)
    visit.go("family:children")


@state("confirm the e-mail, wrong code")
def _(visit):
    code = _sent(visit)
    visit.page.locator("[name=code]").fill(f"{(int(code) + 1) % 10**6:06}")
    visit.press()


@state("the e-mail is confirmed")
def _(visit):
    visit.page.locator("[name=code]").fill(_sent(visit))
    visit.press()


@state("change the e-mail")
def _(visit):
    _ana(visit)
    visit.go("family_account:change_email")


@state("change the e-mail, to the same")
def _(visit):
    user = _ana(visit)
    visit.go("family_account:change_email")
    visit.page.locator("[name=email]").fill(user.email)
    visit.press()


@state("change the e-mail, a code is sent")
def _(visit):
    _sent(visit, "new@mail.example")


# --- Password ----------------------------------------------------------------------------------------


@state("change the password")
def _(visit):
    _ana(visit)
    visit.go("account_change_password")


@state("change the password, mistakes")
def _(visit):
    _ana(visit)
    visit.go("account_change_password")
    visit.page.locator("input[type=password]").first.fill("wrong")
    visit.page.locator("input[type=password]").last.fill("short")
    visit.press()


@state("the password is changed")
def _(visit):
    user = _ana(visit)
    visit.go("account_change_password")
    visit.page.locator("input[type=password]").first.fill(_password_of(user))
    visit.page.locator("input[type=password]").last.fill("a quiet street after rain")
    visit.press()


def _password_of(user):
    return next(each for each in (families.Family({}).password, people.PASSWORD) if user.check_password(each))


@state("set a password")
def _(visit):
    user = _ana(visit)
    user.set_unusable_password()
    user.save()
    visit.sign_in(user)
    visit.go("account_set_password")


def link(user):
    """As mailed to a confirmed address, or made at the desk: the way there without the server's name."""
    return "/" + password_link(user).split("/", 3)[3]


@state("choose a new password")
def _(visit):
    visit.open(link(visit.registered(visit.rivera.mateo)))


@state("choose a new password, too short")
def _(visit):
    visit.open(link(visit.registered(visit.rivera.mateo)))
    visit.page.locator("input[type=password]").first.fill("short")
    visit.press()


@state("a link that is too old")
def _(visit):
    visit.go("account_reset_password_from_key", "1", "abc")


# --- Second step, passkeys, sessions -------------------------------------------------------------------


@state("one more step")
def _(visit):
    user = visit.registered(visit.rivera.mateo)
    codes.app_of(user)
    visit.go("account_login")
    visit.page.locator("input[type=email]").fill(user.email)
    visit.page.locator("input[type=password]").fill(_password_of(user))
    visit.press()


@state("one more step, wrong code")
def _(visit):
    STATES["one more step"](visit)
    visit.page.locator("[name=code]").fill(codes.wrong())
    visit.press()


@state("a second step is asked for first")
def _(visit):
    _with_app(visit, by="password")
    visit.go("mfa_view_recovery_codes")


@state("add an app, wrong code")
def _(visit):
    _ana(visit)
    visit.go("mfa_activate_totp")
    visit.page.locator("[name=code]").fill("000000")
    visit.press()


def _at(name, sign_in):
    def reach(visit):
        sign_in(visit)
        visit.go(name)

    return reach


def _at_passkey(name):
    def reach(visit):
        user = _with_app(visit)
        visit.go(name, Authenticator.objects.get(user=user, type="webauthn").pk)

    return reach


def _long_ago(visit):
    """Signed in so long ago that important pages ask for the password again."""
    user = _with_app(visit)
    visit.page.context.clear_cookies()
    session = people.signed_in(user).cookies[visit.settings.SESSION_COOKIE_NAME]
    visit.page.context.add_cookies([{"name": session.key, "value": session.value, "url": visit.url}])


OWN = {
    "add an app": _at("mfa_activate_totp", _ana),
    "remove the app": _at("mfa_deactivate_totp", _with_app),
    "recovery codes": _at("mfa_view_recovery_codes", _with_app),
    "make new recovery codes": _at("mfa_generate_recovery_codes", _with_app),
    "add a passkey": _at("mfa_add_webauthn", _ana),
    "rename a passkey": _at_passkey("mfa_edit_webauthn"),
    "remove a passkey": _at_passkey("mfa_remove_webauthn"),
    "password again": _at("account_reauthenticate", _ana),
    "code again": _at("mfa_reauthenticate", _with_app),
    "where one is signed in": _at("usersessions_list", _ana),
    "sign out": _at("account_logout", _ana),
}
STATES.update(OWN)
