"""Family Contacts: the list and the selected person, adding, linking, editing, making inactive."""

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.urls import reverse

from audit.models import AuditEvent
from audit.trail import Actor
from patients import charts, family
from patients.models import Contact, FamilyContact
from tests import people
from tests.people import Authority, Role

pytestmark = pytest.mark.postgres

BY_COMMAND = Actor.command("test")
PERSON = {"given_name": "Rosa", "family_name": "Vega", "language": "es", "email": "rosa@mail.example"}
LINK = {"role": "mother", "authority": "joint", "sort_order": "1", "basis": "parent", "level": "full"}
PERSON_FIELDS = [
    "given_name", "family_name", "birth_date", "language", "home_phone", "cell_phone", "email",
    "street", "city", "state", "postal_code",
]  # fmt: skip


def trail():
    return [event.action for event in AuditEvent.objects.order_by("pk")]


def form_of(link, **changes):
    """What the browser sends for this family contact; None: an unticked box."""
    sent = {field: getattr(link.contact, field) or "" for field in PERSON_FIELDS}
    for field in ["role", "authority", "sort_order", "basis", "level", "restriction_reason", "restriction_document"]:
        sent[field] = getattr(link, field)
    for box in ["lives_with"]:
        sent |= {box: "on"} if getattr(link, box) else {}
    sent |= changes
    return {name: value for name, value in sent.items() if value is not None}


def url_of(link):
    return reverse("patients:edit_contact", args=[link.pk])


@pytest.fixture
def ana_mateo(rivera):
    return rivera.link(rivera.ana, rivera.mateo)


@pytest.fixture
def url(rivera):
    return reverse("patients:family_contacts", args=[rivera.mateo.pk])


@pytest.fixture
def add_url(rivera):
    return reverse("patients:add_contact", args=[rivera.mateo.pk])


# --- The tab -------------------------------------------------------------------------------------


def test_list_with_the_primary_contact_below(as_front_desk, url, rivera, ana_mateo):
    page = as_front_desk.get(url)
    for words in ["Ana Rivera", "Luis Rivera", "Elena Rivera", "Grandparent", "Joint", "ana.rivera@mail.example"]:
        assert words in page.text
    assert page.context["selected"] == ana_mateo
    # The button is to the right of Home Email.
    email, button = page.text.index("ana.rivera@mail.example"), page.text.index("Create/Validate Portal Account")
    assert 0 < button - email < 500
    assert reverse("desk:window", args=[ana_mateo.pk]) in page.text
    event = AuditEvent.objects.get()
    assert (event.action, event.patient_id) == ("patient.viewed", rivera.mateo.pk)
    assert event.detail == {"tab": "family_contacts"}


def test_another_contact_can_be_selected(as_front_desk, rivera):
    luis = rivera.link(rivera.luis, rivera.mateo)
    page = as_front_desk.get(reverse("patients:family_contacts", args=[rivera.mateo.pk, luis.pk]))
    assert page.context["selected"] == luis
    assert "luis.rivera@mail.example" in page.text


def test_siblings_are_named(as_front_desk, url):
    page = as_front_desk.get(url).text
    assert "Also a contact of" in page
    assert "Sofia Rivera" in page


def test_restriction_is_seen_at_once(as_front_desk, oneil):
    sean = oneil.link(oneil.sean, oneil.nora)
    page = as_front_desk.get(reverse("patients:family_contacts", args=[oneil.nora.pk, sean.pk])).text
    assert "Court order: no access to records" in page
    assert "FC-2024-0117" in page


def test_without_contacts_the_next_step_is_offered(as_front_desk, db):
    lone = people.patient("1", "Kim", "Lone", None)
    page = as_front_desk.get(reverse("patients:family_contacts", args=[lone.pk])).text
    assert "No family contacts yet" in page
    assert reverse("patients:add_contact", args=[lone.pk]) in page


def test_another_child_s_contact_is_unknown_here(as_front_desk, rivera, oneil):
    foreign = oneil.link(oneil.sean, oneil.nora)
    assert as_front_desk.get(reverse("patients:family_contacts", args=[rivera.mateo.pk, foreign.pk])).status_code == 404


def test_query_count_does_not_grow_with_contacts(as_front_desk, rivera, queries_of):
    lone = people.patient("1", "Kim", "Lone", None)
    people.link(rivera.ana, lone)
    address = reverse("patients:family_contacts", args=[lone.pk])
    as_front_desk.get(address)
    one = queries_of(lambda: as_front_desk.get(address))
    people.link(rivera.luis, lone, role=Role.FATHER)
    people.link(rivera.elena, lone, role=Role.GRANDPARENT)
    assert queries_of(lambda: as_front_desk.get(address)) == one


def test_viewers_see_the_button_but_no_forms(as_viewer, url):
    page = as_viewer.get(url).text
    assert "Create/Validate Portal Account" in page
    assert "Edit contact" not in page
    assert "Add contact" not in page


# --- Access, for all of them ---------------------------------------------------------------------


def pages(rivera, link):
    return {
        "family_contacts": [rivera.mateo.pk],
        "add_contact": [rivera.mateo.pk],
        "link_contact": [rivera.mateo.pk, rivera.elena.pk],
        "edit_contact": [link.pk],
        "inactivate_contact": [link.pk],
    }


NAMES = ["family_contacts", "add_contact", "link_contact", "edit_contact", "inactivate_contact"]


@pytest.mark.parametrize("name", NAMES)
def test_access(name, client, as_family, as_unlinked, as_viewer, as_front_desk, rivera, ana_mateo):
    address = reverse(f"patients:{name}", args=pages(rivera, ana_mateo)[name])
    assert client.get(address).headers["Location"] == f"/accounts/login/?next={address}"
    assert client.post(address).status_code in {302, 405}
    assert as_family.get(address).status_code == 403
    assert as_unlinked.get(address).status_code == 403
    assert as_viewer.get(address).status_code == (200 if name == "family_contacts" else 403)
    assert as_front_desk.put(address).status_code == 405
    before = len(trail())
    assert as_front_desk.get(address).status_code == 200
    assert trail()[before:] == ["patient.viewed"]


@pytest.mark.parametrize("name", NAMES)
def test_inactive_staff_are_refused(name, as_front_desk, front_desk, rivera, ana_mateo):
    front_desk.staff_record.is_active = False
    front_desk.staff_record.save()
    address = reverse(f"patients:{name}", args=pages(rivera, ana_mateo)[name])
    assert as_front_desk.get(address).status_code == 403


@pytest.mark.parametrize("name", NAMES)
def test_unknown_records(name, as_front_desk, rivera, ana_mateo):
    numbers = [999_999 for _ in pages(rivera, ana_mateo)[name]]
    assert as_front_desk.get(reverse(f"patients:{name}", args=numbers)).status_code == 404


# --- Add and link --------------------------------------------------------------------------------


def test_add_offers_people_the_practice_knows(as_front_desk, add_url, rivera, db):
    cousin = people.patient("7", "Leo", "Rivera", None)
    aunt = people.contact("Pilar", "Rivera", cell_phone="2125550177")
    people.link(aunt, cousin)
    page = as_front_desk.get(add_url).text
    assert "<mark>Rivera</mark>" in page
    assert "Mother of Leo Rivera" in page
    assert reverse("patients:link_contact", args=[rivera.mateo.pk, aunt.pk]) in page
    assert reverse("patients:link_contact", args=[rivera.mateo.pk, rivera.ana.pk]) not in page  # is one already


def test_add_searches_by_post(as_front_desk, add_url, oneil):
    page = as_front_desk.post(add_url, {"query": "maeve"}).text
    assert "Mother of Nora O&#x27;Neil" in page


def test_add_a_new_person(as_front_desk, add_url, rivera):
    response = as_front_desk.post(add_url, {**PERSON, **LINK, "sort_order": "4"})
    added = FamilyContact.objects.get(contact__family_name="Vega")
    assert response.headers["Location"] == reverse("patients:family_contacts", args=[rivera.mateo.pk, added.pk])
    assert (added.patient, added.role, added.sort_order) == (rivera.mateo, "mother", 4)
    assert trail() == ["family_contact.added"]


def test_link_a_known_person(as_front_desk, oneil, rivera):
    address = reverse("patients:link_contact", args=[rivera.mateo.pk, oneil.maeve.pk])
    assert "Maeve O&#x27;Neil" in as_front_desk.get(address).text
    people_before = Contact.objects.count()
    as_front_desk.post(address, {**LINK, "role": "relative", "authority": "none"})
    assert Contact.objects.count() == people_before
    assert oneil.link(oneil.maeve, rivera.mateo).role == "relative"


def test_add_the_patient_as_own_contact(as_front_desk, rivera):
    address = reverse("patients:add_self", args=[rivera.carmen.pk])
    assert "Add Carmen Rivera as own contact (Self)?" in as_front_desk.get(address).text
    as_front_desk.post(address)
    own = rivera.carmen.family_contacts.get(role="self")
    assert (own.contact.given_name, own.contact.birth_date) == ("Carmen", rivera.carmen.birth_date)
    assert "already has a contact with the role Self" in as_front_desk.post(address).text


def test_self_is_not_chosen_for_another_person(as_front_desk, add_url, ana_mateo):
    """A mother set to Self would see a teen's confidential visits."""
    as_front_desk.post(url_of(ana_mateo), form_of(ana_mateo, role="self"))
    as_front_desk.post(add_url, {**PERSON, **LINK, "role": "self"})
    assert not FamilyContact.objects.filter(role="self").exists()
    ana_mateo.role = "self"
    with pytest.raises(ValidationError, match="the first name is “Ana”, in the chart “Mateo”; the birth date is"):
        family.change_contact(by=BY_COMMAND, family_contact=ana_mateo, fields=["role"])


def test_a_person_is_self_of_one_patient(as_front_desk, rivera):
    as_front_desk.post(reverse("patients:add_self", args=[rivera.carmen.pk]))
    own = rivera.carmen.family_contacts.get(role="self")
    with pytest.raises(IntegrityError), transaction.atomic():
        people.link(own.contact, rivera.mateo, role=Role.SELF)


def test_the_own_contact_becomes_nobody_else_on_another_chart(as_front_desk, rivera):
    as_front_desk.post(reverse("patients:add_self", args=[rivera.carmen.pk]))
    own = rivera.carmen.family_contacts.get(role="self").contact
    sister = people.link(own, rivera.mateo, role=Role.SIBLING, authority=Authority.NONE)
    page = as_front_desk.post(url_of(sister), form_of(sister, given_name="Ana"))
    assert "the first name is “Ana”, in the chart “Carmen”" in page.text


def test_the_own_contact_follows_basic_info_and_becomes_nobody_else(as_front_desk, rivera):
    as_front_desk.post(reverse("patients:add_self", args=[rivera.carmen.pk]))
    own = rivera.carmen.family_contacts.get(role="self")
    own.contact.given_name = "Ana"
    with pytest.raises(ValidationError, match="Change it in Basic Info"):
        family.change_contact(by=BY_COMMAND, family_contact=own, fields=["given_name"])
    rivera.carmen.family_name = "Vega"
    charts.change(by=BY_COMMAND, patient=rivera.carmen, fields=["family_name"])
    own.contact.refresh_from_db()
    assert own.contact.name == "Carmen Vega"


def test_add_asks_for_role_and_authority_and_keeps_what_was_typed(as_front_desk, add_url):
    page = as_front_desk.post(add_url, {**PERSON, "sort_order": "1", "basis": "parent", "level": "full"})
    assert set(page.context["link_form"].errors) == {"role", "authority"}
    assert 'value="Rosa"' in page.text
    assert not Contact.objects.filter(given_name="Rosa").exists()


def test_a_refused_link_leaves_no_person_behind(as_front_desk, oneil):
    address = reverse("patients:add_contact", args=[oneil.nora.pk])
    page = as_front_desk.post(address, {**PERSON, **LINK})
    assert "has Exclusive authority" in page.text
    assert 'value="Rosa"' in page.text
    assert not Contact.objects.filter(given_name="Rosa").exists()
    assert trail() == ["patient.viewed"]


def test_a_former_contact_becomes_one_again(as_front_desk, rivera, ana_mateo):
    family.inactivate(by=BY_COMMAND, family_contact=ana_mateo)
    address = reverse("patients:link_contact", args=[rivera.mateo.pk, rivera.ana.pk])
    assert as_front_desk.post(address, {**LINK, "role": "guardian"}).status_code == 302
    again = FamilyContact.objects.get(pk=ana_mateo.pk)
    assert (again.is_active, again.role) == (True, "guardian")


def test_a_contact_cannot_be_added_twice(as_front_desk, rivera):
    address = reverse("patients:link_contact", args=[rivera.mateo.pk, rivera.ana.pk])
    assert "is already a family contact of this patient" in as_front_desk.post(address, LINK).text


def test_a_person_needs_a_name(as_front_desk, add_url):
    assert "Enter a first or a last name" in as_front_desk.post(add_url, {"email": "x@mail.example", **LINK}).text


# --- Edit ----------------------------------------------------------------------------------------


def test_edit_the_person_for_all_children_and_the_link_for_one(as_front_desk, rivera, ana_mateo):
    page = as_front_desk.get(url_of(ana_mateo)).text
    assert "one record for all children" in page
    sent = form_of(ana_mateo, cell_phone="212 555 0166", role="guardian", lives_with=None)
    as_front_desk.post(url_of(ana_mateo), sent)
    sofia = rivera.link(rivera.ana, rivera.sofia)
    assert sofia.contact.cell_phone == "212 555 0166"
    assert (sofia.role, sofia.lives_with) == ("mother", True)
    ana_mateo.refresh_from_db()
    assert (ana_mateo.role, ana_mateo.lives_with) == ("guardian", False)
    assert trail() == ["patient.viewed", "family_contact.changed"]
    detail = AuditEvent.objects.latest("pk").detail
    assert detail == {"family_contact": ana_mateo.pk, "fields": ["cell_phone", "lives_with", "role"]}


def test_edit_leads_back(as_front_desk, ana_mateo):
    sent = form_of(ana_mateo, next="/registration/1/")
    assert as_front_desk.post(url_of(ana_mateo), sent).headers["Location"] == "/registration/1/"
    sent["next"] = "//evil.example"
    assert as_front_desk.post(url_of(ana_mateo), sent).headers["Location"].startswith("/patients/")


def test_restriction_needs_a_reason(as_front_desk, ana_mateo):
    page = as_front_desk.post(url_of(ana_mateo), form_of(ana_mateo, level="none"))
    assert "Limited or no access needs a reason" in page.text
    page = as_front_desk.post(url_of(ana_mateo), form_of(ana_mateo, restriction_reason="Court order"))
    assert "Choose Limited or None, or clear the reason" in page.text
    as_front_desk.post(url_of(ana_mateo), form_of(ana_mateo, level="none", restriction_reason="Court order"))
    ana_mateo.refresh_from_db()
    assert ana_mateo.level == "none"


def test_lifting_a_restriction_takes_its_reason_with_it(as_front_desk, oneil):
    sean = oneil.link(oneil.sean, oneil.nora)
    assert as_front_desk.post(url_of(sean), form_of(sean, level="full")).status_code == 302
    sean.refresh_from_db()
    assert (sean.level, sean.restriction_reason, sean.restriction_document) == ("full", "", "")


def test_exclusive_beside_joint_is_refused_with_what_to_do(as_front_desk, rivera, ana_mateo):
    page = as_front_desk.post(url_of(ana_mateo), form_of(ana_mateo, authority="exclusive"))
    assert "Luis Rivera has Joint authority. Set that contact to None before you choose Exclusive." in page.text
    luis = rivera.link(rivera.luis, rivera.mateo)
    as_front_desk.post(url_of(luis), form_of(luis, authority="none"))
    assert as_front_desk.post(url_of(ana_mateo), form_of(ana_mateo, authority="exclusive")).status_code == 302


@pytest.mark.parametrize("authority", [Authority.JOINT, Authority.EXCLUSIVE])
def test_nobody_decides_beside_an_exclusive_contact(oneil, authority):
    sean = oneil.link(oneil.sean, oneil.nora)
    sean.authority = authority
    with pytest.raises(ValidationError, match="has Exclusive authority"):
        family.change_contact(by=BY_COMMAND, family_contact=sean, fields=["authority"])
    assert trail() == []


def test_a_colleague_s_restriction_is_not_lifted_by_an_old_form(as_front_desk, ana_mateo):
    seen = as_front_desk.get(url_of(ana_mateo)).context["seen"]
    old_form = form_of(ana_mateo, cell_phone="212 555 0166", seen=seen)
    FamilyContact.objects.filter(pk=ana_mateo.pk).update(level="none", restriction_reason="Court order")
    page = as_front_desk.post(url_of(ana_mateo), old_form)
    assert "A colleague changed this record" in page.text
    assert "The record now says: None." in page.text
    ana_mateo.refresh_from_db()
    assert ana_mateo.level == "none"


def test_an_edit_does_not_bring_back_a_former_contact(ana_mateo):
    stale = FamilyContact.objects.get(pk=ana_mateo.pk)
    family.inactivate(by=BY_COMMAND, family_contact=ana_mateo)
    stale.role = Role.GUARDIAN
    family.change_contact(by=BY_COMMAND, family_contact=stale, fields=["role"])
    ana_mateo.refresh_from_db()
    assert (ana_mateo.is_active, ana_mateo.role) == (False, "guardian")


# --- Make inactive -------------------------------------------------------------------------------


def test_inactivate_asks_first(as_front_desk, ana_mateo):
    address = reverse("patients:inactivate_contact", args=[ana_mateo.pk])
    assert "Make Ana Rivera inactive?" in as_front_desk.get(address).text
    ana_mateo.refresh_from_db()
    assert ana_mateo.is_active


def test_inactivate_for_this_child_only(as_front_desk, rivera, ana_mateo):
    address = reverse("patients:inactivate_contact", args=[ana_mateo.pk])
    as_front_desk.post(address)
    as_front_desk.post(address)  # a second press changes nothing
    assert trail() == ["family_contact.inactivated"]
    ana_mateo.refresh_from_db()
    assert not ana_mateo.is_active
    assert rivera.link(rivera.ana, rivera.sofia).is_active
    page = as_front_desk.get(reverse("patients:family_contacts", args=[rivera.mateo.pk]))
    assert "Former contacts (1)" in page.text
    assert page.context["selected"].contact == rivera.luis
