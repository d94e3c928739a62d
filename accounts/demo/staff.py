"""The staff of the demo. They sign in with a public password."""

from dataclasses import dataclass

from accounts.models import StaffRecord, User
from audit.trail import Action, Actor, record

PASSWORD = "demo-pin-portal-2026"  # noqa: S105  # public: load_demo prints it
Role = StaffRecord.Role


@dataclass(frozen=True)
class SignIn:
    """A staff sign-in. Without a name, it has no staff record, and so no access."""

    email: str
    name: str = ""
    role: StaffRecord.Role = Role.FRONT_DESK


FRONT_DESK = SignIn("frontdesk@demo.example", "Tasha Bennett", Role.FRONT_DESK)
DOCTOR = SignIn("doctor@demo.example", "Dr. Maya Feldman", Role.CLINICIAN)
VIEWER = SignIn("viewer@demo.example", "Sam Whitaker", Role.VIEWER)
ADMINISTRATOR = SignIn("admin@demo.example", "Robin Castellano", Role.ADMINISTRATOR)
AUDITOR = SignIn("auditor@demo.example", "Noor Haddad", Role.AUDITOR)
UNLINKED = SignIn("unlinked@demo.example")
SIGN_INS = (FRONT_DESK, DOCTOR, VIEWER, ADMINISTRATOR, AUDITOR, UNLINKED)

# A staff record without a sign-in, so that an administrator can try linking them.
WAITING = "Jordan Lee"


def load(*, actor: Actor) -> None:
    """Make the sign-ins and staff records, unless they exist."""
    if User.objects.filter(email=FRONT_DESK.email).exists():
        return
    for sign_in in SIGN_INS:
        user = User.objects.create_user(sign_in.email, PASSWORD, kind=User.Kind.STAFF)
        if sign_in.name:
            StaffRecord.objects.create(name=sign_in.name, role=sign_in.role, user=user)
        record(actor=actor, action=Action.USER_ADDED, account=user.pk, role=sign_in.role if sign_in.name else "")
    StaffRecord.objects.create(name=WAITING, role=Role.FRONT_DESK)
