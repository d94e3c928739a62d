"""**Audit**: the audit trail, read and exported. Reading it leaves its line in it, too."""

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from accounts.access import Permission, staff_page
from audit.trail import Action, Actor, record
from portal.office import audit_trail
from portal.office.audit_forms import AuditFilterForm
from portal.office.audit_trail import Wanted

PAGE_SIZE = 50  # lines


@require_http_methods(["GET", "HEAD", "POST"])
@staff_page(Permission.READ_AUDIT)
def audit(request: HttpRequest) -> HttpResponse:
    """The trail, newest first, filtered. Older lines follow below a line's number, however many there are."""
    form = AuditFilterForm(request.POST if request.method == "POST" else {})
    return _page(request, form)


@require_POST
@staff_page(Permission.READ_AUDIT)
def export(request: HttpRequest) -> HttpResponse:
    """**Export as CSV**: the filtered trail, sent piece by piece while it is read."""
    form = AuditFilterForm(request.POST)
    if not form.is_valid():
        return _page(request, form)
    # What follows this line is not in the file: it ends with what there was when it was asked for.
    found = audit_trail.lines(form.wanted).filter(at__lte=timezone.now())
    record(actor=Actor.of(request), action=Action.AUDIT_EXPORTED, format="csv", filters=form.wanted.names)
    name = f"audit-trail-{timezone.localdate().isoformat()}.csv"
    return StreamingHttpResponse(  # type: ignore[return-value]  # a response all the same, says Django
        audit_trail.as_csv(found),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


def _page(request: HttpRequest, form: AuditFilterForm) -> HttpResponse:
    is_valid = form.is_valid()
    wanted = form.wanted if is_valid else Wanted()
    before = form.cleaned_data.get("before") if is_valid else None
    found = audit_trail.lines(wanted)
    rest = found.filter(pk__lt=before) if before else found
    # Read before it is recorded, or the first line would always be the reader's own.
    shown = list(rest.order_by("-pk")[: PAGE_SIZE + 1]) if is_valid else []
    record(actor=Actor.of(request), action=Action.AUDIT_VIEWED, filters=wanted.names)
    context = {
        "form": form,
        "entries": audit_trail.entries(shown[:PAGE_SIZE]),
        "before": before,
        "older": shown[PAGE_SIZE - 1].pk if len(shown) > PAGE_SIZE else None,
        "is_filtered": bool(wanted.names),
    }
    return render(request, "portal/office/audit.html", context)
