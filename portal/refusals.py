"""What the rules of ``portal.registration`` refuse. The words for people are in the views."""

from patients.models import Contact
from portal.models import Pin
from portal.pins.numbers import UnreadablePin


class Refused(Exception):
    """A rule said no, and nothing has changed. ``code``: what the trail calls it, where it is recorded."""

    code = ""


class NothingToPrint(Refused):
    """None of the chosen children has a live PIN."""


class UnreadableSheet(UnreadablePin):
    """The key of one of this contact's PINs is gone, so that the sheet cannot be drawn."""

    def __init__(self, contact: Contact) -> None:
        super().__init__()
        self.contact = contact


class RunIsUnderWay(Refused):
    """Somebody else is printing these families' sheets at this moment."""


class NotProven(Refused):
    """This PIN and birth date do not let anyone in; deliberately without saying why (R11)."""


class NotRedeemable(Refused):
    """A proven PIN ended before the last click; ``why`` is the state it ended in, or ``judging.BLOCKED``."""

    def __init__(self, pin: Pin, why: str) -> None:
        super().__init__(why)
        self.pin = pin
        self.why = why
        self.code = f"not_redeemable: {why}"


class OthersAccount(Refused):
    """The account signed in belongs to another contact than the PIN (R14)."""

    code = "others_account"


class AlreadyHasAccount(Refused):
    """The guardian has an account already and must sign in to add children."""

    code = "has_account"


class EmailNotUsable(Refused):
    """No account can be made with this e-mail address (R16, R18)."""

    code = "email_not_usable"


class TermsChanged(Refused):
    """The practice has published newer terms than the family has accepted."""

    code = "terms_changed"
