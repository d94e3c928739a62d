"""The two surfaces: staff pages and family pages, served by one process or by separate ones.

``settings.SURFACE`` says which of them this process serves. The pages of the other surface have no address here
(``pinportal.staff_urls``, ``pinportal.public_urls``), and its users cannot sign in here.
"""

from django.conf import settings

from accounts.models import User

# Not by reverse(): sheets and mails contain this address even if this process does not serve the page.
REGISTER_PATH = "register/"


def serves(user: User) -> bool:
    """Whether this process serves the pages of this kind of user."""
    surface: str = settings.SURFACE
    return surface == "both" or user.is_staff_member == (surface == "staff")


def address(path: str, *, of_staff: bool) -> str:
    """The full address of a staff or family page, with the configured host, never the request's."""
    base: str = settings.STAFF_URL if of_staff else settings.PORTAL_URL
    return base.rstrip("/") + path


def registration_address() -> str:
    """The full address of the families' registration page."""
    return address(f"/{REGISTER_PATH}", of_staff=False)
