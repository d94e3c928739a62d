"""Shared by the forms of a chart: the page to return to, whether a form is out of date, what its user confirmed."""

from django.http import HttpRequest
from django.utils.http import url_has_allowed_host_and_scheme


def return_path(request: HttpRequest) -> str:
    """The page to return to (``next``), such as the registration window; empty without one on this site."""
    path = request.POST.get("next") or request.GET.get("next", "")
    # Only paths with a single leading slash are allowed, no hosts: this site writes nothing else there.
    is_local = path.startswith("/") and url_has_allowed_host_and_scheme(path, allowed_hosts=None)
    return path if is_local else ""


def is_out_of_date(request: HttpRequest, now: str) -> bool:
    """Whether the records changed since the form was opened (``seen``).

    Without this check, an old form would overwrite a new custody restriction.
    """
    return request.POST.get("seen", now) != now


def confirmed_end(request: HttpRequest) -> str:
    """What the user has confirmed to end, in the words of the question; empty before the question."""
    return request.POST.get("ends", "")
