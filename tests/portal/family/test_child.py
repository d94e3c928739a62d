"""One child's page: what it shows, to whom, and what a limited guardian does not see (R18)."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import StaffRecord
from appointments.models import Appointment, Location, Provider
from audit.models import AuditEvent
from audit.trail import Actor
from patients.models import FamilyContact, Patient
from portal import registration
from portal.models import Registration
from practice.models import Practice
from tests import people
from tests.portal import steps

PAGES = ["child", "child_history", "child_visit", "child_pdf", "child_json", "leave_child"]
POSTED = {"child_pdf", "child_json"}
SECRET_TYPE, SECRET_REASON = "Contraception talk", "Test was positive"


@pytest.fixture(autouse=True)
def sunnyside(db):
    return Practice.objects.create(pk=1, name="Sunnyside Pediatrics", phone="(614) 555-0100", address="1 Main Street")


@pytest.fixture
def ana(by, mateo):
    """Ana's browser; Mateo is registered."""
    return people.signed_in(steps.registered(by, mateo))


@pytest.fixture
def visit(rivera):
    """Mateo's visit in three days."""
    return book(rivera.mateo, timedelta(days=3))


def book(patient, ahead, **fields):
    provider, _ = Provider.objects.get_or_create(name="Dr. Feldman")
    office, _ = Location.objects.get_or_create(
        name="Main Office", address="210 Sunny & Side #4", phone="(614) 555-0199"
    )
    given = {"visit_type": SECRET_TYPE, "duration": 20, "provider": provider, "location": office, **fields}
    return Appointment.objects.create(patient=patient, start=timezone.now() + ahead, **given)


def address(name, patient, visit=None):
    return reverse(f"family:{name}", args=[patient.pk, *([visit.pk if visit else 1] if name == "child_visit" else [])])


def ask(client, name, patient, visit=None):
    return (client.post if name in POSTED else client.get)(address(name, patient, visit))


def make_teen(patient, years=14):
    Patient.objects.filter(pk=patient.pk).update(birth_date=people.years_ago(years))


def body(answer):
    """The text of a response, including a PDF's."""
    return steps.pdf_text(answer.content) if answer.content.startswith(b"%PDF") else answer.text


# --- What it shows -------------------------------------------------------------------------------


def test_child_shows_visits_places_and_directions(ana, rivera, visit):
    book(rivera.mateo, -timedelta(days=400), visit_type="Well visit", status="checked_out")
    book(rivera.mateo, -timedelta(days=30), status="no_show")
    page = ana.get(address("child", rivera.mateo)).text
    assert "8 years old" in page
    assert SECRET_TYPE in page  # a child under the teen ages: the guardian sees it
    assert "210 Sunny &amp; Side #4" in page
    assert 'href="tel:6145550199"' in page
    way = "https://www.google.com/maps/dir/?api=1&amp;destination=210+Sunny+%26+Side+%234"
    assert f'href="{way}" target="_blank" rel="noreferrer"' in page
    assert ("Well visit" in page, "Missed" in page) == (True, True)


def test_directions_say_nothing_about_the_child(ana, rivera, visit):
    page = ana.get(address("child", rivera.mateo)).text
    ways = [part.split('"')[0] for part in page.split('href="')[1:] if part.startswith("http")]
    assert len(ways) == 1
    assert not any(word in ways[0] for word in ("Mateo", "Rivera", "Feldman", str(visit.pk) + "/"))


def test_an_office_without_address_uses_the_practice_s(ana, rivera):
    book(rivera.mateo, timedelta(days=1), location=None)
    page = ana.get(address("child", rivera.mateo)).text
    assert "Sunnyside Pediatrics<br>1 Main Street" in page


def test_child_shows_a_cancelled_visit_without_the_staff_s_reason(ana, rivera):
    book(rivera.mateo, timedelta(days=2), status="cancelled", cancel_reason=SECRET_REASON, override_reason="")
    page = ana.get(address("child", rivera.mateo)).text
    assert "Cancelled" in page
    assert "google.com" not in page
    assert SECRET_REASON not in page


def test_the_list_shows_the_next_visit_that_takes_place(ana, rivera):
    book(rivera.mateo, timedelta(days=1), status="cancelled", cancel_reason="x", visit_type="First")
    book(rivera.mateo, -timedelta(minutes=10), visit_type="Going on", status="roomed")
    book(rivera.mateo, timedelta(days=2), visit_type="Second")
    page = ana.get(reverse("family:children")).text
    assert ("First" in page, "Going on" in page, "Second" in page) == (False, True, False)


def test_people_with_access_are_named_without_contact_details(ana, by, rivera):
    steps.registered(by, rivera.link(rivera.luis, rivera.mateo), email="luis.rivera@mail.example")
    steps.issued(by, people.link(people.contact("Rosa", "Pending"), rivera.mateo))
    page = ana.get(address("child", rivera.mateo)).text
    assert "Ana Rivera" in page
    assert "Luis Rivera" in page
    for secret in ("Rosa", "Elena", "luis.rivera@", "Maple Street", "555 0141"):
        assert secret not in page


def test_people_whose_access_ended_are_left_out(ana, by, rivera):
    link = rivera.link(rivera.luis, rivera.mateo)
    steps.registered(by, link, email="luis.rivera@mail.example")
    FamilyContact.objects.filter(pk=link.pk).update(level="none", restriction_reason="Court")
    page = ana.get(address("child", rivera.mateo)).text
    assert "Luis" not in page
    assert "Court" not in page


def test_a_refused_sign_up_step_is_not_a_wrong_pin(ana, by, rivera, front_desk):
    pin = steps.issued(by, rivera.link(rivera.luis, rivera.mateo))["Mateo"]
    luis = Client()
    steps.prove(luis, pin, rivera.mateo)
    steps.answer(luis)
    luis.post(reverse("signup:register_account"), {"email": front_desk.email, "password": steps.PASSWORD})
    assert AuditEvent.objects.latest("pk").detail["verdict"] == "email_not_usable"
    assert "tried a PIN" not in ask(ana, "child_history", rivera.mateo).text
    for _ in range(2):
        steps.prove(Client(), pin, rivera.sofia)
    assert "tried a PIN" in ask(ana, "child_history", rivera.mateo).text


# --- Limited (R18) -------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["child", "child_visit", "child_pdf", "child_json"])
@pytest.mark.parametrize(("years", "sees_details"), [(11, True), (12, False), (17, False)])
def test_a_limited_guardian_never_gets_type_or_reason(ana, as_clinician, rivera, visit, name, years, sees_details):
    make_teen(rivera.mateo, years)
    book(rivera.mateo, -timedelta(days=3), status="cancelled", cancel_reason=SECRET_REASON)
    as_clinician.get(reverse("patients:chart", args=[rivera.mateo.pk]))
    text = body(ask(ana, name, rivera.mateo, visit))
    assert (SECRET_TYPE in text) == (sees_details and name != "child_visit")
    assert SECRET_REASON not in text
    if name in POSTED:
        assert ("looked at the chart" in text) == sees_details


def test_limited_access_is_explained_on_page_list_and_pdf(ana, rivera):
    make_teen(rivera.mateo)
    for text in (ask(ana, "child", rivera.mateo).text, body(ask(ana, "child_pdf", rivera.mateo))):
        assert "Limited access" in text
        assert "From age 12 to 17, teens have some privacy." in " ".join(text.split())
    assert "Limited access" in ana.get(reverse("family:children")).text


def test_a_limited_guardian_gets_no_way_to_reach_the_teen(ana, rivera):
    Patient.objects.filter(pk=rivera.mateo.pk).update(email="mateo@mail.example", phone="555-0177", street="9 Elm")
    FamilyContact.objects.update(lives_with=True)
    for name in POSTED:
        assert "9 Elm" in body(ask(ana, name, rivera.mateo))
    make_teen(rivera.mateo)
    for name in POSTED:
        text = body(ask(ana, name, rivera.mateo))
        assert not any(secret in text for secret in ("mateo@mail.example", "555-0177", "9 Elm"))


def test_a_guardian_who_lives_elsewhere_gets_no_address(ana, rivera):
    Patient.objects.filter(pk=rivera.mateo.pk).update(email="home@mail.example", phone="555-0177", street="9 Elm")
    FamilyContact.objects.update(lives_with=False)
    for name in POSTED:
        text = body(ask(ana, name, rivera.mateo))
        assert not any(secret in text for secret in ("home@mail.example", "555-0177", "9 Elm"))


# --- Myself --------------------------------------------------------------------------------------


def test_a_teen_s_own_account_is_myself_and_sees_everything(by, rivera, as_clinician):
    make_teen(rivera.mateo)
    rivera.mateo.refresh_from_db()
    own = people.link(people.contact("Mateo", "Rivera"), rivera.mateo, role="self", authority="none")
    teen = people.signed_in(steps.registered(by, own, email="mateo@mail.example"))
    visit = book(rivera.mateo, timedelta(days=2))
    as_clinician.get(reverse("patients:chart", args=[rivera.mateo.pk]))
    page = teen.get(address("child", rivera.mateo)).text
    assert "<h1>Myself</h1>" in page
    assert SECRET_TYPE in page
    assert "Limited access" not in page
    StaffRecord.objects.update(role="front_desk")  # the history says what the role was
    assert "A doctor or nurse looked at the chart." in ask(teen, "child_history", rivera.mateo).text
    assert "SUMMARY:Appointment\r\n" in ask(teen, "child_visit", rivera.mateo, visit).text
    assert "my own page" in ask(teen, "leave_child", rivera.mateo).text
    first = teen.get(reverse("family:children")).text
    assert "Myself" in first
    assert ("My Visits" in first, "My Children" in first + page) == (True, False)


def test_an_adult_who_is_a_parent_has_both_kinds_of_cards(by, rivera):
    own = people.link(rivera.ana, people.patient("100099", "Ana", "Rivera", people.years_ago(38)), role="self")
    client = people.signed_in(steps.registered(by, own, rivera.link(rivera.ana, rivera.sofia)))
    page = client.get(reverse("family:children")).text
    assert ("Myself" in page, "Sofia Rivera" in page, page.count("child-head")) == (True, True, 2)
    assert ("My Visits" in page, "My Children" in page) == (False, True)


# --- Who may not ---------------------------------------------------------------------------------


@pytest.mark.parametrize("name", PAGES)
def test_another_family_s_child_is_not_found_and_recorded(ana, by, rivera, oneil, visit, name):
    steps.registered(by, oneil.link(oneil.maeve, oneil.nora), email="maeve@mail.example")
    other = book(oneil.nora, timedelta(days=1))
    answer = ask(ana, name, oneil.nora, other)
    assert answer.status_code == 404
    line = AuditEvent.objects.first()
    assert (line.action, line.patient_id, line.detail["why"]) == ("access.refused", oneil.nora.pk, "no_such_record")


@pytest.mark.parametrize("number", [0, 2**63, 10**30])
def test_an_unknown_number_is_not_found(ana, number):
    assert ana.get(f"/my/children/{number}/").status_code == 404


def test_a_visit_of_another_child_is_not_in_the_calendar(ana, rivera, oneil):
    for patient in (oneil.nora, rivera.sofia):
        assert ask(ana, "child_visit", rivera.mateo, book(patient, timedelta(days=1))).status_code == 404


LOST = {
    "restricted": lambda: FamilyContact.objects.update(level="none", restriction_reason="Court"),
    "authority none": lambda: FamilyContact.objects.update(authority="none"),
    "chart inactive": lambda: Patient.objects.update(status="inactive"),
    "adult": lambda: Patient.objects.update(birth_date=people.years_ago(18)),
}


@pytest.mark.parametrize("lose", LOST.values(), ids=LOST)
@pytest.mark.parametrize("name", [name for name in PAGES if name != "leave_child"])
def test_lost_access_says_so_and_whom_to_call(ana, rivera, visit, lose, name):
    lose()
    answer = ask(ana, name, rivera.mateo, visit)
    assert answer.status_code == 403
    assert "tel:6145550100" in answer.text
    assert not any(secret in answer.text for secret in (SECRET_TYPE, "Feldman", "Court"))
    assert AuditEvent.objects.first().detail["why"] == "no_access"


@pytest.mark.parametrize("name", PAGES)
def test_a_pending_child_is_not_open_yet(ana, by, rivera, sofia, visit, name):
    steps.issued(by, sofia)
    answer = ask(ana, name, rivera.sofia, book(rivera.sofia, timedelta(days=1)))
    assert answer.status_code == 403
    assert "To finish, use the PIN on your sheet." in answer.text


@pytest.mark.parametrize("name", PAGES)
def test_a_child_with_removed_access_is_not_found(ana, by, mateo, rivera, visit, name):
    registration.remove(family_contact=mateo, reason="Moved", by=by)
    assert ask(ana, name, rivera.mateo, visit).status_code == 404


@pytest.mark.parametrize("name", PAGES)
def test_roles_and_methods(ana, rivera, visit, name):
    url = address(name, rivera.mateo, visit)
    expected = {"get": "not found", "post": "not found"}
    method = "post" if name in POSTED else "get"
    for role in sorted(steps.EVERYBODY - {"family"}):
        answer = getattr(steps.client_of(role), method)(url)
        assert steps.outcome(answer) == ("sign in" if role == "anonymous" else "refused")
    assert steps.outcome(getattr(steps.client_of("family"), method)(url)) == expected[method]
    methods = {"get", "head", "post", "put", "patch", "delete"}
    taken = {"post"} if name in POSTED else {"get", "head", *(["post"] if name == "leave_child" else [])}
    assert {each for each in methods - taken if getattr(ana, each)(url).status_code == 405} == methods - taken


# --- One line, and as many queries as ever --------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "action"),
    [
        ("child", "children.viewed"),
        ("child_history", "children.viewed"),
        ("child_visit", "children.exported"),
        ("child_pdf", "children.exported"),
        ("child_json", "children.exported"),
        ("leave_child", "children.viewed"),
    ],
)
def test_each_page_leaves_one_line(ana, rivera, visit, name, action):
    before = steps.trail()
    ask(ana, name, rivera.mateo, visit)
    assert steps.trail()[len(before) :] == [(action, rivera.mateo.pk)]


@pytest.mark.parametrize("name", PAGES)
def test_queries_do_not_grow_with_visits_people_and_history(ana, by, rivera, visit, as_clinician, name):
    book(rivera.mateo, -timedelta(days=100))
    as_clinician.get(reverse("patients:chart", args=[rivera.mateo.pk]))
    ask(ana, name, rivera.mateo, visit)
    before = steps.queries(lambda: ask(ana, name, rivera.mateo, visit))
    for number in range(4):
        book(rivera.mateo, timedelta(days=number + 4))
        book(rivera.mateo, -timedelta(days=number + 4))
        as_clinician.get(reverse("patients:chart", args=[rivera.mateo.pk]))
    steps.registered(by, rivera.link(rivera.luis, rivera.mateo), email="luis.rivera@mail.example")
    assert steps.queries(lambda: ask(ana, name, rivera.mateo, visit)) == before


# --- Leaving -------------------------------------------------------------------------------------


def test_leave_asks_first_and_changes_nothing(ana, mateo, rivera):
    page = ask(ana, "leave_child", rivera.mateo).text
    assert "Ask the practice for a new PIN." in page
    assert Registration.objects.get(family_contact=mateo).status == "registered"


def test_leave_ends_access_tells_staff_and_can_be_undone_by_a_pin(ana, by, mateo, rivera, as_front_desk):
    answer = ana.post(address("leave_child", rivera.mateo), follow=True)
    assert "You can no longer see this child here." in answer.text
    assert "No child is in your account yet." in answer.text
    assert ("registration.left", rivera.mateo.pk) in steps.trail()
    history = as_front_desk.get(reverse("desk:history", args=[rivera.mateo.pk])).text
    assert "Removed" in history
    assert "The family’s own wish" in history
    assert ana.get(address("child", rivera.mateo)).status_code == 404
    number = steps.issued(by, mateo)["Mateo"]
    steps.prove(ana, number, rivera.mateo)
    ana.post(reverse("signup:register_account"))
    assert ana.get(address("child", rivera.mateo)).status_code == 200


def test_leaving_twice_is_leaving_once(ana, rivera):
    url = address("leave_child", rivera.mateo)
    assert [ana.post(url).status_code for _ in range(2)] == [302, 404]
    assert [action for action, _ in steps.trail()].count("registration.left") == 1


def test_the_other_guardian_keeps_access(ana, by, rivera):
    luis = people.signed_in(
        steps.registered(by, rivera.link(rivera.luis, rivera.mateo), email="luis.rivera@mail.example")
    )
    ana.post(address("leave_child", rivera.mateo))
    assert luis.get(address("child", rivera.mateo)).status_code == 200


def test_a_grown_up_child_can_be_taken_off_the_list(ana, rivera):
    make_teen(rivera.mateo, 18)
    assert address("leave_child", rivera.mateo) in ana.get(reverse("family:children")).text
    assert ana.post(address("leave_child", rivera.mateo)).status_code == 302


def test_one_guardian_cannot_leave_for_another(ana, by, oneil, stranger):
    steps.registered(by, stranger, email="maeve@mail.example")
    assert ana.post(address("leave_child", stranger.patient)).status_code == 404
    assert Registration.objects.get(family_contact=stranger).status == "registered"
    assert registration.leave(family_contact=stranger, by=Actor(None, "x")) is True
    assert registration.leave(family_contact=stranger, by=Actor(None, "x")) is False
