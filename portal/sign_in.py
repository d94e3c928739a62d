"""Signing in as it concerns the portal."""

from patients.ages import today
from patients.models import FamilyContact
from portal import alerts
from portal.eligibility import others_read_along
from portal.models import Alert
from practice import sign_in
from practice.models import Practice, User


class AccountAdapter(sign_in.AccountAdapter):
    """The practice's, and who guesses passwords or codes is noticed, also while being made to wait."""

    def notice_failure(self) -> None:
        alerts.notice(Alert.Kind.SIGN_IN)

    def may_use_email(self, user: User, email: str) -> bool:
        """Nor may others read along with a teen (R18)."""
        own = FamilyContact.objects.filter(contact__account__user=user, role=FamilyContact.Role.SELF)
        practice, day = Practice.current(), today()
        read = (others_read_along(each, email, practice=practice, today=day) for each in own.select_related("patient"))
        return super().may_use_email(user, email) and not any(read)
