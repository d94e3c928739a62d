"""Signing in as it concerns the portal."""

from django.http import HttpRequest
from django.urls import reverse

from accounts.models import User
from accounts.signin import sign_in
from patients.ages import today
from patients.models import FamilyContact
from portal.eligibility import others_read_along
from portal.models import Alert
from portal.pins import alerts
from portal.signup import proof
from practice.models import Practice


class AccountAdapter(sign_in.AccountAdapter):
    """The practice's, and who guesses passwords or codes is noticed, also while being made to wait."""

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        """Whoever had proven PINs before, as before choosing a new password, goes on where they were (R16)."""
        is_family = isinstance(request.user, User) and not request.user.is_staff_member
        if is_family and proof.proven(request):
            return reverse("signup:register_account")
        return super().get_login_redirect_url(request)

    def notice_failure(self) -> None:
        alerts.notice(Alert.Kind.SIGN_IN)

    def may_use_email(self, user: User, email: str) -> bool:
        """Nor may others read along with a teen (R18)."""
        own = FamilyContact.objects.filter(contact__account__user=user, role=FamilyContact.Role.SELF)
        practice, day = Practice.current(), today()
        read = (others_read_along(each, email, practice=practice, today=day) for each in own.select_related("patient"))
        return super().may_use_email(user, email) and not any(read)
