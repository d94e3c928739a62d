"""**Schedule**: Calendar or Tracking, whichever this user looked at last."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST, require_safe

from accounts.access import Permission, staff_page
from appointments.models import SchedulePreference

Mode = SchedulePreference.Mode
PAGES = {Mode.CALENDAR: "appointments:day", Mode.TRACKING: "appointments:tracking"}


@require_safe
@staff_page(Permission.VIEW_CHARTS)
def schedule(request: HttpRequest) -> HttpResponse:
    """Where **Schedule** leads: to the face that the user chose last, at first to the calendar."""
    preference = SchedulePreference.objects.filter(user=request.user.pk).first()
    return redirect(PAGES[Mode(preference.mode)] if preference else PAGES[Mode.CALENDAR])


@require_POST
@staff_page(Permission.VIEW_CHARTS)
def choose_mode(request: HttpRequest) -> HttpResponse:
    """The radio buttons **Calendar** and **Tracking**: remembered for this user."""
    mode = Mode.TRACKING if request.POST.get("mode") == Mode.TRACKING else Mode.CALENDAR
    SchedulePreference.objects.update_or_create(user_id=request.user.pk or 0, defaults={"mode": mode})
    return redirect(PAGES[mode])
