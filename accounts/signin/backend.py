"""The authentication backend: e-mail and password, for users whose pages this process serves."""

from accounts.allauth_internals import AuthenticationBackend
from accounts.models import User
from accounts.surfaces import serves


class Backend(AuthenticationBackend):
    """Treat users of the other surface as unknown, in the words and in the time of the response.

    So a leaked staff password is useless on the families' surface, and a session made on one surface is invalid on
    the other.
    """

    def admits(self, user: User) -> bool:
        return serves(user)
