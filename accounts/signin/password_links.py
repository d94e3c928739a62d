"""What a link to choose a password proves, and when it stops doing so."""

from django.contrib.auth.tokens import PasswordResetTokenGenerator

from accounts.models import User


class LinkTokenGenerator(PasswordResetTokenGenerator):
    """Void an hour later, and with the next sign-in, another password or e-mail, or a newer link of the practice."""

    def _make_hash_value(self, user: User, timestamp: int) -> str:
        return f"{super()._make_hash_value(user, timestamp)}{user.link_number}"
