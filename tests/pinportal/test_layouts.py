"""Layouts: sign-in, error pages, language, and the navigation for each role."""

import re

import pytest
from django.conf import settings
from django.template.loader import render_to_string

from tests import people


def test_sign_in_page(client, db):
    page = client.get("/accounts/login/").text
    for words in ["<h1>Sign in</h1>", "E-mail", "Password", "Have a PIN from the practice?", 'href="/register/"']:
        assert words in page


def test_wrong_password_is_told_in_one_place_and_the_e_mail_stays(client, front_desk):
    page = client.post("/accounts/login/", {"login": front_desk.email, "password": "wrong"}).text
    assert 'role="alert"' in page
    assert f'value="{front_desk.email}"' in page
    assert 'value="wrong"' not in page


@pytest.mark.parametrize(
    "path",
    [
        "login/", "signup/", "inactive/", "password/reset/", "password/reset/done/", "password/reset/key/1-abc/",
        "password/reset/key/done/", "confirm-email/",
    ],
)  # fmt: skip
def test_account_pages_of_strangers_are_ours(client, db, path):
    page = client.get(f"/accounts/{path}").text
    assert "lone-card" in page
    assert "style=" not in page


@pytest.mark.parametrize("path", ["logout/", "password/change/"])
def test_account_pages_of_the_signed_in_are_ours(as_front_desk, path):
    assert "lone-card" in as_front_desk.get(f"/accounts/{path}").text


def test_password_reset_goes_through(client, front_desk, mailoutbox):
    client.post("/accounts/password/reset/", {"email": front_desk.email})
    path = re.search(r"/accounts/password/reset/key/\S+", mailoutbox[0].body)[0]
    form = client.get(path, follow=True)
    assert "Choose a new password" in form.text
    password = "a completely different sentence"
    done = client.post(form.request["PATH_INFO"], {"password1": password, "password2": password}, follow=True)
    assert "Your new password is set" in done.text
    assert client.login(email=front_desk.email, password=password)


def test_not_found(client, as_front_desk):
    for each in (client, as_front_desk):
        page = each.get("/no/such/page/")
        assert page.status_code == 404
        assert "There is no such page" in page.text


@pytest.mark.parametrize("name", ["400.html", "500.html"])
def test_last_resort_needs_neither_database_nor_context(name):
    page = render_to_string(name)  # no database is allowed in this test
    assert "<h1>" in page


def test_navigation_shows_what_one_may_open(as_front_desk, as_administrator, as_unlinked, db):
    staff_link = 'href="/practice-portal/staff/"'
    assert staff_link in as_administrator.get("/patients/").text
    page = as_front_desk.get("/patients/").text
    assert staff_link not in page
    assert "Dana Ortiz" in page
    assert "Front desk" in page
    page = as_unlinked.get("/your-sign-in/").text
    assert "No staff record" in page
    assert re.findall(r'<li><a href="([^"]+)"', page) == 2 * ["/no-access/", "/your-sign-in/"]  # wide and narrow
    assert 'action="/accounts/logout/"' in page


def test_strict_policy_on_every_page(as_front_desk, rivera):
    for path in ["/patients/", f"/patients/{rivera.mateo.pk}/family-contacts/", "/accounts/password/change/"]:
        response = as_front_desk.get(path)
        assert "unsafe" not in response.headers["Content-Security-Policy"]
        assert not re.search(r"<script(?![^>]*\ssrc=)|<style|\sstyle=|\son[a-z]+=|hx-on|https?://", response.text)


def test_sign_out_is_a_post(as_front_desk):
    assert 'action="/accounts/logout/"' in as_front_desk.get("/patients/").text
    assert as_front_desk.post("/accounts/logout/").status_code == 302
    assert settings.SESSION_COOKIE_NAME not in {name for name, cookie in as_front_desk.cookies.items() if cookie.value}


def test_names_of_people_in_the_frame_are_text(db):
    user = people.staff("<b>Mallory</b>", "front_desk", email="m@sunnyside.example")
    assert "<b>Mallory" not in people.signed_in(user).get("/patients/").text
