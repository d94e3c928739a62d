"""Signing in as it concerns the portal."""

from typing import Any

from django.http import HttpRequest

from portal import alerts
from portal.models import Alert
from practice import sign_in


class AccountAdapter(sign_in.AccountAdapter):
    """The practice's, and who guesses passwords is noticed."""

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        super().authentication_failed(request, **credentials)
        alerts.notice(Alert.Kind.SIGN_IN)
