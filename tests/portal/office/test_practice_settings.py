"""**Settings** of the Practice Portal: the page, its parts, and the logo that everyone gets."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from audit.models import AuditEvent
from patients.ages import today
from portal import eligibility
from practice.logo import MAX_BYTES
from practice.models import Practice
from tests.portal import steps
from tests.practice.test_logo import picture

URL, LOGO, SHOWN = reverse("office:settings"), reverse("office:change_logo"), reverse("logo")
PARTS = {
    "practice": {"name": "Hilltop Kids", "address": "1 Main St\r\n\r\nFairbrook, OH 43000 ", "phone": "(614) 555-0100"},
    "sheet": {"paper": "A4", "pin_lifetime_days": "7"},
    "ages": {"own_account_from": "13", "teen_from": "13", "teen_to": "17", "adult_age": "19"},
}


def url_of(part):
    return reverse("office:change_settings", args=[part])


def seen_on(page, part):
    return page.context["parts"][part]["seen"]


def send(client, part, *, seen=None, **changes):
    mark = seen_on(client.get(URL), part) if seen is None else seen
    return client.post(url_of(part), {**PARTS[part], **changes, "seen": mark}, follow=True)


def upload(client, content, *, follow=True, **fields):
    file = SimpleUploadedFile("../../etc/logo.png", content, "image/png")
    return client.post(LOGO, {"seen": Practice.current().logo_mark, "logo": file, **fields}, follow=follow)


@pytest.mark.parametrize("address", [URL, *(url_of(part) for part in PARTS), LOGO])
def test_only_for_administrators(db, address):
    method = "get" if address == URL else "post"
    assert steps.allowed_roles(method, address) == {"administrator"}


def test_methods(as_administrator):
    assert steps.refused_methods(as_administrator, URL) == {"post", "put", "patch", "delete"}
    for address in (url_of("sheet"), LOGO):
        assert steps.refused_methods(as_administrator, address) == {"get", "head", "put", "patch", "delete"}
    assert as_administrator.post(f"{URL}other/").status_code == 404


def test_the_practice_gets_its_name_and_families_see_it(as_administrator, administrator):
    page = send(as_administrator, "practice")
    assert page.redirect_chain == [(URL, 302)]
    assert "Saved. Shown on family pages" in page.text
    practice = Practice.objects.get()
    assert (practice.name, practice.address) == ("Hilltop Kids", "1 Main St\nFairbrook, OH 43000")
    line = AuditEvent.objects.get()
    assert (line.action, line.user) == ("practice.changed", administrator)
    assert line.detail == {"changed": ["name", "address", "phone"]}
    family_page = Client().get(reverse("signup:register")).text
    assert "<bdi>Hilltop Kids</bdi><br><bdi>1 Main St, Fairbrook, OH 43000</bdi>" in family_page


def test_sheet(as_administrator):
    send(as_administrator, "sheet")
    assert (Practice.current().paper, Practice.current().pin_lifetime_days) == ("A4", 7)


@pytest.mark.parametrize(
    ("part", "changes", "words"),
    [
        ("practice", {"name": " "}, "This field is required."),
        ("practice", {"phone": "call us"}, "Enter the number in digits"),
        ("practice", {"address": "1\n2\n3\n4\n5"}, "Use at most 4 lines"),
        ("sheet", {"pin_lifetime_days": "31"}, "less than or equal to 30"),
        ("sheet", {"pin_lifetime_days": "0"}, "greater than or equal to 1"),
        ("sheet", {"paper": "A3"}, "A3 is not one of the available choices"),
        ("ages", {"adult_age": "17"}, "above the last age with teen privacy"),
        ("ages", {"teen_to": "11"}, "not below the age at which teen privacy starts"),
        ("ages", {"adult_age": "99"}, "less than or equal to 25"),
        ("ages", {"adult_age": "x"}, "Enter a whole number"),
    ],
)
def test_mistakes_come_back_with_what_was_typed(as_administrator, part, changes, words):
    before = steps.everything_but()
    page = send(as_administrator, part, **changes)
    assert (page.status_code, page.redirect_chain) == (200, [])
    assert words in page.text
    assert steps.everything_but() == before


def test_saving_the_same_values_changes_nothing(as_administrator):
    send(as_administrator, "sheet")
    assert "Nothing changed" in send(as_administrator, "sheet").text
    assert AuditEvent.objects.count() == 1


def test_the_second_of_two_administrators_is_warned_and_can_save_again(as_administrator):
    opened = seen_on(as_administrator.get(URL), "practice")
    send(as_administrator, "practice")
    page = send(as_administrator, "practice", seen=opened, name="Valley Kids")
    assert "A colleague changed this record" in page.text
    assert "The record now says: “Hilltop Kids”." in page.text
    assert Practice.current().name == "Hilltop Kids"
    send(as_administrator, "practice", seen=seen_on(page, "practice"), name="Valley Kids")
    assert Practice.current().name == "Valley Kids"


def test_extra_fields_are_ignored(as_administrator):
    send(as_administrator, "sheet", name="Renamed", logo_mark="x", adult_age="21", id="2")
    practice = Practice.objects.get()
    assert (practice.pk, practice.name, practice.logo_mark, practice.adult_age) == (1, "Our Practice", "", 18)


# --- Ages ----------------------------------------------------------------------------------------


def test_new_ages_need_a_confirmation_and_take_effect_immediately(as_administrator, as_front_desk, by, rivera):
    link = rivera.link(rivera.ana, rivera.mateo)  # 8 years
    steps.issued(by, link)
    ages = {"own_account_from": "13", "teen_from": "5", "teen_to": "13", "adult_age": "14"}
    before = steps.everything_but()
    page = send(as_administrator, "ages", **ages)
    assert "Nothing is saved yet. These ages would take effect immediately" in page.text
    assert "1 child: guardians no longer see the visit type or reason (Limited)" in page.text
    assert steps.everything_but() == before
    confirmed = send(as_administrator, "ages", **ages, confirm=page.context["confirm"])
    assert "The new ages are in effect." in confirmed.text
    assert eligibility.is_limited(link, practice=Practice.current(), today=today())
    detail = AuditEvent.objects.get(action="practice.changed").detail
    assert detail == {"changed": ["adult_age", "teen_from", "teen_to"]}


def test_what_was_confirmed_is_what_is_saved(as_administrator):
    page = send(as_administrator, "ages", adult_age="20", confirm="13-13-17-19")
    assert "Nothing is saved yet" in page.text
    assert not Practice.objects.filter(adult_age=20).exists()


# --- Logo ----------------------------------------------------------------------------------------


def test_logo_is_uploaded_shown_to_everybody_and_removed(as_administrator, client):
    page = upload(as_administrator, picture(size=(1000, 400)))
    assert "Saved. The logo is" in page.text
    mark = Practice.current().logo_mark
    assert f"{SHOWN}?v={mark}" in client.get(reverse("signup:register")).text
    answer = client.get(f"{SHOWN}?v={mark}")
    assert (answer.headers["Content-Type"], answer.headers["ETag"]) == ("image/png", f'"{mark}"')
    assert answer.content == bytes(Practice.current().logo)
    assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert not {"Vary", "Expires", "Set-Cookie"} & set(answer.headers)
    again = client.get(SHOWN, headers={"if-none-match": f'"{mark}"'})
    assert (again.status_code, again.content) == (304, b"")
    assert client.get(f"{SHOWN}?v=other").headers["Cache-Control"] == "public, max-age=3600"
    as_administrator.post(LOGO, {"remove": "1", "seen": mark})
    assert Practice.current().logo_mark == ""
    assert SHOWN not in client.get(reverse("signup:register")).text


def test_without_a_logo_pages_show_ours(client, db):
    assert client.get(SHOWN).headers["Location"] == "/static/favicon.svg"
    assert steps.refused_methods(client, SHOWN) == {"post", "put", "patch", "delete"}


@pytest.mark.parametrize(
    ("content", "words"),
    [(b"", "This file is empty."), (b"GIF89a", "not a picture that we can read"), (picture("GIF"), "not a picture")],
)
def test_a_file_that_is_no_picture_is_refused(as_administrator, content, words):
    page = upload(as_administrator, content)
    assert words in page.text
    assert not Practice.current().logo_mark
    assert not AuditEvent.objects.exists()


def test_a_missing_file_is_refused(as_administrator):
    assert "Choose a picture first." in as_administrator.post(LOGO, {"seen": ""}).text


def test_a_file_that_is_too_large_is_refused(as_administrator):
    assert upload(as_administrator, bytes(MAX_BYTES + 20_000)).status_code == 413
    assert "larger than 1 MB" in upload(as_administrator, bytes(MAX_BYTES + 1)).text


def test_the_second_of_two_is_warned_and_sees_the_current_logo(as_administrator):
    upload(as_administrator, picture())
    page = upload(as_administrator, picture("JPEG", (400, 90)), seen="")
    assert "A colleague changed the logo" in page.text
    assert Practice.current().logo_width == 260


@pytest.mark.parametrize("role", ["front desk", "anonymous", "family"])
def test_files_of_other_users_are_not_read(db, role):
    """A body larger than any other form is refused before it is read if the user may not change the logo."""
    client = steps.client_of(role)
    assert upload(client, picture(), follow=False).status_code in {302, 403}
    client.get(reverse("account_reset_password"))
    client.handler.enforce_csrf_checks = True  # as in life: the token is looked for in the body
    token = client.cookies["csrftoken"].value
    assert upload(client, bytes(400 * 1024), follow=False, csrfmiddlewaretoken=token).status_code == 413
    answer = upload(client, picture(), follow=False, csrfmiddlewaretoken=token)
    assert answer.status_code in {302, 403}
    assert not answer.wsgi_request.FILES
    assert not Practice.current().logo_mark


def test_the_logo_s_address_takes_one_file_of_one_name(as_administrator):
    file = SimpleUploadedFile("x", picture())
    answer = as_administrator.post(LOGO, {"seen": "", "other": file})
    assert not answer.wsgi_request.FILES


def test_the_page_takes_the_same_number_of_queries_with_and_without_logo(as_administrator):
    before = steps.queries(lambda: as_administrator.get(URL))
    upload(as_administrator, picture())
    assert steps.queries(lambda: as_administrator.get(URL)) <= before + 1  # the logo itself, for its look on paper


# --- The first day -------------------------------------------------------------------------------


def test_the_dashboard_leads_a_new_practice_here(as_administrator, as_front_desk):
    dashboard, words = reverse("office:dashboard"), "Family pages and PIN sheets still say “Our Practice.”"
    assert words in as_administrator.get(dashboard).text
    assert words not in as_front_desk.get(dashboard).text
    send(as_administrator, "practice")
    assert words not in as_administrator.get(dashboard).text
