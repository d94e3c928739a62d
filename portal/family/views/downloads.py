"""Downloads: an appointment for the family's calendar, and a child's whole record.

Exports use POST (R10). The calendar file is a GET link because phones pass its address to the calendar app, and the
file says less than the page with the link.
"""

from collections.abc import Callable
from functools import wraps

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.access import record_refusal
from accounts.attempt_counter import TooManyAttempts
from accounts.signin import attempts
from audit.trail import Action, Actor, record
from portal.family import calendar_file, fhir_file, pdf_file, records, visits
from portal.family.children import Card
from portal.family.views.child_pages import child_page


def rate_limited(view: Callable[[HttpRequest, Card], HttpResponse]) -> Callable[[HttpRequest, Card], HttpResponse]:
    """Limit how often an account can request files that take long to make."""

    @wraps(view)
    def limited(request: HttpRequest, card: Card) -> HttpResponse:
        try:
            attempts.enter(step=attempts.Step.DOWNLOAD, account=f"user {request.user.pk}", request=request)
        except TooManyAttempts as refused:
            record_refusal(request, "too_many")
            when = date_format(timezone.localtime(refused.retry_at), "TIME_FORMAT")
            messages.error(request, _("There were too many tries. After %(when)s you can try again.") % {"when": when})
            return redirect("family:child", card.patient.pk)
        return view(request, card)

    return limited


@require_safe
@child_page
def child_visit(request: HttpRequest, card: Card, appointment_id: int) -> HttpResponse:
    """**Add to calendar**: a future appointment, or a cancelled one to take it off the calendar."""
    upcoming = visits.upcoming(card.patient.pk, is_limited=card.is_limited)
    visit = next((each for each in upcoming if each.number == appointment_id), None)
    if visit is None:
        raise Http404
    file = calendar_file.render(card, visit)
    _record(request, card, file_format="ics", appointment=visit.number)
    return _answer(file, content_type="text/calendar; charset=utf-8", name="appointment.ics")


@require_POST
@child_page
@rate_limited
def child_pdf_file(request: HttpRequest, card: Card) -> HttpResponse:
    """**Download to read (PDF)**: the child's record to keep or print, with the latest access history."""
    file = pdf_file.render(records.read(card))
    _record(request, card, file_format="pdf")
    return _answer(file, content_type="application/pdf", name=_name("pdf"))


@require_POST
@child_page
@rate_limited
def child_json_file(request: HttpRequest, card: Card) -> HttpResponse:
    """**Download for an app (JSON)**: the child's record as a FHIR R4 Bundle, with the whole access history."""
    file = fhir_file.render(records.read(card))
    _record(request, card, file_format="json")
    return _answer(file, content_type="application/fhir+json", name=_name("json"))


def _record(request: HttpRequest, card: Card, *, file_format: str, **detail: int) -> None:
    """Record the download after the file was made, because a failed one was not handed out."""
    by = Actor.of(request)
    record(actor=by, action=Action.CHILD_EXPORTED, patient_id=card.patient.pk, format=file_format, **detail)


def _name(ending: str) -> str:
    # No child's name, because everyone who uses the phone can see its downloads.
    return f"portal-record-{timezone.localdate().isoformat()}.{ending}"


def _answer(file: bytes, *, content_type: str, name: str) -> HttpResponse:
    return HttpResponse(
        file, content_type=content_type, headers={"Content-Disposition": f'attachment; filename="{name}"'}
    )
