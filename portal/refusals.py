"""What the rules of ``portal.registration`` refuse. The words for people are in the views."""

from patients.models import Contact
from portal.models import Pin
from portal.pins.sealing import UnreadablePin

# NotRedeemable.why when the chart no longer allows it. It is not a state, because the PIN may still be active.
BLOCKED = "blocked"


class RegistrationRefused(Exception):
    """A rule refused, and nothing has changed. ``code`` names the refusal in the audit trail, if it is recorded."""

    code = ""


class NothingToPrint(RegistrationRefused):
    """None of the chosen children has a live PIN."""


class UnreadableSheet(UnreadablePin):
    """The key of one of this contact's PINs is gone, so the sheet cannot be drawn."""

    def __init__(self, contact: Contact) -> None:
        super().__init__()
        self.contact = contact


class RunIsUnderWay(RegistrationRefused):
    """Somebody else is printing these families' sheets right now."""


class NotProven(RegistrationRefused):
    """This PIN and birth date prove nothing. The reason is left out on purpose (R11)."""


class NotRedeemable(RegistrationRefused):
    """A proven PIN ended before the last click. ``why`` is the state it ended in, or BLOCKED."""

    def __init__(self, pin: Pin, why: str) -> None:
        super().__init__(why)
        self.pin = pin
        self.why = why
        self.code = f"not_redeemable: {why}"


class OthersAccount(RegistrationRefused):
    """The signed-in account belongs to a different contact than the PIN (R14)."""

    code = "others_account"


class AlreadyHasAccount(RegistrationRefused):
    """The guardian already has an account and must sign in to add children."""

    code = "has_account"


class EmailNotUsable(RegistrationRefused):
    """No account can be created with this e-mail address (R16, R18)."""

    code = "email_not_usable"


class TermsChanged(RegistrationRefused):
    """The practice has published newer terms than the family has accepted."""

    code = "terms_changed"
