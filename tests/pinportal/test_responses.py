"""The headers of every response, from every middleware and view."""

import pytest
from django.conf import settings as project
from django.test import Client
from django.urls import reverse

from pinportal import headers
from portal.pins import throttle
from tests import people
from tests.portal import steps

SAME = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
POLICY = {
    "default-src 'none'", "script-src 'self'", "style-src 'self'", "font-src 'self'", "connect-src 'self'",
    "img-src 'self' data:", "form-action 'self'", "base-uri 'none'", "frame-ancestors 'none'", "object-src 'none'",
    "manifest-src 'self'",
}  # fmt: skip


@pytest.fixture
def answers(settings, front_desk, rivera):
    """A response of every kind, by name, over TLS as in production."""
    settings.ROOT_URLCONF = "tests.pinportal.broken"
    settings.SECURE_HSTS_SECONDS = headers.HSTS_SECONDS
    settings.SECURE_HSTS_INCLUDE_SUBDOMAINS = settings.SECURE_HSTS_PRELOAD = True
    settings.MIDDLEWARE = [*project.MIDDLEWARE, "tests.pinportal.broken.layer_that_breaks"]
    found = {kind: ask() for kind, ask in questions(front_desk, rivera).items()}
    yield found
    for each in found.values():
        each.close()


def questions(front_desk, rivera):
    link = rivera.link(rivera.ana, rivera.mateo)
    desk, stranger = people.signed_in(front_desk), Client(raise_request_exception=False)
    strict = Client(enforce_csrf_checks=True)
    issue, sheet = reverse("desk:issue", args=[link.pk]), reverse("desk:print", args=[link.pk])
    desk.post(issue, {"child": link.pk}, secure=True)

    def guess(number):
        return stranger.post(reverse("signup:register"), steps.typed(number, rivera.mateo.birth_date), secure=True)

    def get(path, by=stranger, **options):
        return lambda: by.get(path, secure=True, **options)

    return {
        "page": get(reverse("patients:search"), desk),
        "public page": get(reverse("signup:register")),
        "PDF": lambda: desk.post(sheet, {"child": link.pk}, secure=True),
        "static file": get("/static/css/tokens.css"),
        "missing static file": get("/static/none.css"),
        "redirect to the sign-in": get(reverse("patients:search")),
        "redirect for a slash": get("/patients"),
        "favicon": get("/favicon.ico"),
        "process lives": get("/healthz"),
        "ready": get("/readyz"),
        "not modified or partly": get("/static/css/tokens.css", headers={"range": "bytes=0-9"}),
        "400 by host": get("/", headers={"host": "evil.example"}),
        "400 by fields": lambda: stranger.post(
            reverse("signup:register"), {f"field{each}": "1" for each in range(2000)}, secure=True
        ),
        "403 by rule": get(reverse("family:children"), desk),
        "403 by exception": get("/broken/denied/"),
        "403 by token": lambda: strict.post(reverse("signup:register"), secure=True),
        "404": get("/no/such/page/"),
        "405": get(issue, desk),
        "413": lambda: stranger.post(reverse("signup:register"), {"pin": "1" * 2**20}, secure=True),
        "429": lambda: [guess(number) for number in steps.guesses(throttle.LIMIT_PER_CLIENT + 1)][-1],
        "500": get("/broken/value/"),
        "500 of a layer": get("/", headers={"x-break": "now"}),
        "503": get("/broken/database/"),
    }


def test_every_answer_has_the_headers(answers):
    for kind, response in answers.items():
        assert {name: response.headers.get(name) for name in SAME} == SAME, kind
        policy = response.headers["Content-Security-Policy"]
        assert set(policy.split("; ")) == POLICY, kind
        assert response.headers["Strict-Transport-Security"] == "max-age=63072000; includeSubDomains; preload", kind
        assert len(response.headers["X-Request-ID"]) == 8, kind


def test_every_answer_is_of_its_kind(answers):
    for kind, response in answers.items():
        if kind[:3].isdigit():
            assert (kind, response.status_code) == (kind, int(kind[:3]))
    assert answers["PDF"].headers["Content-Type"] == "application/pdf"
    assert answers["redirect to the sign-in"].status_code == answers["favicon"].status_code == 302
    assert answers["ready"].status_code == answers["static file"].status_code == 200
    assert answers["missing static file"].status_code == 404


def test_nothing_but_static_files_may_be_kept(answers):
    kept = {kind for kind, response in answers.items() if "no-store" not in response.headers["Cache-Control"]}
    assert kept == {"static file", "not modified or partly"}


def test_hsts_is_for_tls_only(client, db, settings):
    settings.SECURE_HSTS_SECONDS = 60
    assert "Strict-Transport-Security" not in client.get("/healthz").headers


def test_a_reference_that_the_client_sends_is_not_taken(client, db):
    assert client.get("/healthz", headers={"x-request-id": "MINE"}).headers["X-Request-ID"] != "MINE"


def test_references_differ(client, db):
    assert len({client.get("/healthz").headers["X-Request-ID"] for _ in range(50)}) == 50


def test_the_browser_s_own_search_for_an_icon_is_led_to_ours(client, db):
    assert client.get("/favicon.ico").headers["Location"] == "/static/favicon.svg"
    assert steps.refused_methods(client, reverse("favicon")) == {"post", "put", "patch", "delete"}
