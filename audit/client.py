"""The client's IP address."""

from ipaddress import IPv6Address, ip_address, ip_network

from django.conf import settings
from django.http import HttpRequest

HOUSEHOLD = 64  # bits of an IPv6 address that one subscriber line shares at least (RFC 6177, RFC 4862)


def client_address(request: HttpRequest) -> str:
    """The client's IP address.

    Behind N trusted proxies it is the Nth entry from the right of X-Forwarded-For: each proxy adds one entry, and
    entries further left come from the client. With N = 0 the header is ignored, because any client can send it.
    A header with fewer than N entries did not pass our proxies and is ignored too.
    """
    remote: str = request.META.get("REMOTE_ADDR", "")
    hops: int = settings.TRUSTED_PROXIES
    forwarded = [part.strip() for part in request.headers.get("X-Forwarded-For", "").split(",") if part.strip()]
    address = _without_port(forwarded[-hops]) if 0 < hops <= len(forwarded) else remote
    return address[:45]  # the longest text form of an IPv6 address


def network_of(address: str) -> str:
    """The network that a limit counts as one client: an IPv4 address, or the /64 of an IPv6 address.

    A household gets at least a /64, so one person can use 2^64 addresses. Invalid addresses count as one network,
    so that inventing them does not evade a limit.
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
    """Remove the client's port, which some proxies add. It differs for every connection."""
    if entry.startswith("["):
        return entry[1:].partition("]")[0]
    return entry.partition(":")[0] if entry.count(":") == 1 else entry
