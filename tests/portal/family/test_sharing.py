"""An adult patient gives and withdraws consent in the own account (R17)."""

import pytest
from django.urls import reverse

from audit.models import AuditEvent
from audit.trail import Actor
from patients.models import Contact, FamilyContact
from portal import registration
from portal.models import Account, Registration
from tests import people
from tests.portal import steps

pytestmark = pytest.mark.postgres


@pytest.fixture
def by(front_desk):
    return Actor(front_desk, "192.0.2.1")


def own_account(by, patient):
    contact = Contact.objects.create(
        given_name=patient.given_name, family_name=patient.family_name, birth_date=patient.birth_date
    )
    own = people.link(contact, patient, role=people.Role.SELF)
    return people.signed_in(steps.registered(by, own, email=f"{patient.given_name.lower()}@mail.example"))


def url_of(patient):
    return reverse("family:sharing", args=[patient.pk])


def test_an_adult_allows_a_parent_and_withdraws_it(by, rivera):
    carmen, link = own_account(by, rivera.carmen), rivera.link(rivera.ana, rivera.carmen)
    assert "Who may see my page" in carmen.get(reverse("family:child", args=[rivera.carmen.pk])).text
    page = carmen.get(url_of(rivera.carmen))
    assert [person.name for person in page.context["people"]] == ["Ana Rivera", "Luis Rivera", "Elena Rivera"]
    assert AuditEvent.objects.filter(action="children.viewed", detail__page="sharing").count() == 1
    said = carmen.post(url_of(rivera.carmen), {"allow": link.pk}, follow=True)
    assert "This person may see your page now." in said.text
    ana = people.signed_in(steps.registered(by, link, email="ana@mail.example"))
    assert ana.get(reverse("family:child", args=[rivera.carmen.pk])).status_code == 200
    said = carmen.post(url_of(rivera.carmen), {"withdraw": link.pk}, follow=True)
    assert "This person can no longer see your page." in said.text
    assert ana.get(reverse("family:child", args=[rivera.carmen.pk])).status_code == 404
    assert ana.post(reverse("family:child_pdf", args=[rivera.carmen.pk])).status_code == 404
    assert Registration.objects.get(family_contact=link).status == "ended"
    actions = list(
        AuditEvent.objects.filter(action__contains="consent").values_list("action", flat=True).order_by("pk")
    )
    assert actions == ["consent.given", "consent.withdrawn"]
    carmen.post(url_of(rivera.carmen), {"allow": link.pk})
    assert ana.get(reverse("family:child", args=[rivera.carmen.pk])).status_code == 404  # until there is a new PIN
    assert registration.issue(contact=rivera.ana, family_contact_ids=[link.pk], by=by).new == [link.pk]


def test_pressing_twice_records_once(by, rivera):
    carmen, link = own_account(by, rivera.carmen), rivera.link(rivera.ana, rivera.carmen)
    for _ in range(2):
        carmen.post(url_of(rivera.carmen), {"allow": link.pk})
    assert AuditEvent.objects.filter(action="consent.given").count() == 1


def test_nobody_else_decides(by, rivera):
    """Not a teen, not a parent, not about other patients, and not against the practice or a court."""
    teen = people.patient("100009", "Rosa", "Rivera", people.years_ago(15))
    people.link(rivera.ana, teen)
    assert own_account(by, teen).get(url_of(teen)).status_code == 404
    ana = people.signed_in(steps.registered(by, rivera.link(rivera.ana, rivera.mateo), email="ana@mail.example"))
    assert ana.get(url_of(rivera.mateo)).status_code == 404
    carmen = own_account(by, rivera.carmen)
    links = [rivera.link(rivera.ana, rivera.carmen), rivera.link(rivera.luis, rivera.carmen)]
    FamilyContact.objects.filter(pk=links[0].pk).update(level="none", restriction_reason="Court order")
    FamilyContact.objects.filter(pk=links[1].pk).update(basis="guardianship")
    others = [rivera.link(rivera.ana, rivera.mateo)]
    for number in [*(link.pk for link in links + others), "", "x", "9" * 30]:
        assert carmen.post(url_of(rivera.carmen), {"allow": number}).status_code == 404
        assert carmen.post(url_of(rivera.carmen), {"withdraw": number}).status_code == 404
    assert not FamilyContact.objects.filter(basis="consent").exists()
    assert Account.objects.count() == 3
