"""Extra fields sent to forms that set identity and permissions (attack 10)."""

from django.urls import reverse

from accounts.models import StaffRecord
from audit.models import AuditEvent
from patients.models import Contact, FamilyContact, Patient
from tests import people
from tests.patients import test_charts, test_family_contacts
from tests.portal.steps import everything_but

EXTRA = {
    "is_staff": "1", "is_superuser": "1", "kind": "staff", "id": "1", "pk": "1", "user_id": "1", "is_staff_member": "1",
    "registered_at": "2001-01-01", "portal_status": "registered", "expires_at": "2999-01-01", "confirmed": "1",
}  # fmt: skip


def test_signing_in_makes_nobody_staff(client, family_user):
    sent = {"login": family_user.email, "password": people.PASSWORD, "role": "administrator", "user": "1"}
    client.post(reverse("account_login"), {**sent, **EXTRA})
    family_user.refresh_from_db()
    assert (family_user.kind, StaffRecord.objects.count()) == ("family", 0)
    assert client.get(reverse("patients:search")).status_code == 403


def test_editing_one_staff_record_touches_no_other_and_no_sign_in(as_administrator, front_desk, family_user):
    record = front_desk.staff_record
    before = everything_but(StaffRecord, AuditEvent)
    sent = {"name": "Dana O.", "role": "clinician", "is_active": "on", "user": front_desk.pk}
    as_administrator.post(
        reverse("office:staff_record", args=[record.pk]), {**sent, **EXTRA, "email": "x@mail.example", "password": "x"}
    )
    record.refresh_from_db()
    assert (record.name, record.user) == ("Dana O.", front_desk)
    assert everything_but(StaffRecord, AuditEvent) == before


def test_a_staff_record_takes_no_family_s_sign_in(as_administrator, front_desk, family_user):
    sent = {"name": "Dana O.", "role": "administrator", "is_active": "on", "user": family_user.pk}
    page = as_administrator.post(reverse("office:staff_record", args=[front_desk.staff_record.pk]), sent)
    assert page.status_code == 200
    assert not StaffRecord.objects.filter(user=family_user).exists()


def test_editing_a_chart_changes_what_the_form_has_and_no_other_patient(as_front_desk, rivera):
    others = list(Patient.objects.exclude(pk=rivera.mateo.pk).order_by("pk").values())
    sent = test_charts.form_of(rivera.mateo, given_name="Matthew")
    extra = {"patient": rivera.sofia.pk, "patient_id": rivera.sofia.pk, "confirmed_given_name": "Baby Boy"}
    as_front_desk.post(reverse("patients:edit", args=[rivera.mateo.pk]), {**sent, **EXTRA, **extra})
    changed = Patient.objects.get(pk=rivera.mateo.pk)
    assert (changed.given_name, changed.confirmed_given_name) == ("Matthew", rivera.mateo.confirmed_given_name)
    assert list(Patient.objects.exclude(pk=rivera.mateo.pk).order_by("pk").values()) == others


def test_editing_a_family_contact_moves_it_to_nobody(as_front_desk, rivera, oneil):
    link = rivera.link(rivera.ana, rivera.mateo)
    extra = {"patient": oneil.nora.pk, "contact": oneil.maeve.pk, "is_active": "", "user": "1", "account": "1"}
    sent = test_family_contacts.form_of(link, email="new@mail.example")
    as_front_desk.post(test_family_contacts.url_of(link), {**sent, **EXTRA, **extra})
    changed = FamilyContact.objects.get(pk=link.pk)
    assert (changed.patient, changed.contact, changed.is_active) == (rivera.mateo, rivera.ana, True)
    assert Contact.objects.get(pk=rivera.ana.pk).email == "new@mail.example"
    assert Contact.objects.get(pk=oneil.maeve.pk).email == oneil.maeve.email
