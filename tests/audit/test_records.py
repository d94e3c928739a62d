"""``verify_audit`` compares records with the lines about them: what SQL did to a name is named (attack 20)."""

import pytest
from django.urls import reverse

from accounts import staff
from accounts.family import email_addresses
from accounts.models import EmailCode, StaffRecord, User
from audit import chains, seals, verification
from audit.models import AuditEvent
from audit.trail import Action, Actor, listed, record, record_each
from patients import charts
from patients.models import Patient
from tests import people
from tests.audit.tampering import differences, owner, verified
from tests.portal import steps

pytestmark = [pytest.mark.usefixtures("db"), pytest.mark.postgres]

ADDRESS = "192.0.2.10"


@pytest.fixture
def seen(front_desk, administrator, rivera):
    """Both have looked at charts, so lines say what everyone was called."""
    for user in (front_desk, administrator):
        for child in (rivera.mateo, rivera.sofia):
            look(user, child)


def look(user, child):
    charts.view(by=Actor(user, ADDRESS), patient=child, tab="basic_info")


def swap(one, other, field):
    """As the owner of the database does it with SQL, past every rule."""
    values = getattr(one, field), getattr(other, field)
    rows = type(one).objects
    rows.filter(pk=one.pk).update(**{field: "between"})
    rows.filter(pk=other.pk).update(**{field: values[0]})
    rows.filter(pk=one.pk).update(**{field: values[1]})


# --- What SQL did --------------------------------------------------------------------------------


def test_swapped_e_mails_are_named_and_the_trail_still_shows_the_right_one(
    capsys, tmp_path, seen, front_desk, administrator, as_auditor
):
    swap(front_desk, administrator, "email")
    checkpoint = tmp_path / "checkpoint.json"
    code, said = verified(capsys, "--checkpoint", str(checkpoint))
    assert code == 1
    was, is_now = "dana@sunnyside.example", "morgan@sunnyside.example"
    assert f"Sign-in {front_desk.pk}: the e-mail is {is_now}. The trail says {was} (line " in said
    assert f"Sign-in {administrator.pk}: the e-mail is {was}. The trail says {is_now} (line " in said
    assert "Records were CHANGED without a line in the trail: 2 findings" in said
    assert checkpoint.exists()  # the trail itself is intact
    entries = as_auditor.get(reverse("office:audit")).context["entries"]
    assert {entry.who for entry in entries if entry.event.user_id == front_desk.pk} == {was}


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"name": "Someone Else"}, "the name is Someone Else. The trail says Dana Ortiz"),
        ({"role": "administrator"}, "the role is administrator. The trail says front_desk"),
        ({"is_active": False}, "the state is inactive. The trail says active"),
        ({"user": None}, "the linked sign-in is None. The trail says "),
    ],
)
def test_a_changed_staff_record_is_named(seen, front_desk, change, words):
    record = front_desk.staff_record
    StaffRecord.objects.filter(pk=record.pk).update(**change)
    (said,) = differences()
    assert said.startswith(f"Staff record {record.pk}: {words}")


def test_a_sign_in_enabled_again_is_named(administrator, front_desk, rivera):
    staff.disable(user=front_desk, by=Actor(administrator, ADDRESS))
    assert differences() == []
    User.objects.filter(pk=front_desk.pk).update(is_active=True)
    (said,) = differences()
    assert said.startswith(f"Sign-in {front_desk.pk}: the state is active. The trail says inactive (line ")


def test_changed_chart_numbers_are_named_and_the_trail_still_shows_the_right_ones(seen, rivera, as_auditor, front_desk):
    charts.view_list(by=Actor(front_desk, ADDRESS), page="search", patient_ids=[rivera.mateo.pk, rivera.carmen.pk])
    swap(rivera.mateo, rivera.sofia, "chart_number")
    said = differences()
    assert len(said) == 2
    assert said[0].startswith(f"Patient {rivera.mateo.pk}: the chart number is 100002. The trail says 100001 (line ")
    entries = as_auditor.get(reverse("office:audit")).context["entries"]
    assert {each.chart_number for each in entries if each.event.patient_id == rivera.mateo.pk} == {"100001"}
    assert f"patients shown 100001 {rivera.carmen.chart_number}" in entries[0].details
    exported = as_auditor.post(reverse("office:export_audit"), {"action": "patient.viewed"}).getvalue().decode()
    assert exported.count(f"100001,{rivera.mateo.pk},") == 2


def test_a_deleted_patient_is_named(front_desk):
    child = people.patient("200001", "Kim", "Moore", None)
    look(front_desk, child)
    Patient.objects.filter(pk=child.pk).delete()
    (said,) = differences()
    assert said.startswith(f"Patient {child.pk} (chart number 200001) is gone. The trail names it: line ")


def test_another_change_through_the_product_does_not_hide_it(seen, rivera, front_desk):
    Patient.objects.filter(pk=rivera.mateo.pk).update(chart_number="999")
    patient = Patient.objects.get(pk=rivera.mateo.pk)
    patient.phone = "+1 212 555 0199"
    charts.change(by=Actor(front_desk, ADDRESS), patient=patient, fields=["phone"])
    (said,) = differences()
    assert "the chart number is 999. The trail says 100001" in said


def test_a_change_that_was_undone_is_named_by_the_line_from_between(seen, rivera, front_desk):
    Patient.objects.filter(pk=rivera.mateo.pk).update(chart_number="999")
    look(front_desk, rivera.mateo)
    Patient.objects.filter(pk=rivera.mateo.pk).update(chart_number="100001")
    (said,) = differences()
    assert "the chart number is 999 in line " in said
    assert "but no line says that it was changed" in said


# --- What the product did ------------------------------------------------------------------------


def test_changes_through_the_product_raise_no_alarm(seen, administrator, as_administrator, front_desk, rivera):
    by = Actor(administrator, ADDRESS)
    record = front_desk.staff_record
    address = reverse("office:staff_record", args=[record.pk])
    sent = {
        "name": "Dana Lopez",
        "role": "clinician",
        "is_active": "on",
        "user": front_desk.pk,
        "agreed": front_desk.pk,
    }
    for change in ({}, {"is_active": ""}, {"user": ""}, {"name": "Dana"}):
        assert as_administrator.post(address, sent | change).status_code == 302
        assert differences() == []
    staff.disable(user=front_desk, by=by)
    staff.enable(user=front_desk, by=by)
    waiting = StaffRecord.objects.create(name="Jordan Lee", role="front_desk")
    staff.invite(staff_record=waiting, email="jordan@sunnyside.example", by=by)
    child = charts.add(by=by, patient=Patient(chart_number="300001", given_name="Kim", family_name="Moore"))
    child.chart_number = "300002"
    charts.change(by=by, patient=child, fields=["chart_number"])
    look(front_desk, child)
    assert differences() == []


def test_a_family_s_new_e_mail_raises_no_alarm(family_user):
    by = Actor(family_user, ADDRESS)
    record(actor=by, action=Action.SIGNED_IN)
    EmailCode.objects.create(
        user=family_user, email="new@mail.example", digest=email_addresses._digest(family_user, "new@mail.example", "1")
    )
    assert email_addresses.confirm(user=family_user, code="1", by=by) == email_addresses.Outcome.DONE
    record(actor=by, action=Action.SIGNED_OUT)
    assert differences() == []
    assert AuditEvent.objects.filter(names__user__email="stranger@mail.example").exists()


def test_a_change_while_the_trail_is_read_raises_no_alarm(seen, rivera, front_desk):
    """Its line is in a chain that was read before, and the record is compared after."""
    by, busy = Actor(front_desk, ADDRESS), chains._last.chain
    chains._last.chain = busy + 1
    look(front_desk, rivera.mateo)

    def change(_words):
        if not AuditEvent.objects.filter(action="patient.changed").exists() and len(read) == 1:
            chains._last.chain = busy
            patient = Patient.objects.get(pk=rivera.mateo.pk)
            patient.chart_number = "400001"
            charts.change(by=by, patient=patient, fields=["chart_number"])
        read.append(1)

    said, read = [], []
    report = verification.verify(say=said.append, progress=change)
    assert (said, report.lines, len(read)) == ([], 6, 3)


# --- The lines -----------------------------------------------------------------------------------


def test_a_line_has_the_names_of_all_it_means(front_desk, administrator, rivera):
    details = {"account": administrator.pk, "patients": listed([rivera.sofia.pk])}
    record(actor=Actor(front_desk, ADDRESS), action=Action.PATIENT_VIEWED, patient_id=rivera.mateo.pk, **details)
    dana, morgan = front_desk.staff_record, administrator.staff_record
    their = {"role": "front_desk", "state": "active", "sign_in": front_desk.pk}
    assert AuditEvent.objects.get().names == {
        "user": {"email": "dana@sunnyside.example", "state": "active"},
        "staff_record": {"id": dana.pk, "name": "Dana Ortiz", **their},
        "patient": {"chart_number": "100001"},
        "others": {
            "user": {str(administrator.pk): {"email": "morgan@sunnyside.example", "state": "active"}},
            "staff_record": {
                str(morgan.pk): {
                    "name": "Morgan Lee",
                    "role": "administrator",
                    "state": "active",
                    "sign_in": administrator.pk,
                }
            },
            "patient": {str(rivera.sofia.pk): {"chart_number": "100002"}},
        },
    }


def test_names_cost_no_query(front_desk, administrator, rivera):
    by = Actor(front_desk, ADDRESS)
    alone = steps.queries(lambda: record(actor=Actor(None, ADDRESS), action=Action.PIN_REFUSED))
    one = steps.queries(
        lambda: record(
            actor=by, action=Action.PATIENT_VIEWED, patient_id=rivera.mateo.pk, account=administrator.pk, patients=" 1 "
        )
    )
    numbers = [child.pk for child in rivera.children]
    four = steps.queries(lambda: record_each(actor=by, action=Action.CHILDREN_VIEWED, patient_ids=numbers))
    assert alone == one == four
    lines = AuditEvent.objects.filter(action="children.viewed")
    assert {line.names["patient"]["chart_number"] for line in lines} == {
        child.chart_number for child in rivera.children
    }


def test_a_line_from_before_names_were_sealed_keeps_its_seal_and_shows_today_s_names(seen, front_desk, as_auditor):
    line = AuditEvent.objects.order_by("pk").first()
    columns = ["id", "chain_id", "number", "at", "action", "user_id", "patient_id", "address", "detail", "key_id"]
    values = [getattr(line, name) for name in columns]
    values[3] = line.at.isoformat(timespec="microseconds")
    key = seals.KEYS.get(line.key_id)
    line.names = None
    assert seals.line_mac(key, chains.as_sealed(line)) == key.mac("line", seals._canonical(values))
    owner("UPDATE audit_auditevent SET names = NULL WHERE id = %s", line.pk)
    StaffRecord.objects.filter(user=front_desk).update(name="Dana Lopez")
    entries = as_auditor.get(reverse("office:audit")).context["entries"]
    shown = {(entry.staff_record, entry.who) for entry in entries if entry.event.pk == line.pk}
    assert shown == {("Dana Lopez", "dana@sunnyside.example")}


def test_the_filters_find_rows_by_the_names_of_that_time(as_auditor, front_desk, administrator, rivera):
    by, address = Actor(front_desk, ADDRESS), reverse("office:audit")
    record(actor=by, action=Action.SIGNED_IN)
    child = charts.add(by=by, patient=Patient(chart_number="500001", given_name="Kim", family_name="Moore"))
    child.chart_number = "500002"
    charts.change(by=by, patient=child, fields=["chart_number"])
    StaffRecord.objects.filter(user=front_desk).update(name="Dana Lopez")
    for sent in ({"who": "ortiz"}, {"who": "lopez"}, {"patient": "500001"}, {"patient": "500002"}):
        found = [entry.event.action for entry in as_auditor.post(address, sent).context["entries"]]
        assert (
            found[-2:] == ["patient.added", "sign_in.succeeded"]
            if "who" in sent
            else ["patient.changed", "patient.added"]
        )
