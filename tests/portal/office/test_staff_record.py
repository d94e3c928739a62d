"""Adding and editing a staff record, and linking a sign-in to it."""

import pytest
from django.urls import reverse

from accounts.models import StaffRecord, User
from audit.models import AuditEvent
from portal.models import Pin
from tests import people
from tests.audit.test_every_line import just_signed_in
from tests.portal import steps

ADD = reverse("office:add_staff_record")


pytestmark = pytest.mark.postgres


def form(**changes):
    return {"name": "Noa Newcomer", "role": "front_desk", "is_active": "on", "user": "", **changes}


@pytest.fixture
def record(front_desk):
    return front_desk.staff_record


@pytest.fixture
def url(record):
    return reverse("office:staff_record", args=[record.pk])


def test_staff_record_is_added(as_administrator, administrator, unlinked):
    page = as_administrator.post(ADD, form(user=unlinked.pk), follow=True)
    assert page.redirect_chain == [(reverse("office:staff"), 302)]
    assert "Noa Newcomer was saved." in page.text
    added = StaffRecord.objects.get(name="Noa Newcomer")
    assert (added.role, added.is_active, added.user) == ("front_desk", True, unlinked)
    event = AuditEvent.objects.get()
    assert (event.action, event.user) == ("staff_record.changed", administrator)
    assert event.detail == {
        "staff_record": added.pk,
        "changed": "name,role,user",
        "role": "front_desk",
        "role_before": "",
        "account": unlinked.pk,
        "account_before": None,
    }


def test_staff_record_is_changed_and_the_line_says_which_fields(as_administrator, as_front_desk, url, record):
    as_administrator.post(url, form(name=record.name, role="clinician", user=record.user_id))
    assert as_front_desk.get("/patients/").status_code == 200  # nothing was lost
    record.refresh_from_db()
    assert (record.name, record.role, record.is_active) == ("Dana Ortiz", "clinician", True)
    assert AuditEvent.objects.get().detail == {
        "staff_record": record.pk,
        "changed": "role",
        "role": "clinician",
        "role_before": "front_desk",
    }


def test_a_sign_in_can_issue_pins_right_after_it_is_linked(as_administrator, as_unlinked, unlinked, mateo):
    issue, ticked = reverse("desk:issue", args=[mateo.pk]), {"child": mateo.pk}
    assert as_unlinked.post(issue, ticked).status_code == 403
    as_administrator.post(ADD, form(user=unlinked.pk))
    answer = as_unlinked.post(issue, ticked)
    assert answer.status_code == 200
    assert "1 PIN issued." in answer.text


def losses(record, other):
    """Changes that take something away from the user of the record, and the refusal that the user reads then."""
    kept = {"name": record.name, "user": record.user_id}
    unlinked = "is not linked to a staff record"
    return {
        "unlinked": (kept | {"user": ""}, unlinked),
        "linked to another": (kept | {"user": other.pk}, unlinked),
        "inactive": (kept | {"is_active": ""}, "Your staff record “Dana Ortiz” is inactive."),
        "unlinked and inactive": (kept | {"user": "", "is_active": ""}, unlinked),
        "smaller role": (kept | {"role": "viewer"}, "Your role (Viewer) does not allow you to"),
        "other role": (kept | {"role": "auditor"}, "Your role (Auditor) does not allow you to"),
    }


@pytest.mark.parametrize(
    "loss", ["unlinked", "linked to another", "inactive", "unlinked and inactive", "smaller role", "other role"]
)
def test_taking_permissions_away_signs_out_after_saying_so(
    as_administrator, administrator, front_desk, unlinked, url, record, mateo, loss
):
    client, second = just_signed_in(front_desk), just_signed_in(front_desk)
    issue, ticked = reverse("desk:issue", args=[mateo.pk]), {"child": mateo.pk}
    change, words = losses(record, unlinked)[loss]
    before = steps.everything_but(AuditEvent)
    for agreed in ({}, {"agreed": "x"}, {"agreed": administrator.pk}):
        page = as_administrator.post(url, form(**change, **agreed))
        assert "Nothing is saved yet. If you save, Dana Ortiz is signed out everywhere." in page.text
        assert f'name="agreed" value="{front_desk.pk}"' in page.text
        assert "issue, show, print, or revoke PINs</li>" in page.text
    assert steps.everything_but(AuditEvent) == before
    assert not AuditEvent.objects.filter(action="staff_record.changed").exists()
    page = as_administrator.post(url, form(**change, agreed=front_desk.pk), follow=True)
    assert f"{front_desk.email} is signed out everywhere." in page.text
    for each in (client, second):
        assert steps.outcome(each.post(issue, ticked)) == steps.outcome(each.get("/patients/")) == "sign in"
    assert not Pin.objects.exists()
    (line,) = AuditEvent.objects.filter(action="staff_record.changed")
    assert (line.user, line.detail["sessions"]) == (administrator, 2)
    assert not AuditEvent.objects.filter(action="sessions.ended").exists()
    refused = people.signed_in(User.objects.get(pk=front_desk.pk)).post(issue, ticked)
    assert refused.status_code == 403
    assert words in refused.text


def test_unlinking_says_which_sign_in_it_was(as_administrator, url, record, front_desk):
    as_administrator.post(url, form(name=record.name, user="", agreed=front_desk.pk))
    assert AuditEvent.objects.get().detail == {
        "staff_record": record.pk,
        "changed": "user",
        "account": None,
        "account_before": front_desk.pk,
        "sessions": 0,
    }


def test_an_agreement_is_only_for_the_user_it_named(as_administrator, url, record, front_desk, unlinked):
    StaffRecord.objects.filter(pk=record.pk).update(user=unlinked)  # by a colleague, meanwhile
    page = as_administrator.post(url, form(name=record.name, user="", agreed=front_desk.pk))
    assert f'name="agreed" value="{unlinked.pk}"' in page.text
    record.refresh_from_db()
    assert record.user == unlinked


@pytest.mark.parametrize("former", ["auditor", "clinician"])
def test_nobody_gains_by_losing_the_staff_record(as_administrator, former, request, rivera):
    """An auditor saw no charts until the record was taken away; a dismissed doctor still saw them."""
    user = request.getfixturevalue(former)
    record = user.staff_record
    url = reverse("office:staff_record", args=[record.pk])
    as_administrator.post(url, form(name=record.name, role=record.role, user="", agreed=user.pk))
    client = people.signed_in(User.objects.get(pk=user.pk))
    for address in ["/patients/", "/schedule/", reverse("patients:chart", args=[rivera.mateo.pk]), "/practice-portal/"]:
        assert (address, client.get(address).status_code) == (address, 403)
    assert client.post("/patients/", {"query": "rivera"}).status_code == 403


@pytest.mark.parametrize("method", ["get", "post"])
def test_staff_record_roles(url, method):
    assert steps.allowed_roles(method, url) == {"administrator"}


@pytest.mark.parametrize("method", ["get", "post"])
def test_add_staff_record_roles(db, method):
    assert steps.allowed_roles(method, ADD) == {"administrator"}


def test_staff_record_other_methods(as_administrator, url):
    assert steps.refused_methods(as_administrator, url) == {"put", "patch", "delete"}
    assert steps.refused_methods(as_administrator, ADD) == {"put", "patch", "delete"}


def test_staff_record_of_nobody(as_administrator, unknown):
    for number in unknown:
        assert as_administrator.get(reverse("office:staff_record", args=[number])).status_code == 404


def test_staff_record_offers_only_free_staff_sign_ins(as_administrator, url, front_desk, unlinked, family_user):
    offered = as_administrator.get(url).context["form"].fields["user"].queryset
    assert list(offered) == [front_desk, unlinked]


def test_a_new_staff_record_offers_only_free_staff_sign_ins(as_administrator, front_desk, unlinked, family_user):
    offered = as_administrator.get(ADD).context["form"].fields["user"].queryset
    assert list(offered) == [unlinked]
    page = as_administrator.post(ADD, form(user=family_user.pk))
    assert page.status_code == 200
    assert not StaffRecord.objects.filter(user=family_user).exists()


@pytest.mark.parametrize("whose", ["another's", "a family's", "nobody's", "text"])
def test_staff_record_takes_no_sign_in_it_does_not_offer(as_administrator, url, clinician, family_user, whose):
    number = {"another's": clinician.pk, "a family's": family_user.pk, "nobody's": 999_999, "text": "x"}[whose]
    before = steps.everything_but()
    page = as_administrator.post(url, form(user=number))
    assert "Select a valid choice." in page.text
    assert steps.everything_but() == before


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"name": ""}, "This field is required."),
        ({"name": "x" * 101}, "at most 100 characters"),
        ({"name": "\0"}, "Null characters are not allowed."),
        ({"role": "owner"}, "Select a valid choice."),
    ],
)
def test_staff_record_says_what_is_wrong_and_saves_nothing(as_administrator, url, changes, message):
    before = steps.everything_but()
    assert message in as_administrator.post(url, form(**changes)).text
    assert steps.everything_but() == before


def test_staff_record_ignores_extra_fields(as_administrator, clinician, url, record, front_desk):
    extra = {"id": clinician.staff_record.pk, "pk": "1", "email": "evil@mail.example", "kind": "family"}
    as_administrator.post(url, form(user=front_desk.pk, **extra))
    record.refresh_from_db()
    front_desk.refresh_from_db()
    assert (record.name, front_desk.email, front_desk.kind) == ("Noa Newcomer", "dana@sunnyside.example", "staff")
    assert StaffRecord.objects.get(user=clinician).name == "Priya Shah"


def test_staff_record_queries_do_not_grow_with_the_staff(as_administrator, url):
    with_few = steps.queries(lambda: as_administrator.get(url))
    for number in range(30):
        people.staff(f"Nurse{number} Kay", "clinician")
        people.staff_user(f"new{number}@sunnyside.example")
    assert steps.queries(lambda: as_administrator.get(url)) == with_few
