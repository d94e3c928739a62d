"""What a family's phone has to load, and that nothing moves while it loads.

Against a real server with static files as in production. Seconds are measured by ``make report``, not here.
"""

import os
import re
import subprocess
import sys

import pytest
from django.urls import reverse

from practice.models import Practice
from tests import network, servers

pytestmark = pytest.mark.usefixtures("transactional_db")

MOST_BYTES = 40_000  # of the registration page on the first visit; 100,000 would be allowed
MOST_OF_ONE = 10_000  # of any other file than the page itself
PUBLIC = ["signup:register", "account_login", "account_reset_password", "account_signup"]


@pytest.fixture(scope="module")
def static_root(tmp_path_factory):
    """The static files, collected as ``make serve`` does."""
    root = str(tmp_path_factory.mktemp("static"))
    environment = os.environ | {"DJANGO_SETTINGS_MODULE": "tests.served", "STATIC_ROOT": root}
    command = [sys.executable, "manage.py", "collectstatic", "--no-input", "--verbosity", "0", "--skip-checks"]
    subprocess.run(command, cwd=servers.ROOT, env=environment, check=True)  # noqa: S603
    return root


@pytest.fixture
def address(static_root, tmp_path):
    Practice.objects.create(pk=1, name="Sunnyside Pediatrics", phone="(614) 555-0100")
    # Two workers: browsers open a connection in advance, and a single worker would wait for a request on it.
    settings = {"DJANGO_SETTINGS_MODULE": "tests.served", "STATIC_ROOT": static_root, "WEB_CONCURRENCY": "2"}
    with servers.server(tmp_path / "server.log", **settings) as server:
        yield f"http://127.0.0.1:{server.port}"


@pytest.fixture
def new_phone(new_context):
    """Make a page of a phone that has never been here."""

    def make():
        page = new_context(is_mobile=True, has_touch=True).new_page()
        page.set_viewport_size({"width": 360, "height": 740})
        return page

    return make


@pytest.fixture
def phone(new_phone):
    return new_phone()


def test_the_first_visit_asks_for_few_and_small_files(phone, address):
    traffic = network.listen(phone)
    phone.goto(address + reverse("signup:register"))
    assert network.vitals(phone)["shift"] == 0
    kinds = sorted(each.kind for each in traffic.asked if not each.url.endswith(".svg"))  # brand and browser's tab
    assert kinds == ["Document", "Script", "Script", "Stylesheet"]
    assert traffic.size < MOST_BYTES
    assert [each.url for each in traffic.asked if each.size > MOST_OF_ONE and each.kind != "Document"] == []


def test_the_next_visit_asks_for_the_page_alone(phone, address):
    traffic = network.listen(phone)
    phone.goto(address + reverse("signup:register"))
    network.vitals(phone)
    traffic.answers.clear()
    phone.goto(address + reverse("signup:register"))
    network.vitals(phone)
    assert [each.kind for each in traffic.asked] == ["Document"]


def test_files_are_compressed_and_kept_for_good_and_the_page_is_neither(address, new_phone):
    for page in PUBLIC:
        phone = new_phone()
        traffic = network.listen(phone)
        phone.goto(address + reverse(page))
        network.vitals(phone)
        for each in traffic.asked:
            if each.kind == "Document":
                # The page returns what was typed, next to a token. Its length must reveal neither (BREACH).
                assert "content-encoding" not in each.headers, page
                assert "no-store" in each.headers["cache-control"], page
            else:
                assert each.headers["content-encoding"] in {"br", "gzip"}, each.url
                assert "immutable" in each.headers["cache-control"], each.url
                assert re.search(r"\.[0-9a-f]{12}\.", each.url), each.url
        assert not [each.url for each in traffic.asked if re.search("bootstrap|htmx|theme.js", each.url)], page


def test_nothing_moves_on_a_slow_wire(address, new_phone):
    for page in PUBLIC:
        phone = new_phone()
        network.listen(phone, speed=network.FAST_3G)
        phone.goto(address + reverse(page))
        measured = network.vitals(phone)
        assert (measured["shift"], measured["shifts"]) == (0, []), page
        assert 0 < measured["largest"] <= measured["usable"] + 1000, page


def test_no_script_holds_up_the_drawing(client, db):
    for page in PUBLIC:
        html = client.get(reverse(page)).text
        head = html[: html.index("</head>")]
        assert not re.search(r"<script(?![^>]* defer)", head), page
        assert len(re.findall('rel="stylesheet"', html)) == 1, page
