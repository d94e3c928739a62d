"""Runs of sheets: planned, carried out, interrupted, continued (issue 3, R4, R10)."""

import io
import os
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from datetime import timedelta

import pypdf
import pypdfium2
import pytest
import time_machine
import zxingcpp
from django.conf import settings as django_settings
from django.db import connection, connections
from django.utils import timezone

from audit.models import AuditEvent
from audit.trail import Actor
from patients.ages import today
from patients.models import FamilyContact, Patient
from portal import family_answers, registration, worklist
from portal.desk import runs
from portal.models import Pin, PinSheet, Registration, SheetRun
from portal.pins.numbers import grouped
from portal.pins.sealing import unseal
from portal.refusals import NothingToPrint, RunIsUnderWay
from portal.sheets import printing
from practice.models import Practice
from tests import people
from tests.portal import days, steps

pytestmark = pytest.mark.postgres

ROOT = django_settings.BASE_DIR


@pytest.fixture
def by(front_desk):
    return Actor(front_desk, "192.0.2.1")


def planned(by, *contacts):
    """A run of today's list, of these contacts or of all."""
    families = worklist.read(today()).families
    return runs.plan(
        day=today(), families=[each for each in families if not contacts or each.contact in contacts], by=by
    )


def state(run):
    return runs.read(run).state


def assert_nobody_is_lost_and_nobody_has_two(run):
    """Every child of the run has one active PIN, on a printed sheet; every family is printed."""
    report = runs.read(run)
    assert report.state == "printed"
    assert all(family.is_done and family.is_printed for family in report.families)
    children = FamilyContact.objects.filter(contact__in=[family.contact for family in report.families])
    active = Counter(Pin.objects.filter(state="active").values_list("registration__family_contact", flat=True))
    assert active == Counter(children.values_list("pk", flat=True))
    assert Pin.objects.count() == len(active)
    assert not Pin.objects.filter(printed_at=None).exists()
    assert AuditEvent.objects.filter(action="pin.issued").count() == len(active)


@pytest.mark.usefixtures("db")
class TestRun:
    def test_dry_run_counts_what_will_happen_and_issues_nothing(self, by, rivera, oneil):
        days.comes(rivera.mateo)
        days.comes(oneil.nora, at="10:00")
        steps.issued(by, oneil.link(oneil.maeve, oneil.nora))
        report = runs.read(planned(by))
        assert (report.state, report.pins, report.ready, report.sheets, report.left_out) == ("planned", 3, 1, 2, 2)
        assert {row.patient.given_name for row, _ in report.families[0].left_out} == {"Baby Boy", "Carmen"}
        assert Pin.objects.count() == 1

    def test_dry_run_is_computed_at_that_moment(self, by, rivera):
        days.comes(rivera.mateo)
        run = planned(by)
        Patient.objects.filter(pk=rivera.baby.pk).update(given_name="Diego")
        Patient.objects.filter(pk=rivera.sofia.pk).update(status="inactive")
        family = runs.read(run).families[0]
        assert {row.patient.given_name for row in family.issue} == {"Mateo", "Diego"}

    def test_carry_out_gives_each_family_a_page_in_the_order_of_appointments(self, by, rivera, oneil):
        days.comes(oneil.nora, at="09:00")
        days.comes(rivera.mateo, at="10:00")
        run = planned(by)
        pages = list(pypdfium2.PdfDocument(runs.carry_out(run=run, by=by)))
        texts = [page.get_textpage().get_text_range() for page in pages]
        assert ["Maeve O'Neil" in texts[0], "Ana Rivera" in texts[1], len(texts)] == [True, True, 2]
        assert SheetRun.objects.get().printed_at == PinSheet.objects.first().printed_at
        assert steps.trail()[-4:] == [
            ("pin.printed", child.pk) for child in (oneil.nora, oneil.liam, rivera.mateo, rivera.sofia)
        ]
        assert ("pin.shown", rivera.mateo.pk) not in steps.trail()

    def test_each_page_has_its_own_family_s_pins_only(self, by):
        days.families(12, children=3)
        document = runs.carry_out(run=planned(by), by=by)
        pages = list(pypdfium2.PdfDocument(document))
        assert len(pages) == 12
        for page, printed in zip(pages, PinSheet.objects.order_by("pk"), strict=True):
            text = page.get_textpage().get_text_range()
            own = {unseal(pin.sealed) for pin in printed.pins.all()}
            others = {unseal(pin.sealed) for pin in Pin.objects.exclude(sheets=printed)}
            assert printed.contact.name in text
            assert all(grouped(number) in text for number in own)
            assert not any(grouped(number) in text for number in others)
            (code,) = zxingcpp.read_barcodes(page.render(scale=2).to_pil())
            assert set(code.text.split("#")[1].split(",")) == own

    def test_the_joined_pdf_is_tagged_and_each_page_in_its_language(self, by):
        Practice.objects.create(pk=1, name="Sunnyside Pediatrics")
        days.families(11)  # more than are laid out at a time
        days.families(2, first=11, language="es")
        document = runs.carry_out(run=planned(by), by=by)
        reader = pypdf.PdfReader(io.BytesIO(document))
        assert len(reader.pages) == 13
        assert reader.metadata.title == "Portal PINs from Sunnyside Pediatrics"
        assert reader.root_object["/Lang"] == "en"
        assert reader.root_object["/MarkInfo"]["/Marked"]
        assert all("/StructParents" in page for page in reader.pages)
        assert tags(reader.root_object["/StructTreeRoot"])["/H1"] == 13
        assert b"pdfuaid" in reader.root_object["/Metadata"].get_data()
        texts = [page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(document)]
        assert ["contraseña" in text for text in texts] == [False] * 11 + [True] * 2

    def test_what_has_changed_is_left_out_with_the_reason(self, by, rivera, oneil):
        mothers = days.families(4)
        days.comes(rivera.mateo, at="18:00")
        days.comes(oneil.nora, at="18:30")
        run = planned(by)
        FamilyContact.objects.filter(contact=mothers[0]).update(authority="none")
        steps.registered(by, *mothers[1].family_contacts.all())
        family_answers.decline_family(contact=mothers[2], reason="No phone", by=by)
        family_answers.postpone(contact=mothers[3], until=today() + timedelta(days=3), reason="Later", by=by)
        runs.carry_out(run=run, by=by)
        report = runs.read(run)
        reasons = [family.left_out[0][1] for family in report.families[:4]]
        assert "authority" in reasons[0]
        assert reasons[1:3] == ["Already registered.", "Declined: No phone"]
        assert reasons[3].startswith("Ask again on")
        assert [family.is_printed for family in report.families] == [False] * 4 + [True] * 2
        assert report.run.drawn == 2
        assert Registration.objects.filter(family_contact__contact=mothers[2]).get().status == "declined"

    def test_print_again_gives_the_same_pins_and_issues_none(self, by):
        days.families(3, children=2)
        run = planned(by)
        first, again = (steps.pdf_text(runs.carry_out(run=run, by=by)) for _ in range(2))
        assert first == again
        assert PinSheet.objects.count() == 6
        assert_nobody_is_lost_and_nobody_has_two(run)

    def test_a_sheet_that_was_printed_before_is_printed_once_more_with_the_same_pin(self, by):
        (mother,) = days.families(1)
        numbers = steps.printed(by, *mother.family_contacts.all())
        text = steps.pdf_text(runs.carry_out(run=planned(by), by=by))
        assert all(grouped(number) in text for number in numbers.values())

    def test_plans_that_never_started_are_deleted_but_only_the_user_s_own(self, by, clinician):
        days.families(2)
        old, others = planned(by), planned(Actor(clinician, "192.0.2.2"))
        new = planned(by)
        assert set(SheetRun.objects.all()) == {others, new}
        assert old.pk not in {others.pk, new.pk}

    def test_drawing_that_fails_marks_nothing_and_can_be_continued(self, by, settings, tmp_path):
        days.families(3)
        run, templates = planned(by), settings.TEMPLATES
        settings.TEMPLATES = [{**templates[0], "DIRS": [tmp_path], "APP_DIRS": False}]  # no sheet.html there
        with pytest.raises(Exception, match=r"sheet\.html"):
            runs.carry_out(run=run, by=by)
        settings.TEMPLATES = templates
        assert state(run) == "interrupted"  # at once, without waiting for a sign of life
        assert not PinSheet.objects.exists()
        assert set(Pin.objects.values_list("printed_at", flat=True)) == {None}
        assert Pin.objects.count() == 3
        runs.carry_out(run=run, by=by)
        assert_nobody_is_lost_and_nobody_has_two(run)

    def test_a_pin_that_ends_after_drawing_leaves_all_unprinted(self, by):
        mothers = days.families(2)
        for mother in mothers:
            steps.issued(by, *mother.family_contacts.all())
        wanted = [(mother, [link.pk for link in mother.family_contacts.all()]) for mother in mothers]
        drawn = printing.draw_sheets(families=wanted, by=by)
        registration.revoke(family_contact=mothers[1].family_contacts.get(), reason="lost", by=by)
        with pytest.raises(NothingToPrint):
            printing.mark_printed(drawn=drawn, by=by)
        assert not PinSheet.objects.exists()
        assert not Pin.objects.exclude(printed_at=None).exists()

    def test_reading_a_run_takes_as_many_queries_for_30_families_as_for_1(self, by):
        days.families(1, children=2)
        one = planned(by)
        with_one = steps.queries(lambda: runs.read(one))
        days.families(29, first=1, children=2)
        thirty = planned(Actor(people.staff("Kim", "front_desk"), ""))
        assert steps.queries(lambda: runs.read(thirty)) == with_one

    def test_no_pin_is_kept_anywhere(self, by):
        days.families(2)
        runs.carry_out(run=planned(by), by=by)
        kept = str(steps.everything_but())
        for pin in Pin.objects.all():
            assert unseal(pin.sealed) not in kept
            assert grouped(unseal(pin.sealed)) not in kept


def tags(root):
    """How often each tag occurs in the structure tree."""
    count = Counter()

    def walk(element):
        element = element.get_object()
        for kid in element["/K"] if isinstance(element.get("/K"), list) else [element.get("/K")]:
            if kid is not None and not isinstance(kid, int):
                walk(kid)
        count[element.get("/S")] += 1

    walk(root)
    return count


# --- Many at once, and killed in the middle --------------------------------------------------------


def carried_out(run, by, outcomes):
    """Carry out the run in its own thread, and save the result."""

    def work():
        try:
            outcomes.append(type(runs.carry_out(run=run, by=by)).__name__)
        except (RunIsUnderWay, NothingToPrint) as refused:
            outcomes.append(type(refused).__name__)
        finally:
            connections.close_all()

    thread = threading.Thread(target=work)
    thread.start()
    return thread


def wait_until(condition, *, seconds=120):
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.01)


@pytest.mark.slow
@pytest.mark.usefixtures("transactional_db")
class TestAtOnce:
    def test_one_run_started_five_times_at_once_is_carried_out_once(self, by):
        days.families(3, children=2)
        run, outcomes = planned(by), []
        for thread in [carried_out(run, by, outcomes) for _ in range(5)]:
            thread.join()
        assert sorted(outcomes) == ["RunIsUnderWay"] * 4 + ["bytes"]
        assert_nobody_is_lost_and_nobody_has_two(run)

    def test_two_runs_of_the_same_families_in_opposite_order_do_not_wait_for_each_other(self, by, clinician):
        days.families(8, children=2)
        other = Actor(clinician, "192.0.2.2")
        families, outcomes = worklist.read(today()).families, []
        both = [
            runs.plan(day=today(), families=families, by=by),
            runs.plan(day=today(), families=families[::-1], by=other),
        ]
        for thread in [carried_out(run, who, outcomes) for run, who in zip(both, (by, other), strict=True)]:
            thread.join()
        assert outcomes == ["bytes", "bytes"]
        for run in both:
            assert_nobody_is_lost_and_nobody_has_two(run)

    def test_a_pin_revoked_while_the_sheets_are_drawn(self, by):
        mothers = days.families(24)
        run, outcomes = planned(by), []
        thread = carried_out(run, by, outcomes)
        wait_until(lambda: SheetRun.objects.get().drawn)
        registration.revoke(family_contact=mothers[3].family_contacts.get(), reason="Left in the lobby", by=by)
        thread.join()
        assert outcomes == ["NothingToPrint"]
        assert not PinSheet.objects.exists()
        assert state(run) == "interrupted"
        runs.carry_out(run=run, by=by)
        report = runs.read(run)
        assert [family.contact for family in report.families if not family.is_printed] == [mothers[3]]
        assert report.families[3].left_out[0][1] == "Removed: Left in the lobby"


CARRY_OUT = """
import django; django.setup()
from portal.desk import runs
from portal.models import SheetRun
from audit.trail import Actor
run = SheetRun.objects.get()
runs.carry_out(run=run, by=Actor(run.planned_by, "192.0.2.1"))
"""


def database_url():
    """The address of the database that this test uses."""
    in_use = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{in_use['NAME']}"
    return f"postgres://{in_use['USER']}@/{in_use['NAME']}?host={in_use['HOST'] or in_use['OPTIONS'].get('host', '')}"


@pytest.mark.slow
@pytest.mark.usefixtures("transactional_db")
@pytest.mark.parametrize(
    "moment",
    [
        pytest.param(lambda: runs.unfinished(today())[0].done >= 7, id="issuing"),
        pytest.param(lambda: SheetRun.objects.get().drawn, id="drawing"),
    ],
)
def test_killed_in_the_middle_and_continued(by, moment):
    """After ``kill -9`` of another process, no PIN is incomplete and no family is left out or gets two."""
    days.families(24, children=2)
    run = planned(by)
    env = os.environ | {"DATABASE_URL": database_url(), "DJANGO_SETTINGS_MODULE": "tests.settings"}
    process = subprocess.Popen([sys.executable, "-c", CARRY_OUT], cwd=ROOT, env=env)  # noqa: S603
    try:
        wait_until(lambda: SheetRun.objects.exclude(started_at=None).exists() and moment())
        assert state(run) == "running"
        with pytest.raises(RunIsUnderWay):
            runs.carry_out(run=run, by=by)
    finally:
        process.send_signal(signal.SIGKILL)
        process.wait()
    assert not PinSheet.objects.exists()
    assert not Pin.objects.exclude(printed_at=None).exists()
    with time_machine.travel(timezone.now() + runs.ABANDONED_AFTER + timedelta(seconds=1)):
        assert state(run) == "interrupted"
        texts = steps.pdf_text(runs.carry_out(run=run, by=by))
        assert_nobody_is_lost_and_nobody_has_two(run)
    for pin in Pin.objects.all():
        assert grouped(unseal(pin.sealed)) in texts
