"""Staff records."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from accounts import staff as sign_ins
from accounts.access import Permission, staff_page
from accounts.models import StaffRecord, User
from audit.trail import Action, Actor, record
from portal.office.forms import StaffRecordForm


@require_safe
@staff_page(Permission.ADMINISTER)
def staff(request: HttpRequest) -> HttpResponse:
    """**Staff**: the staff records, and the sign-ins that are linked to none."""
    context = {
        "staff_records": StaffRecord.objects.select_related("user"),
        "unlinked": User.objects.filter(kind=User.Kind.STAFF, staff_record=None).order_by("email"),
    }
    return render(request, "portal/office/staff.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@staff_page(Permission.ADMINISTER)
def staff_record(request: HttpRequest, staff_record_id: int | None = None) -> HttpResponse:
    """Add or edit a staff record and link a sign-in to it. It counts from that user's very next request."""
    instance = get_object_or_404(StaffRecord, pk=staff_record_id) if staff_record_id else None
    form = StaffRecordForm(request.POST or None, instance=instance)
    if request.method == "POST" and form.is_valid():
        try:
            saved = _save_staff_record(form, by=Actor.of(request))
        except sign_ins.Refused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, f"Saved: {saved.name}. It holds from {saved.name}’s next click on.")
            return redirect("office:staff") if saved.user else redirect("office:staff_record", saved.pk)
    return render(request, "portal/office/staff_record.html", {"form": form, "edited": instance})


def _save_staff_record(form: StaffRecordForm, *, by: Actor) -> StaffRecord:
    """Save, with one line that says what changed; whoever is no longer active is signed out. Raises Refused."""
    with sign_ins.administering(by):
        saved: StaffRecord = form.save()
        changed: dict[str, Any] = {"changed": ",".join(form.changed_data)}
        if "role" in form.changed_data:
            changed |= {"role": saved.role, "role_before": form.initial.get("role", "")}
        record(actor=by, action=Action.STAFF_RECORD_CHANGED, staff_record=saved.pk, **changed)
        if saved.user and not saved.is_active and "is_active" in form.changed_data:
            sign_ins.close_sessions(saved.user)
    return saved
