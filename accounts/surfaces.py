"""The two surfaces: the staff's pages and the families' pages, together or each from a process of its own.

``settings.SURFACE`` says which of them this process serves. What it does not serve has no address here
(``pinportal.staff_urls``, ``pinportal.public_urls``), and whose pages it does not serve is unknown here.
"""

from django.conf import settings

from accounts.models import User

# Here and not by reverse(): sheets and mails name it where the page itself is not served.
REGISTER_PATH = "register/"


def serves(user: User) -> bool:
    """Whether this process has the pages of people of this kind."""
    surface: str = settings.SURFACE
    return surface == "both" or user.is_staff_member == (surface == "staff")


def address(path: str, *, of_staff: bool) -> str:
    """The full address of a page for staff or for families: the configured one, never the request's host."""
    base: str = settings.STAFF_URL if of_staff else settings.PORTAL_URL
    return base.rstrip("/") + path


def registration_address() -> str:
    """The full address of the families' registration page, wherever it is served."""
    return address(f"/{REGISTER_PATH}", of_staff=False)
