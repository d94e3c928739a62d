"""Where a request comes from, and that nobody outside gets to say (R12)."""

import pytest
from django.test import RequestFactory

from practice.client import client_address

PROXY = "10.0.0.1"


@pytest.mark.parametrize(
    ("trusted_proxies", "forwarded", "address"),
    [
        # No proxy of ours: the header is anybody's.
        (0, None, PROXY),
        (0, "203.0.113.7", PROXY),
        (0, "203.0.113.7, 203.0.113.8", PROXY),
        # One: it added the last entry; what stands before was sent along.
        (1, "203.0.113.7", "203.0.113.7"),
        (1, "198.51.100.99, 203.0.113.7", "203.0.113.7"),
        (1, "198.51.100.1,198.51.100.2,203.0.113.7", "203.0.113.7"),
        (1, "2001:db8::1", "2001:db8::1"),
        # Two: the outer one added the last but one.
        (2, "203.0.113.7, 10.0.0.2", "203.0.113.7"),
        (2, "198.51.100.99, 203.0.113.7, 10.0.0.2", "203.0.113.7"),
        # Shorter than our proxies would have made it: somebody came round them.
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
