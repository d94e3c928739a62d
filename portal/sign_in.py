"""Signing in as it concerns the portal."""

from portal import alerts
from portal.models import Alert
from practice import sign_in


class AccountAdapter(sign_in.AccountAdapter):
    """The practice's, and who guesses passwords or codes is noticed, also while being made to wait."""

    def notice_failure(self) -> None:
        alerts.notice(Alert.Kind.SIGN_IN)
