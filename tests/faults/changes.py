"""Register, Print, and the last click of a registration: how a test makes them and sees whether they were saved."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass

PASSWORD = "correct horse battery staple"


@dataclass(frozen=True)
class Change:
    """A change that a user makes, and how to see in the database whether it was saved."""

    name: str
    count: str  # SQL: the number of children it was done for
    stalls_at: str  # the table it writes to halfway through

    def __str__(self):
        return self.name

    def prepare(self, site, known):
        """A function that makes the change."""
        if self.name == "redeem":
            return _redeem(site, known)
        desk = site.browser(known["session"])
        if self.name == "print_run":
            return lambda: desk.post(f"/registration/runs/{known['run']}/print/", {})
        children = known["ana" if self.name == "register" else "maeve"]
        verb = {"register": "issue", "print": "print"}[self.name]
        return lambda: desk.post(f"/registration/{children[0]}/{verb}/", {"child": children})

    def done(self, database):
        return database.rows(f"SELECT count(*) {self.count}")[0][0]


def _redeem(site, known):
    """A parent who has proven both children and is at the last step."""
    parent = site.browser()
    for pin, (month, day, year) in zip(known["pins"], known["born"], strict=True):
        typed = {"pin": [pin], "birth_date_month": [month], "birth_date_day": [day], "birth_date_year": [year]}
        assert parent.post("/register/", typed).status == 200
    assert parent.post("/register/you/", {"is_guardian": ["yes"]}).status == 200
    assert parent.post("/register/email/", {"email": ["luis@mail.example"]}).status == 200
    return lambda: parent.post("/register/account/", {"email": ["luis@mail.example"], "password": [PASSWORD]})


REGISTER = Change(
    "register",
    "FROM portal_pin p JOIN portal_registration r ON r.id = p.registration_id"
    " JOIN patients_familycontact f ON f.id = r.family_contact_id"
    " JOIN patients_contact c ON c.id = f.contact_id WHERE c.given_name = 'Ana'",
    "audit_auditevent",
)
PRINT = Change("print", "FROM portal_pin WHERE printed_at IS NOT NULL", "portal_pinsheet")
REDEEM = Change("redeem", "FROM portal_registration WHERE status = 'registered'", "audit_auditevent")
PRINT_RUN = Change("print_run", "FROM portal_pin WHERE printed_at IS NOT NULL", "portal_pinsheet")
CHANGES = [REGISTER, PRINT, REDEEM]


@contextmanager
def under_way(do, database):
    """Start the change while it is blocked. ``result()`` returns the response once it continues or is cut off."""
    with ThreadPoolExecutor(1) as pool:
        answer = pool.submit(do)
        database.wait_until_stalled()
        yield answer


# Each is a kind of half-done change, with SQL that finds such rows.
HALVES = {
    "an active PIN whose registration is not pending": "portal_pin p JOIN portal_registration r"
    " ON r.id = p.registration_id WHERE p.state = 'active' AND r.status <> 'pending'",
    "a pending registration without a PIN": "portal_registration r WHERE r.status = 'pending'"
    " AND NOT EXISTS (SELECT 1 FROM portal_pin p WHERE p.registration_id = r.id)",
    "a registered child without a spent PIN": "portal_registration r WHERE r.status = 'registered'"
    " AND NOT EXISTS (SELECT 1 FROM portal_pin p WHERE p.registration_id = r.id AND p.state = 'redeemed')",
    "a registered child without the guardian's account": "portal_registration r"
    " JOIN patients_familycontact f ON f.id = r.family_contact_id WHERE r.status = 'registered'"
    " AND NOT EXISTS (SELECT 1 FROM portal_account a WHERE a.contact_id = f.contact_id)",
    "a spent PIN without a registered child": "portal_pin p JOIN portal_registration r ON r.id = p.registration_id"
    " WHERE p.state = 'redeemed' AND r.status <> 'registered'",
    "an account without a registered child": "portal_account a WHERE NOT EXISTS (SELECT 1 FROM portal_registration r"
    " JOIN patients_familycontact f ON f.id = r.family_contact_id"
    " WHERE f.contact_id = a.contact_id AND r.status = 'registered')",
    "a family's sign-in without an account": "accounts_user u WHERE u.kind = 'family'"
    " AND NOT EXISTS (SELECT 1 FROM portal_account a WHERE a.user_id = u.id)",
    "a printed PIN without a sheet": "portal_pin p WHERE p.printed_at IS NOT NULL"
    " AND NOT EXISTS (SELECT 1 FROM portal_pinsheet_pins s WHERE s.pin_id = p.id)",
    "a sheet without a printed PIN": "portal_pinsheet s WHERE NOT EXISTS (SELECT 1 FROM portal_pinsheet_pins t"
    " JOIN portal_pin p ON p.id = t.pin_id WHERE t.pinsheet_id = s.id AND p.printed_at IS NOT NULL)",
}
# As many audit lines as changes.
RECORDED = {
    "pin.issued": "portal_pin",
    "pin.redeemed": "portal_pin WHERE state = 'redeemed'",
    "pin.printed": "portal_pinsheet_pins",
}


def assert_nothing_is_half_done(database):
    for what, where in HALVES.items():
        assert database.rows(f"SELECT count(*) FROM {where}") == [(0,)], what  # noqa: S608
    for action, where in RECORDED.items():
        lines = database.rows(f"SELECT count(*) FROM audit_auditevent WHERE action = '{action}'")  # noqa: S608
        assert lines == database.rows(f"SELECT count(*) FROM {where}"), action  # noqa: S608
