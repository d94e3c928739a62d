"""The client's address, which a client cannot forge (R12)."""

import pytest
from django.test import RequestFactory

from audit.client import client_address, network_of

PROXY = "10.0.0.1"


@pytest.mark.parametrize(
    ("trusted_proxies", "forwarded", "address"),
    [
        # No proxy: any client can send the header.
        (0, None, PROXY),
        (0, "203.0.113.7", PROXY),
        (0, "203.0.113.7, 203.0.113.8", PROXY),
        # One proxy: it added the last entry; earlier entries come from the client.
        (1, "203.0.113.7", "203.0.113.7"),
        (1, "198.51.100.99, 203.0.113.7", "203.0.113.7"),
        (1, "198.51.100.1,198.51.100.2,203.0.113.7", "203.0.113.7"),
        (1, "2001:db8::1", "2001:db8::1"),
        # Some proxies add the port, which must not make each connection another client.
        (1, "203.0.113.7:50123", "203.0.113.7"),
        (1, "[2001:db8::1]:50123", "2001:db8::1"),
        (1, "[2001:db8::1]", "2001:db8::1"),
        # Two proxies: the outer one added the second-last entry.
        (2, "203.0.113.7, 10.0.0.2", "203.0.113.7"),
        (2, "198.51.100.99, 203.0.113.7, 10.0.0.2", "203.0.113.7"),
        # Fewer entries than our proxies add: the request bypassed them.
        (1, None, PROXY),
        (1, "", PROXY),
        (1, " , ,", PROXY),
        (2, "203.0.113.7", PROXY),
    ],
)
def test_nth_from_the_right_for_n_proxies(settings, trusted_proxies, forwarded, address):
    settings.TRUSTED_PROXIES = trusted_proxies
    headers = {} if forwarded is None else {"X-Forwarded-For": forwarded}
    request = RequestFactory().get("/", headers=headers, REMOTE_ADDR=PROXY)
    assert client_address(request) == address


def test_a_forged_header_fits_the_column(settings):
    settings.TRUSTED_PROXIES = 1
    request = RequestFactory().get("/", headers={"X-Forwarded-For": "9" * 5000}, REMOTE_ADDR=PROXY)
    assert len(client_address(request)) == 45


@pytest.mark.parametrize("header", ["Forwarded", "X-Real-IP", "Client-IP", "True-Client-IP", "CF-Connecting-IP"])
def test_other_headers_are_not_believed(settings, header):
    settings.TRUSTED_PROXIES = 1
    request = RequestFactory().get("/", headers={header: "198.51.100.99"}, REMOTE_ADDR=PROXY)
    assert client_address(request) == PROXY


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("203.0.113.7", "203.0.113.7"),
        ("203.0.113.8", "203.0.113.8"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2:ffff:ffff:ffff:ffff", "2001:db8:1:2::/64"),
        ("2001:DB8:1:2::", "2001:db8:1:2::/64"),
        ("2001:db8:1:3::1", "2001:db8:1:3::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("::ffff:203.0.113.7", "203.0.113.7"),  # an IPv4 client at a socket that speaks both
        ("::1", "::/64"),
        ("", "unknown"),
        ("unknown", "unknown"),
        ("999.1.1.1", "unknown"),
        ("203.0.113.07", "unknown"),
        ("9" * 45, "unknown"),
    ],
)
def test_neighbours_count_as_one_client(address, network):
    assert network_of(address) == network
    assert len(network_of(address)) <= 45
