"""**Staff**: the staff records, and what each role may do."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from accounts import permissions, staff
from accounts.access import Permission, staff_page
from accounts.models import StaffRecord, User
from appointments.limits import NUMBER
from audit.trail import Actor
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
    """Add or edit a staff record and link a sign-in to it. Before a user is signed out by it, the page says so."""
    stored = get_object_or_404(StaffRecord, pk=staff_record_id) if staff_record_id else None
    form = StaffRecordForm(request.POST or None, instance=stored)
    if stored is None and request.method != "POST":
        form.initial["user"] = request.GET.get("user")  # from a request for access
    context: dict[str, Any] = {"form": form, "edited": stored}
    if request.method == "POST" and form.is_valid():
        saved, agreed = form.save(commit=False), request.POST.get("agreed", "")
        try:
            signed_out = staff.save_record(
                staff_record=saved,
                changed=form.changed_data,
                agreed=int(agreed) if NUMBER.fullmatch(agreed) else None,
                by=Actor.of(request),
            )
        except staff.SignsOut as refused:
            context["signs_out"] = refused
        except staff.ChangeRefused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, _saved(saved, signed_out))
            return redirect("office:staff") if saved.user else redirect("office:staff_record", saved.pk)
    return render(request, "portal/office/staff_record.html", context)


def _saved(saved: StaffRecord, signed_out: User | None) -> str:
    if signed_out:
        return f"{saved.name} was saved. {signed_out.email} is signed out everywhere."
    return f"{saved.name} was saved. The change applies from {saved.name}’s next click."


@require_safe
@staff_page(Permission.ADMINISTER)
def roles(request: HttpRequest) -> HttpResponse:
    """**What each role may do**, from the table that decides it."""
    rows = [(words, list(zip(permissions.ROLES, may, strict=True))) for words, may in permissions.rows()]
    return render(request, "portal/office/roles.html", {"roles": permissions.ROLES, "rows": rows})
