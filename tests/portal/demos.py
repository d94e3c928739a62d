"""The demo practice, loaded on a day of the test's choice, and what must hold on each day."""

from datetime import datetime, timedelta
from io import StringIO
from zoneinfo import ZoneInfo

from django.apps import apps
from django.core.management import call_command
from django.utils import timezone

from appointments.models import Appointment
from patients.ages import today

NEW_YORK = ZoneInfo("America/New_York")
TUESDAY_NOON = datetime(2027, 3, 9, 12, 0, tzinfo=NEW_YORK)
ROOMS = ("audit", "practice", "accounts", "patients", "appointments", "portal")


def load() -> str:
    out = StringIO()
    call_command("load_demo", "--anyway", stdout=out)
    return out.getvalue()


def row_counts() -> dict[str, int]:
    return {
        model._meta.label: model._default_manager.count()
        for room in ROOMS
        for model in apps.get_app_config(room).get_models()
    }


def todays_rivera_visits() -> list[Appointment]:
    visits = Appointment.objects.filter(patient__chart_number__in=["100001", "100002", "100003"])
    return [visit for visit in visits if timezone.localdate(visit.start) == today()]


def assert_statuses_fit_the_time() -> None:
    now = timezone.now()
    came = {"arrived", "roomed", "checked_out"}
    for visit in Appointment.objects.all():
        assert (visit.arrival_time is not None) == (visit.status in came)
        assert visit.arrival_time is None or visit.arrival_time <= now
        if visit.start + timedelta(minutes=visit.duration) <= now:
            assert visit.status in {"checked_out", "no_show", "cancelled"}
        else:
            assert visit.status not in {"checked_out", "no_show"}
