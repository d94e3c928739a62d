"""Adding and editing a staff record, and linking a sign-in to it."""

import pytest
from django.urls import reverse

from accounts.models import StaffRecord, User
from audit.models import AuditEvent
from tests import people
from tests.portal import steps

ADD = reverse("office:add_staff_record")


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
    assert event.detail["staff_record"] == added.pk


def test_staff_record_is_changed_and_the_line_says_which_fields(as_administrator, url, record):
    as_administrator.post(url, form(name=record.name, role="clinician", user=record.user_id))
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


def test_a_record_made_inactive_ends_all_access_with_the_next_request(
    as_administrator, as_front_desk, url, record, window_url
):
    assert as_front_desk.get(window_url).status_code == 200
    as_administrator.post(url, form(name=record.name, user=record.user_id, is_active=""))
    assert steps.outcome(as_front_desk.get(window_url)) == "sign in"
    refused = people.signed_in(User.objects.get(pk=record.user_id)).get(window_url)
    assert refused.status_code == 403
    assert "Your staff record “Dana Ortiz” is inactive." in refused.text


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
