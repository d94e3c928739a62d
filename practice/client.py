"""Where a request comes from."""

from django.conf import settings
from django.http import HttpRequest


def client_address(request: HttpRequest) -> str:
    """The client's IP address.

    Behind N trusted proxies it is the Nth entry from the right of X-Forwarded-For: each of ours adds
    one, and whatever stands further left was sent by the client. With N = 0 the header is ignored,
    as anybody can send it. A header shorter than N was not made by our proxies: ignored as well.
    """
    remote: str = request.META.get("REMOTE_ADDR", "")
    hops: int = settings.TRUSTED_PROXIES
    forwarded = [part.strip() for part in request.headers.get("X-Forwarded-For", "").split(",") if part.strip()]
    address = forwarded[-hops] if 0 < hops <= len(forwarded) else remote
    return address[:45]  # the longest text form of an IPv6 address
