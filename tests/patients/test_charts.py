"""Basic Info: seeing it, editing it, adding a patient, confirming a name."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse

from audit.models import AuditEvent
from audit.trail import Actor
from patients import charts
from patients.ages import today
from patients.models import Patient
from tests import people

pytestmark = pytest.mark.postgres

BY_COMMAND = Actor.command("test")


def trail():
    return [(event.action, event.patient_id) for event in AuditEvent.objects.order_by("pk")]


@pytest.fixture
def mateo(rivera):
    return rivera.mateo


@pytest.fixture
def url(mateo):
    return reverse("patients:chart", args=[mateo.pk])


@pytest.fixture
def edit_url(mateo):
    return reverse("patients:edit", args=[mateo.pk])


def form_of(patient, **changes):
    """What the browser sends for this patient's form."""
    sent = {field: getattr(patient, field) or "" for field in PATIENT_FIELDS}
    return {**sent, **changes}


PATIENT_FIELDS = [
    "given_name", "middle_name", "family_name", "preferred_name", "birth_date", "sex", "chart_number",
    "status", "language", "phone", "email", "street", "city", "state", "postal_code",
]  # fmt: skip


# --- Basic Info ----------------------------------------------------------------------------------


def test_basic_info(as_front_desk, url, mateo, front_desk):
    page = as_front_desk.get(url)
    assert page.status_code == 200
    for words in ["Mateo Rivera", "8 years", "100001", "Spanish", "Family Contacts", "Edit"]:
        assert words in page.text
    event = AuditEvent.objects.get()
    assert (event.action, event.patient_id, event.user) == ("patient.viewed", mateo.pk, front_desk)
    assert event.detail == {"tab": "basic_info"}


def test_basic_info_without_the_right_to_edit(as_viewer, url):
    page = as_viewer.get(url).text
    assert "Mateo" in page
    assert "/edit/" not in page


def test_a_name_is_text_not_markup(as_front_desk, mateo, url):
    Patient.objects.filter(pk=mateo.pk).update(given_name="<script>alert(1)</script>")
    assert "<script>alert" not in as_front_desk.get(url).text


def test_banner_warns(as_front_desk, rivera, oneil):
    assert "Newborn name" in as_front_desk.get(reverse("patients:chart", args=[rivera.baby.pk])).text
    assert "Custody note" in as_front_desk.get(reverse("patients:chart", args=[oneil.nora.pk])).text
    calm = as_front_desk.get(reverse("patients:chart", args=[rivera.mateo.pk])).text
    assert "Newborn name" not in calm
    assert "Custody note" not in calm


@pytest.mark.parametrize("name", ["chart", "edit"])
def test_access(name, client: Client, as_family, as_unlinked, as_viewer, as_front_desk, front_desk, mateo):
    address = reverse(f"patients:{name}", args=[mateo.pk])
    assert client.get(address).headers["Location"] == f"/accounts/login/?next={address}"
    assert as_family.get(address).status_code == 403
    assert as_unlinked.get(address).status_code == 403
    assert as_viewer.get(address).status_code == (200 if name == "chart" else 403)
    front_desk.staff_record.is_active = False
    front_desk.staff_record.save()
    assert as_front_desk.get(address).status_code == 403
    assert as_front_desk.put(address).status_code in {403, 405}


def test_other_methods(as_front_desk, url, mateo):
    assert as_front_desk.post(url).status_code == 405
    assert as_front_desk.get(reverse("patients:confirm_name", args=[mateo.pk])).status_code == 405


@pytest.mark.parametrize("name", ["chart", "edit", "confirm_name"])
@pytest.mark.parametrize("number", [999_999, 99_999_999_999_999_999_999])
def test_unknown_patient(as_front_desk, name, number):
    address = reverse(f"patients:{name}", args=[number])
    call = as_front_desk.post if name == "confirm_name" else as_front_desk.get
    assert call(address).status_code == 404
    event = AuditEvent.objects.get()
    fits = number < 2**63
    assert (event.action, event.patient_id) == ("access.refused", number if fits else None)
    numbers = {} if fits else {"numbers": {"patient_id": number}}
    assert event.detail == {"view": f"patients:{name}", "why": "no_such_record", **numbers}


# --- Edit ----------------------------------------------------------------------------------------


def test_edit_shows_the_record(as_front_desk, edit_url, mateo):
    page = as_front_desk.get(edit_url).text
    assert 'value="Mateo"' in page
    assert trail() == [("patient.viewed", mateo.pk)]


def test_edit_saves_and_leaves_one_line(as_front_desk, edit_url, url, mateo):
    response = as_front_desk.post(edit_url, form_of(mateo, preferred_name="Teo", phone="212 555 0199"))
    assert response.headers["Location"] == url
    mateo.refresh_from_db()
    assert (mateo.preferred_name, mateo.phone) == ("Teo", "212 555 0199")
    assert mateo.folded_name.endswith(" teo")
    assert trail() == [("patient.changed", mateo.pk)]
    assert AuditEvent.objects.get().detail == {"fields": ["phone", "preferred_name"]}


def test_edit_without_a_change_leaves_no_line(as_front_desk, edit_url, mateo):
    assert as_front_desk.post(edit_url, form_of(mateo)).status_code == 302
    assert trail() == []


def test_edit_leads_back_to_where_it_was_opened(as_front_desk, edit_url, mateo):
    back = "/registration/1/"
    assert f'value="{back}"' in as_front_desk.get(edit_url, {"next": back}).text
    response = as_front_desk.post(edit_url, form_of(mateo, next=back))
    assert response.headers["Location"] == back


@pytest.mark.parametrize("evil", ["//evil.example", "/\\evil", "https:evil", "https://evil.example/", "javascript:x"])
def test_edit_never_leads_elsewhere(as_front_desk, edit_url, url, mateo, evil):
    assert evil not in as_front_desk.get(edit_url, {"next": evil}).text
    assert as_front_desk.post(edit_url, form_of(mateo, next=evil)).headers["Location"] == url


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"birth_date": str(today() + timedelta(days=1))}, "This date is in the future"),
        ({"birth_date": "0001-01-01"}, "more than 130 years ago"),
        ({"birth_date": "not a date"}, "Enter a valid date"),
        ({"chart_number": "100002"}, "Another patient has this chart number"),
        ({"chart_number": ""}, "This field is required"),
        ({"sex": "robot"}, "Select a valid choice"),
        ({"given_name": "a" * 101}, "at most 100 characters"),
        ({"given_name": "\0"}, "Null characters"),
    ],
)
def test_edit_says_what_is_wrong_and_keeps_what_was_typed(as_front_desk, edit_url, mateo, changes, message):
    page = as_front_desk.post(edit_url, form_of(mateo, middle_name="Typed before", **changes)).text
    assert page.count(message) == 2  # in the summary and at the field
    assert 'value="Typed before"' in page
    mateo.refresh_from_db()
    assert mateo.middle_name == ""
    assert trail() == [("patient.viewed", mateo.pk)]


def test_extra_fields_are_ignored(as_front_desk, edit_url, mateo):
    as_front_desk.post(edit_url, form_of(mateo, preferred_name="Teo", confirmed_given_name="Mateo", id="7"))
    mateo.refresh_from_db()
    assert mateo.confirmed_given_name == ""


def test_a_colleague_s_change_is_not_overwritten(as_front_desk, edit_url, mateo):
    seen = as_front_desk.get(edit_url).context["seen"]
    Patient.objects.filter(pk=mateo.pk).update(phone="212 555 0177")
    page = as_front_desk.post(edit_url, form_of(mateo, middle_name="Luis", seen=seen))
    assert "A colleague changed this record" in page.text
    assert "The record now says: “212 555 0177”." in page.text
    mateo.refresh_from_db()
    assert (mateo.phone, mateo.middle_name) == ("212 555 0177", "")
    again = form_of(mateo, middle_name="Luis", seen=page.context["seen"])
    assert as_front_desk.post(edit_url, again).status_code == 302


def test_change_saves_only_the_fields_named(mateo):
    stale = Patient.objects.get(pk=mateo.pk)
    Patient.objects.filter(pk=mateo.pk).update(city="Albany")
    stale.phone = "212 555 0188"
    charts.change(by=BY_COMMAND, patient=stale, fields=["phone"])
    mateo.refresh_from_db()
    assert (mateo.city, mateo.phone) == ("Albany", "212 555 0188")


# --- Add -----------------------------------------------------------------------------------------


def test_add(as_front_desk, db):
    sent = {"given_name": "Ada", "family_name": "Lovelace", "birth_date": "2020-02-29", "sex": "female"}
    response = as_front_desk.post("/patients/add/", {**sent, "chart_number": "42", "status": "active"})
    ada = Patient.objects.get()
    assert response.headers["Location"] == reverse("patients:family_contacts", args=[ada.pk])
    assert str(ada) == "Ada Lovelace"
    assert trail() == [("patient.added", ada.pk)]


def test_add_says_what_is_missing(as_front_desk):
    page = as_front_desk.post("/patients/add/", {"given_name": "Ada"}).text
    assert "This field is required" in page
    assert 'value="Ada"' in page
    assert not Patient.objects.exists()


def test_add_access(client, as_viewer, as_family, as_front_desk):
    assert client.get("/patients/add/").status_code == 302
    assert as_viewer.get("/patients/add/").status_code == 403
    assert as_family.post("/patients/add/").status_code == 403
    assert as_front_desk.get("/patients/add/").status_code == 200
    assert as_front_desk.delete("/patients/add/").status_code == 405


# --- The given name ------------------------------------------------------------------------------


def test_placeholder_is_named_and_can_be_replaced(as_front_desk, rivera):
    address = reverse("patients:edit", args=[rivera.baby.pk])
    page = as_front_desk.get(address).text
    assert "This is the real name" in page
    as_front_desk.post(address, form_of(rivera.baby, given_name="Lucas"))
    assert "This is the real name" not in as_front_desk.get(address).text


def test_a_name_that_only_looks_like_one_is_confirmed_once(as_front_desk, front_desk, db):
    boy = people.patient("9", "Boy", "George", people.years_ago(0))
    address = reverse("patients:confirm_name", args=[boy.pk])
    response = as_front_desk.post(address, {"next": "/registration/5/"})
    assert response.headers["Location"] == "/registration/5/"
    boy.refresh_from_db()
    assert (boy.confirmed_given_name, boy.confirmed_by) == ("Boy", front_desk)
    assert trail() == [("patient.name_confirmed", boy.pk)]
    as_front_desk.post(address)  # a second press changes nothing
    assert len(trail()) == 1


def test_a_changed_name_needs_a_confirmation_of_its_own(rivera):
    charts.confirm_name(by=BY_COMMAND, patient=rivera.baby)
    rivera.baby.refresh_from_db()
    rivera.baby.given_name = "Baby Girl"
    charts.change(by=BY_COMMAND, patient=rivera.baby, fields=["given_name"])
    charts.confirm_name(by=BY_COMMAND, patient=rivera.baby)
    rivera.baby.refresh_from_db()
    assert rivera.baby.confirmed_given_name == "Baby Girl"


def test_an_empty_name_cannot_be_confirmed(db):
    nameless = people.patient("9", "", "Ruth", people.years_ago(0))
    with pytest.raises(ValidationError, match="No given name"):
        charts.confirm_name(by=BY_COMMAND, patient=nameless)


def test_a_name_nobody_doubts_is_not_confirmed(as_front_desk, mateo):
    as_front_desk.post(reverse("patients:confirm_name", args=[mateo.pk]))
    assert trail() == []


def test_confirm_name_access(client, as_viewer, as_family, rivera):
    address = reverse("patients:confirm_name", args=[rivera.baby.pk])
    assert client.post(address).status_code == 302
    assert as_viewer.post(address).status_code == 403
    assert as_family.post(address).status_code == 403
    rivera.baby.refresh_from_db()
    assert rivera.baby.confirmed_given_name == ""
