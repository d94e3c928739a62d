"""My Children and the pages of a child, for each kind of access."""

from patients.models import FamilyContact
from tests import people
from tests.browser.visit import state
from tests.portal import steps


def _ana(visit, *children):
    """Ana's browser; these children are registered, Mateo and Sofia where none is named."""
    visit.sign_in(visit.registered(*(children or (visit.rivera.mateo, visit.rivera.sofia))))


def _born(child, years):
    child.birth_date = people.years_ago(years)
    child.save()


def _myself(visit):
    """Carmen, an adult with her own portal account."""
    contact = people.contact("Carmen", "Rivera", birth_date=visit.rivera.carmen.birth_date)
    own = people.link(contact, visit.rivera.carmen, role=FamilyContact.Role.SELF)
    visit.sign_in(steps.registered(visit.by, own, email="carmen@mail.example"))


# --- My Children -------------------------------------------------------------------------------------


@state("My Children")
def _(visit):
    visit.book(visit.rivera.mateo, 3)
    _ana(visit)
    visit.go("family:children")


@state("My Children, none")
def _(visit):
    visit.sign_in(people.family_user("stranger@mail.example"))
    visit.go("family:children")


@state("My Children, a PIN waits and one cannot be seen")
def _(visit):
    _ana(visit, visit.rivera.mateo)
    visit.rivera.mateo.status = "inactive"
    visit.rivera.mateo.save()
    visit.go("family:children")


@state("My Children, limited and grown up")
def _(visit):
    _ana(visit)
    _born(visit.rivera.mateo, 14)
    _born(visit.rivera.sofia, 18)
    visit.go("family:children")


@state("Myself")
def _(visit):
    _myself(visit)
    visit.go("family:children")


# --- A child -----------------------------------------------------------------------------------------


@state("a child")
def _(visit):
    for days, fields in {
        3: {},
        9: {"status": "cancelled", "cancel_reason": "x"},
        -40: {"status": "checked_out"},
        -90: {"status": "no_show"},
    }.items():
        visit.book(visit.rivera.mateo, days, **fields)
    steps.registered(visit.by, visit.rivera.link(visit.rivera.luis, visit.rivera.mateo), email="luis@mail.example")
    _ana(visit)
    visit.go("family:child", visit.rivera.mateo.pk)


@state("a child, no visits")
def _(visit):
    _ana(visit)
    visit.go("family:child", visit.rivera.mateo.pk)


@state("a child, limited access")
def _(visit):
    visit.book(visit.rivera.mateo, 3)
    _ana(visit)
    _born(visit.rivera.mateo, 14)
    visit.go("family:child", visit.rivera.mateo.pk)


@state("my own page")
def _(visit):
    visit.book(visit.rivera.carmen, 3)
    _myself(visit)
    visit.go("family:child", visit.rivera.carmen.pk)


@state("a child, not registered yet")
def _(visit):
    _ana(visit, visit.rivera.mateo)
    visit.go("family:child", visit.rivera.sofia.pk)


@state("a child, grown up")
def _(visit):
    _ana(visit)
    _born(visit.rivera.mateo, 18)
    visit.go("family:child", visit.rivera.mateo.pk)


# --- Who looked, and leaving ---------------------------------------------------------------------------


@state("who looked at it")
def _(visit):
    _ana(visit)
    visit.go("family:child", visit.rivera.mateo.pk)
    visit.go("family:child_history", visit.rivera.mateo.pk)


@state("who looked at it, limited access")
def _(visit):
    _ana(visit)
    _born(visit.rivera.mateo, 14)
    visit.go("family:child_history", visit.rivera.mateo.pk)


@state("who looked at it, older")
def _(visit):
    _ana(visit)
    visit.open(f"/my/children/{visit.rivera.mateo.pk}/history/?before=1")


@state("remove my access")
def _(visit):
    _ana(visit)
    visit.go("family:leave_child", visit.rivera.mateo.pk)


@state("remove my access to my own page")
def _(visit):
    _myself(visit)
    visit.go("family:leave_child", visit.rivera.carmen.pk)


@state("my access is removed")
def _(visit):
    _ana(visit)
    visit.go("family:leave_child", visit.rivera.mateo.pk)
    with visit.page.expect_navigation():
        visit.page.locator("main .btn-danger").click()
