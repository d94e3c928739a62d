"""**Staff**: the staff records, and what each role may do."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from accounts import permissions, staff
from accounts.access import Permission, staff_page
from accounts.models import StaffRecord, User
from accounts.sessions.revocation import close_sessions
from audit.trail import Action, Actor, record
from portal.office.forms import StaffRecordForm


@require_safe
@staff_page(Permission.ADMINISTER)
def staff_records(request: HttpRequest) -> HttpResponse:
    """**Staff**: the staff records, and the sign-ins without one."""
    context = {
        "staff_records": StaffRecord.objects.select_related("user"),
        "unlinked": User.objects.filter(kind=User.Kind.STAFF, staff_record=None).order_by("email"),
    }
    return render(request, "portal/office/staff.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@staff_page(Permission.ADMINISTER)
def staff_record(request: HttpRequest, staff_record_id: int | None = None) -> HttpResponse:
    """Add or edit a staff record and link a sign-in to it. Applies from that user's next request."""
    instance = get_object_or_404(StaffRecord, pk=staff_record_id) if staff_record_id else None
    form = StaffRecordForm(request.POST or None, instance=instance)
    if request.method == "POST" and form.is_valid():
        try:
            saved = _save(form, by=Actor.of(request))
        except staff.ChangeRefused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, f"{saved.name} was saved. The change applies from {saved.name}’s next click.")
            return redirect("office:staff") if saved.user else redirect("office:staff_record", saved.pk)
    return render(request, "portal/office/staff_record.html", {"form": form, "edited": instance})


def _save(form: StaffRecordForm, *, by: Actor) -> StaffRecord:
    """Save, record what changed, and end the sessions of a user who is no longer active. Raises staff.ChangeRefused."""
    with staff.administering(by):
        saved: StaffRecord = form.save()
        changed: dict[str, Any] = {"changed": ",".join(form.changed_data)}
        if "role" in form.changed_data:
            changed |= {"role": saved.role, "role_before": form.initial.get("role", "")}
        record(actor=by, action=Action.STAFF_RECORD_CHANGED, staff_record=saved.pk, **changed)
        if saved.user and not saved.is_active and "is_active" in form.changed_data:
            close_sessions(saved.user)
    return saved


@require_safe
@staff_page(Permission.ADMINISTER)
def roles(request: HttpRequest) -> HttpResponse:
    """**What each role may do**, from the table that decides it."""
    rows = [(words, list(zip(permissions.ROLES, may, strict=True))) for words, may in permissions.rows()]
    return render(request, "portal/office/roles.html", {"roles": permissions.ROLES, "rows": rows})
