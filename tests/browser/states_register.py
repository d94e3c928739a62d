"""Registering, page by page, and each message that stops it."""

from datetime import timedelta

from django.utils import timezone

from audit.trail import Actor
from portal import registration
from portal.models import Pin, RedemptionFailure
from portal.pins import throttle
from portal.pins.storage import ending
from practice import terms
from practice.models import TermsAcceptance, TermsText
from tests import people
from tests.browser.visit import state, touch
from tests.portal import steps

START, SIBLINGS, ANOTHER, YOU, EMAIL, AGREE, ACCOUNT = (
    f"signup:register{name}" for name in ("", "_siblings", "_another", "_you", "_email", "_terms", "_account")
)

# --- The PIN -----------------------------------------------------------------------------------------


@state("start")
def _(visit):
    visit.go(START)


@state("start, scanned")
def _(visit):
    visit.scan()


@state("start, nothing typed")
def _(visit):
    visit.go(START)
    visit.press()


@state("start, a typing mistake")
def _(visit):
    visit.go(START)
    visit.family.pins = {"Mateo": "1234 5678 9010"}
    visit.family.fill(visit.page)
    visit.press()


@state("start, no such pair")
def _(visit):
    visit.family.births["Mateo"] = visit.rivera.ana.birth_date
    visit.scan()
    visit.family.fill(visit.page)
    visit.press()


@state("start, too many wrong PINs")
def _(visit):
    client = throttle.client_of(Actor(None, "127.0.0.1"))
    wrong = (RedemptionFailure(client=client, digest=f"{number:064}") for number in range(throttle.LIMIT_PER_CLIENT))
    RedemptionFailure.objects.bulk_create(wrong)
    visit.scan()
    visit.family.fill(visit.page)
    visit.press()


@state("start, nothing proven")
def _(visit):
    visit.go(ACCOUNT)


@state("start, come back")
def _(visit):
    visit.prove(YOU)
    visit.go(START)


@state("start, it took too long")
def _(visit):
    visit.prove(EMAIL)
    visit.age_the_proof(left=-1)
    visit.family.fill(visit.page)
    visit.press()


@state("finished already, signed out")
def _(visit):
    visit.prove(ACCOUNT)
    earlier = visit.page.context.cookies()
    visit.press()
    visit.page.context.clear_cookies()
    visit.page.context.add_cookies(earlier)
    visit.go(ACCOUNT)


# --- The children ------------------------------------------------------------------------------------


@state("the other children")
def _(visit):
    visit.prove(SIBLINGS)


@state("the other children, wrong date")
def _(visit):
    visit.prove(SIBLINGS)
    visit.family.births["Sofia"] = visit.rivera.ana.birth_date
    visit.family.fill(visit.page)
    visit.press()


@state("the other children, all are there")
def _(visit):
    visit.prove(YOU)
    visit.go(SIBLINGS)


@state("another PIN")
def _(visit):
    visit.prove(YOU)
    visit.go(ANOTHER)


@state("another PIN, of somebody else")
def _(visit):
    mateo = visit.rivera.mateo
    visit.prove(YOU)
    visit.family.pins = steps.printed(visit.by, visit.rivera.link(visit.rivera.luis, mateo))
    visit.family.births = {"Mateo": mateo.birth_date}
    visit.go(ANOTHER)
    visit.page.locator("[name=pin]").fill(visit.family.pins["Mateo"])
    for part in ("month", "day", "year"):
        visit.page.locator(f"[name$=_{part}]").fill(str(getattr(mateo.birth_date, part)))
    visit.press()


# --- Who you are, e-mail, terms ----------------------------------------------------------------------


@state("is this you")
def _(visit):
    visit.prove(YOU)


@state("this is not you")
def _(visit):
    visit.prove(YOU)
    with visit.page.expect_navigation():
        visit.page.locator("button[name=is_guardian][value=no]").click()


@state("e-mail")
def _(visit):
    visit.prove(EMAIL)


@state("e-mail, none typed")
def _(visit):
    visit.prove(EMAIL)
    visit.press()


@state("e-mail, cannot be used")
def _(visit):
    visit.prove(EMAIL)
    visit.family.email = people.family_user("stranger@mail.example").email
    visit.family.fill(visit.page)
    visit.press()


@state("terms to accept")
def _(visit):
    visit.prove(AGREE)


@state("terms to accept, changed meanwhile")
def _(visit):
    visit.prove(AGREE)
    terms.publish(texts={"en": "Be kind."}, by=visit.by)
    visit.press()


@state("terms to read")
def _(visit):
    visit.go("family:terms")


@state("terms to read, there are none")
def _(visit):
    for rows in (TermsAcceptance, TermsText, type(terms.current())):
        rows.objects.all().delete()
    visit.go("family:terms")


@state("newer terms to accept")
def _(visit):
    visit.sign_in(people.family_user("stranger@mail.example"), accepts=False)
    visit.go("family:children")


# --- The account -------------------------------------------------------------------------------------


@state("account")
def _(visit):
    visit.prove(ACCOUNT)


@state("account, mistakes")
def _(visit):
    visit.prove(ACCOUNT)
    visit.page.locator("[name=email]").fill("ana")
    visit.family.password = "short"
    visit.family.fill(visit.page)
    visit.press()


@state("account, a passkey is offered")
def _(visit):
    touch(visit.page)
    visit.prove(ACCOUNT)
    visit.page.locator("[data-passkey-offer]").wait_for()


@state("account, the passkey did not work")
def _(visit):
    touch(visit.page)
    visit.prove(ACCOUNT)
    visit.page.evaluate("() => { navigator.credentials.create = () => Promise.reject(new Error()) }")
    visit.page.locator("[data-passkey-offer] button").click()
    visit.page.locator("[data-passkey-problem]").wait_for()


@state("account, has one")
def _(visit):
    visit.registered(visit.rivera.baby)
    visit.prove("account_login")
    visit.page.go_back()


@state("add to the own account")
def _(visit):
    visit.sign_in(visit.registered(visit.rivera.baby))
    visit.prove(ACCOUNT)


@state("add to the own account, whose e-mail a relative has")
def _(visit):
    user = visit.registered(visit.rivera.baby)
    visit.sign_in(user)
    visit.prove(ACCOUNT)
    visit.rivera.mateo.family_contacts.filter(contact=visit.rivera.ana).update(role="self")
    visit.rivera.luis.email = user.email
    visit.rivera.luis.save()
    visit.rivera.link(visit.rivera.luis, visit.rivera.mateo)
    visit.press()


@state("PINs of somebody else")
def _(visit):
    visit.sign_in(people.family_user("stranger@mail.example"))
    visit.prove(ACCOUNT)


@state("the hour is nearly over")
def _(visit):
    visit.prove(SIBLINGS)
    visit.age_the_proof(left=110)
    visit.go(SIBLINGS)
    visit.page.locator("#proof-warning[open]").wait_for()


# --- Ended after the proof ---------------------------------------------------------------------------


@state("a PIN ended, the other still works")
def _(visit):
    visit.prove(ACCOUNT)
    registration.revoke(family_contact=visit.link(visit.rivera.mateo), reason="Sheet lost", by=visit.by)
    visit.family.fill(visit.page)
    visit.press()


def _ended(*states, **changes):
    """End the proven PINs in these ways, or change them as stated."""

    def reach(visit):
        visit.prove(YOU)
        for pin, ended in zip(Pin.objects.order_by("pk"), states * 2, strict=False):
            Pin.objects.filter(pk=pin.pk).update(**ending(ended, now=timezone.now(), reason="Sheet lost"))
        Pin.objects.update(**changes)
        visit.press()

    return reach


ENDED = {
    "the PINs ran out": _ended(expires_at=timezone.now(), issued_at=timezone.now() - timedelta(days=14)),
    "the PINs are locked": _ended(Pin.State.LOCKED),
    "the PINs gave way to newer ones": _ended(Pin.State.SUPERSEDED),
    "the PINs were taken back": _ended(Pin.State.REVOKED),
    "the PINs were used": _ended(Pin.State.REDEEMED),
    "the PINs ended in two ways": _ended(Pin.State.LOCKED, Pin.State.REVOKED),
}
for _name, _reach in ENDED.items():
    state(_name)(_reach)


@state("the chart does not allow it any more")
def _(visit):
    visit.prove(YOU)
    for child in (visit.rivera.mateo, visit.rivera.sofia):
        child.status = "inactive"
        child.save()
    visit.press()
