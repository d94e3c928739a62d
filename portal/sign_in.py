"""Signing in as it concerns the portal."""

from django.http import HttpRequest
from django.urls import reverse

from portal import alerts, proof
from portal.models import Alert
from practice import sign_in
from practice.models import User


class AccountAdapter(sign_in.AccountAdapter):
    """The practice's, and who guesses passwords or codes is noticed, also while being made to wait."""

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        """Whoever had proven PINs before, as before choosing a new password, goes on where they were (R16)."""
        is_family = isinstance(request.user, User) and not request.user.is_staff_member
        if is_family and proof.proven(request):
            return reverse("portal:register_account")
        return super().get_login_redirect_url(request)

    def notice_failure(self) -> None:
        alerts.notice(Alert.Kind.SIGN_IN)
