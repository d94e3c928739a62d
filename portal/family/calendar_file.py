"""One appointment as a calendar file (RFC 5545) for a family's phone.

Calendars are shared, synchronized to other services, and shown on locked screens. So the title is one word and the
child's initial, to tell siblings apart. The file contains the place and the phone number, but no provider and no visit
type, for every reader.
"""

from datetime import UTC, date, timedelta
from urllib.parse import urlsplit

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _
from icalendar import Calendar, Event

from appointments import local_time
from portal.family.children import Card
from portal.family.visits import Visit


def render(card: Card, visit: Visit) -> bytes:
    """Make the file. Opening a newer one updates the calendar entry, or marks it as cancelled."""
    calendar = Calendar()
    calendar.add("prodid", "-//PIN Portal//EN")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add_component(_event(card, visit))
    # The file includes the time zone's rules, because calendars know different versions of them.
    first = timezone.localdate(visit.start)
    calendar.add_missing_timezones(first_date=date(first.year - 1, 1, 1), last_date=date(first.year + 2, 1, 1))
    file: bytes = calendar.to_ical()
    return file


def _event(card: Card, visit: Visit) -> Event:
    now = timezone.now()
    # In the hour that occurs twice when clocks go back, calendars take a local time for the first one. So use UTC.
    is_twice = local_time.shows_twice(visit.start) or local_time.shows_twice(visit.end)
    zone = UTC if is_twice else timezone.get_default_timezone()
    event = Event()
    event.add("uid", f"appointment-{visit.number}@{urlsplit(settings.PORTAL_URL).hostname}")
    event.add("dtstamp", now)
    # A newer file needs a higher number, or calendars keep the old entry.
    event.add("sequence", int(now.timestamp()) // timedelta(minutes=1).seconds)
    event.add("dtstart", visit.start.astimezone(zone))
    event.add("dtend", visit.end.astimezone(zone))
    event.add("summary", _title(card, visit))
    event.add("location", ", ".join(part for part in (visit.place, visit.address) if part))
    if visit.phone:
        event.add("description", _("To change it, call %(phone)s.") % {"phone": visit.phone})
    event.add("status", "CANCELLED" if visit.is_cancelled else "CONFIRMED")
    event.add("class", "PRIVATE")
    event.add("transp", "TRANSPARENT" if visit.is_cancelled else "OPAQUE")
    return event


def _title(card: Card, visit: Visit) -> str:
    word = _("Cancelled appointment") if visit.is_cancelled else _("Appointment")
    initial = "" if card.is_self else card.patient.call_name[:1]
    return f"{word} ({initial}.)" if initial else word
