"""**Audit**: read and export the audit trail. Reading it is recorded, too."""

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from accounts.access import Permission, staff_page
from audit.trail import Action, Actor, record
from portal.office import audit_log
from portal.office.audit_log import AuditFilter
from portal.office.forms import AuditFilterForm

PAGE_SIZE = 50  # rows


@require_http_methods(["GET", "HEAD", "POST"])
@staff_page(Permission.READ_AUDIT)
def audit(request: HttpRequest) -> HttpResponse:
    """The filtered trail, newest first. Older rows start below a row number, so pages stay fast."""
    form = AuditFilterForm(request.POST if request.method == "POST" else {})
    return _page(request, form)


@require_POST
@staff_page(Permission.READ_AUDIT)
def export(request: HttpRequest) -> HttpResponse:
    """**Export as CSV**: the filtered trail, sent in chunks while it is read."""
    form = AuditFilterForm(request.POST)
    if not form.is_valid():
        return _page(request, form)
    # Rows written after this moment are not in the file, including the row that records this export.
    found = audit_log.rows(form.wanted).filter(at__lte=timezone.now())
    record(actor=Actor.of(request), action=Action.AUDIT_EXPORTED, format="csv", filters=form.wanted.names)
    name = f"audit-trail-{timezone.localdate().isoformat()}.csv"
    return StreamingHttpResponse(  # type: ignore[return-value]  # Django treats it as a response
        audit_log.as_csv(found),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


def _page(request: HttpRequest, form: AuditFilterForm) -> HttpResponse:
    is_valid = form.is_valid()
    wanted = form.wanted if is_valid else AuditFilter()
    before = form.cleaned_data.get("before") if is_valid else None
    found = audit_log.rows(wanted)
    rest = found.filter(pk__lt=before) if before else found
    # Read first and record second, so that the first row is not always the reader's own.
    shown = list(rest.order_by("-pk")[: PAGE_SIZE + 1]) if is_valid else []
    record(actor=Actor.of(request), action=Action.AUDIT_VIEWED, filters=wanted.names)
    context = {
        "form": form,
        "entries": audit_log.entries(shown[:PAGE_SIZE]),
        "before": before,
        "older": shown[PAGE_SIZE - 1].pk if len(shown) > PAGE_SIZE else None,
        "is_filtered": bool(wanted.names),
    }
    return render(request, "portal/office/audit.html", context)
