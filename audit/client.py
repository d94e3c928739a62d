"""Where a request comes from."""

from ipaddress import IPv6Address, ip_address, ip_network

from django.conf import settings
from django.http import HttpRequest

HOUSEHOLD = 64  # bits of an IPv6 address that one subscriber line shares at least (RFC 6177, RFC 4862)


def client_address(request: HttpRequest) -> str:
    """The client's IP address.

    Behind N trusted proxies it is the Nth entry from the right of X-Forwarded-For: each of ours adds
    one, and whatever stands further left was sent by the client. With N = 0 the header is ignored,
    as anybody can send it. A header shorter than N was not made by our proxies: ignored as well.
    """
    remote: str = request.META.get("REMOTE_ADDR", "")
    hops: int = settings.TRUSTED_PROXIES
    forwarded = [part.strip() for part in request.headers.get("X-Forwarded-For", "").split(",") if part.strip()]
    address = _without_port(forwarded[-hops]) if 0 < hops <= len(forwarded) else remote
    return address[:45]  # the longest text form of an IPv6 address


def network_of(address: str) -> str:
    """Whom a limit counts together: an IPv4 address whole, an IPv6 address with its neighbours of the same /64.

    A household is given at least a /64, so whoever holds one has 2^64 addresses to come from. Whatever
    is no address counts as one and the same, so that nobody gets away by inventing some.
    """
    try:
        parsed = ip_address(address)
    except ValueError:
        return "unknown"
    if not isinstance(parsed, IPv6Address):
        return str(parsed)
    if parsed.ipv4_mapped:
        return str(parsed.ipv4_mapped)
    return str(ip_network((int(parsed), HOUSEHOLD), strict=False))


def _without_port(entry: str) -> str:
    """Some proxies write the client's port along, which is another one for every connection."""
    if entry.startswith("["):
        return entry[1:].partition("]")[0]
    return entry.partition(":")[0] if entry.count(":") == 1 else entry
