"""Every page that families see, in each of its states. To add one, add a function here or in a module named below."""

from tests.accounts.sessions.session_pages import warned
from tests.browser import states_account, states_children, states_register  # noqa: F401  # each registers its states
from tests.browser.visit import STATES, Visit, prepared, state

__all__ = ["LEFT_OUT", "STATES", "WRONG", "Visit", "prepared"]

# These change the server's settings, which the tests can do and ``make report`` cannot.
LEFT_OUT = {"session, warning", "session, over", "change the e-mail, without a mail server"}

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


DONE = {
    "link is on its way": "account_reset_password_done",
    "new password is set": "account_reset_password_from_key_done",
    "sign up without a PIN": "account_signup",
    "sign-in is switched off": "account_inactive",
}
for _state, _name in DONE.items():
    STATES[_state] = lambda visit, name=_name: visit.go(name)


@state("change the e-mail, without a mail server")
def _(visit):
    visit.settings.WRITES_TO_FAMILIES = False
    visit.sign_in(visit.registered(visit.rivera.mateo))
    visit.go("family_account:change_email")


# --- The end of a session ------------------------------------------------------------------------------


@state("session, warning")
def _(visit):
    visit.settings.SESSION_LIMITS = {"family": (600, 6000)}
    visit.settings.SESSION_WARNING = 598  # immediately, and until the checks are done
    visit.sign_in(visit.registered(visit.rivera.mateo))
    visit.go("family:children")
    warned(visit.page)


@state("session, over")
def _(visit):
    visit.settings.SESSION_LIMITS = {"family": (600, 6000)}
    visit.sign_in(visit.registered(visit.rivera.mateo))
    visit.page.clock.install()
    visit.go("family:children")
    visit.settings.SESSION_LIMITS = {"family": (0, 6000)}
    visit.page.clock.fast_forward("30:00")
    visit.page.locator("#session-ended-why").wait_for()


@state("session, signed in again")
def _(visit):
    visit.sign_in(visit.registered(visit.rivera.mateo))
    visit.go("accounts:session_back")


# --- What went wrong -----------------------------------------------------------------------------------

WRONG = {
    "no such page": "/none/",
    "not allowed": "/broken/denied/",
    "our mistake": "/broken/value/",
    "no database": "/broken/database/",
    "no cookies": "/broken/cookies/",
}
for _state, _path in WRONG.items():
    STATES[_state] = lambda visit, path=_path: visit.open(path)
