"""The tokens in links to choose a password. allauth imports this module, so it imports nothing of allauth."""

from django.contrib.auth.tokens import PasswordResetTokenGenerator

from accounts.models import User


class LinkTokenGenerator(PasswordResetTokenGenerator):
    """Tokens that expire after an hour, and at the next sign-in, password change, e-mail change or newer link."""

    def _make_hash_value(self, user: User, timestamp: int) -> str:
        return f"{super()._make_hash_value(user, timestamp)}{user.link_number}"
