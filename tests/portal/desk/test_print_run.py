"""Register and Print, Continue, Print again: the sheets of a run as one PDF."""

import pypdfium2
import pytest
from django.urls import reverse
from django.utils import timezone

from patients.ages import today
from patients.models import FamilyContact
from portal import worklist
from portal.desk import runs
from portal.models import Pin, PinSheet, SheetRun
from portal.pins.numbers import grouped
from portal.pins.sealing import unseal
from tests.portal import days, steps


@pytest.fixture
def run(by, rivera, stranger):
    days.comes(rivera.mateo, at="09:00")
    days.comes(stranger.patient, at="10:00")
    return runs.plan(day=today(), families=worklist.read(today()).families, by=by)


@pytest.fixture
def url(run):
    return reverse("desk:print_run", args=[run.pk])


def test_print_run_answers_with_a_sheet_for_each_family(as_front_desk, url):
    answer = as_front_desk.post(url)
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "application/pdf")
    assert answer.headers["Cache-Control"] == "no-store, private"
    assert len(pypdfium2.PdfDocument(answer.content)) == 2
    text = steps.pdf_text(answer.content)
    for words in ["Ana Rivera", "Mateo R.", "Sofia R.", "Maeve O'Neil", "Nora O.", "Liam O."]:
        assert words in text
    numbers = [unseal(pin.sealed) for pin in Pin.objects.all()]
    assert len(numbers) == 4
    assert all(grouped(number) in text for number in numbers)


def test_print_run_marks_all_as_printed(as_front_desk, url, front_desk):
    as_front_desk.post(url)
    run = SheetRun.objects.get()
    assert run.printed_at
    assert set(PinSheet.objects.values_list("printed_at", "printed_by")) == {(run.printed_at, front_desk.pk)}
    assert not Pin.objects.filter(printed_at=None).exists()
    actions = [action for action, _ in steps.trail()]
    assert (actions.count("pin.issued"), actions.count("pin.printed")) == (4, 4)


def test_print_run_twice_prints_the_same(as_front_desk, url):
    first, again = (steps.pdf_text(as_front_desk.post(url).content) for _ in range(2))
    assert first == again
    assert Pin.objects.count() == 4


def test_print_run_by_a_colleague_is_the_colleague_s(as_clinician, clinician, url):
    as_clinician.post(url)
    assert set(PinSheet.objects.values_list("printed_by", flat=True)) == {clinician.pk}


def test_print_run_while_it_is_running_is_refused_in_words(as_front_desk, run, url):
    now = timezone.now()
    SheetRun.objects.filter(pk=run.pk).update(started_at=now, touched_at=now)
    page = as_front_desk.post(url)
    assert "already being printed" in page.text
    assert not Pin.objects.exists()


def test_print_run_with_nothing_left_to_print_says_so(as_front_desk, url):
    FamilyContact.objects.update(authority="none")
    page = as_front_desk.post(url)
    assert "Nothing was printed" in page.text
    assert "authority for Mateo Rivera is None" in page.text
    assert not PinSheet.objects.exists()
    assert SheetRun.objects.get().printed_at is None


def test_print_run_leaves_out_a_child_whose_pin_has_lost_its_key(as_front_desk, by, url, mateo, settings):
    steps.issued(by, mateo)
    settings.PIN_KEYS = ["_____v79_Pv6-fj39vX08_Lx8O_u7ezr6uno5-bl5OM="]
    text = steps.pdf_text(as_front_desk.post(url).content)
    assert ["Mateo" in text, "Sofia" in text] == [False, True]
    assert "its key is gone. Issue a new one." in as_front_desk.get(url.removesuffix("print/")).text


def test_print_run_ignores_what_is_posted(as_front_desk, by, url, rivera):
    other = rivera.link(rivera.luis, rivera.mateo)
    as_front_desk.post(url, {"family": rivera.luis.pk, "child": other.pk, "printed_at": "2020-01-01"})
    assert not Pin.objects.filter(registration__family_contact=other).exists()


def test_print_run_carries_the_configured_address_not_the_request_s(as_front_desk, url):
    forged = {"host": "localhost", "x-forwarded-host": "evil.example"}
    text = steps.pdf_text(as_front_desk.post(url, headers=forged).content)
    assert "portal.sunnyside.example/register/" in text
    assert "localhost" not in text


def test_print_run_roles(url):
    assert steps.allowed_roles("post", url) == steps.EDITORS


def test_print_run_other_methods(as_front_desk, url):
    assert steps.refused_methods(as_front_desk, url) == {"get", "head", "put", "patch", "delete"}


def test_print_run_of_nobody(as_front_desk, unknown):
    for number in unknown:
        assert as_front_desk.post(reverse("desk:print_run", args=[number])).status_code == 404
