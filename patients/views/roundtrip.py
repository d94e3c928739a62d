"""What the forms of the chart have in common: where they lead back to, and whether they are out of date."""

from django.http import HttpRequest
from django.utils.http import url_has_allowed_host_and_scheme


def way_back(request: HttpRequest) -> str:
    """The page that sent us here (``next``), such as the registration window; empty for none, or one elsewhere."""
    path = request.POST.get("next") or request.GET.get("next", "")
    # No host is allowed, not even ours: a path beginning with a single slash is all we ever write there.
    is_ours = path.startswith("/") and url_has_allowed_host_and_scheme(path, allowed_hosts=None)
    return path if is_ours else ""


def is_out_of_date(request: HttpRequest, now: str) -> bool:
    """Whether the form was made from other values (``seen``) than the records hold now.

    Without this, whoever has had the form open saves the old custody restriction over the new one.
    """
    return request.POST.get("seen", now) != now
