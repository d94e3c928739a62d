"""One appointment as a calendar file (RFC 5545), for the calendar of the family's phone.

Calendars are shared, synchronised to other services and shown on locked screens. So the title says
neither whose doctor nor why: a word, and the child's initial to tell siblings apart. Provider and
visit type are in nobody's file; where to go and whom to call are, because that is what it is for.
"""

from datetime import UTC, date, timedelta
from urllib.parse import urlsplit

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _
from icalendar import Calendar, Event

from appointments import clock
from portal.family.children import Card
from portal.family.visits import Visit


def render(card: Card, visit: Visit) -> bytes:
    """The file. Opened again after a change it replaces what it had put there, and strikes out what was cancelled."""
    calendar = Calendar()
    calendar.add("prodid", "-//PIN Portal//EN")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add_component(_event(card, visit))
    # The zone's rules go with the file, as calendars differ in what they know of a zone.
    first = timezone.localdate(visit.start)
    calendar.add_missing_timezones(first_date=date(first.year - 1, 1, 1), last_date=date(first.year + 2, 1, 1))
    file: bytes = calendar.to_ical()
    return file


def _event(card: Card, visit: Visit) -> Event:
    now = timezone.now()
    # In the hour that the clocks show twice a local time says too little: calendars take it for the first.
    is_twice = clock.shows_twice(visit.start) or clock.shows_twice(visit.end)
    zone = UTC if is_twice else timezone.get_default_timezone()
    event = Event()
    event.add("uid", f"appointment-{visit.number}@{urlsplit(settings.PORTAL_URL).hostname}")
    event.add("dtstamp", now)
    # A newer file must have a higher number, or calendars keep what they have.
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
