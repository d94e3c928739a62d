"""What the portal adds to signing in."""

from django.http import HttpRequest
from django.urls import reverse

from accounts.models import User
from accounts.signin import adapter
from patients.ages import today
from patients.models import FamilyContact
from portal.eligibility import others_read_along
from portal.models import Alert
from portal.pins import alerts
from portal.signup import proof
from practice.models import Practice


class AccountAdapter(adapter.AccountAdapter):
    """Proven PINs survive a sign-in, guessing raises an alert, and a teen's e-mail must not be a guardian's (R18)."""

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        """Continue the registration of a family with proven PINs, for example after they reset a password (R16)."""
        is_family = isinstance(request.user, User) and not request.user.is_staff_member
        if is_family and proof.proven(request):
            return reverse("signup:register_account")
        return super().get_login_redirect_url(request)

    def notice_failure(self) -> None:
        """Count this failed password or code toward an alert, also during a wait."""
        alerts.notice(Alert.Kind.SIGN_IN)

    def may_use_email(self, user: User, email: str) -> bool:
        """Also refuse the e-mail of somebody who could then read a teen's mail (R18)."""
        own = FamilyContact.objects.filter(contact__account__user=user, role=FamilyContact.Role.SELF)
        practice, day = Practice.current(), today()
        read = (others_read_along(each, email, practice=practice, today=day) for each in own.select_related("patient"))
        return super().may_use_email(user, email) and not any(read)
