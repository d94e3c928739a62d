"""Who viewed or changed a child's record, in sentences for families, read from the audit trail.

There is one sentence per person, action, and day, however often it happened. Staff appear by role, guardians by name.
Lists that only show a name, such as the day's schedule, are not about this child alone and are left out.

Limited guardians (R18) see only what guardians did. When the practice opened a teen's chart or booked a visit could
reveal a visit that the teen may keep private. What the teen did is private, too.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import groupby

from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from accounts.models import StaffRecord
from audit.models import AuditEvent
from audit.names import STAFF_RECORD
from audit.trail import Action
from patients.models import FamilyContact
from portal.family.children import Card
from portal.family.visits import day_in_words
from portal.models import Account
from portal.refusals import AlreadyHasAccount, EmailNotUsable, TermsChanged

PAGE_SIZE = 200  # audit rows, which make far fewer sentences

LOOKED = gettext_noop("%(who)s looked at the chart.")
CHANGED = gettext_noop("%(who)s changed the chart.")
CHANGED_CONTACTS = gettext_noop("%(who)s changed the list of family contacts.")
LOOKED_AT_VISIT = gettext_noop("%(who)s looked at an appointment.")
BOOKED = gettext_noop("%(who)s booked an appointment.")
CHANGED_VISIT = gettext_noop("%(who)s changed an appointment.")
PRINTED_PIN = gettext_noop("%(who)s made or printed a PIN.")
ENDED_ACCESS = gettext_noop("%(who)s ended portal access or a PIN.")
REGISTERED = gettext_noop("%(who)s signed up with a PIN.")
TRIED = gettext_noop("%(who)s tried a PIN that did not work.")
SAW_HERE = gettext_noop("%(who)s looked here in the portal.")
DOWNLOADED = gettext_noop("%(who)s downloaded a copy.")
LEFT = gettext_noop("%(who)s gave up portal access.")
TURNED_AWAY = gettext_noop("%(who)s tried to look and was turned away.")

# Other actions are not views of the child's record (an expired PIN), or another row of the same event is here.
SENTENCES: Mapping[str, str] = {
    Action.PATIENT_VIEWED: LOOKED,
    Action.WINDOW_VIEWED: LOOKED,
    Action.PATIENT_ADDED: CHANGED,
    Action.PATIENT_CHANGED: CHANGED,
    Action.NAME_CONFIRMED: CHANGED,
    Action.CONTACT_ADDED: CHANGED_CONTACTS,
    Action.CONTACT_CHANGED: CHANGED_CONTACTS,
    Action.CONTACT_INACTIVATED: CHANGED_CONTACTS,
    Action.APPOINTMENT_VIEWED: LOOKED_AT_VISIT,
    Action.APPOINTMENT_ADDED: BOOKED,
    Action.APPOINTMENT_CHANGED: CHANGED_VISIT,
    Action.PIN_ISSUED: PRINTED_PIN,
    Action.PIN_SUPERSEDED: PRINTED_PIN,
    Action.PIN_SHOWN: PRINTED_PIN,
    Action.PIN_PRINTED: PRINTED_PIN,
    Action.PIN_REVOKED: ENDED_ACCESS,
    Action.ACCESS_REMOVED: ENDED_ACCESS,
    Action.ACCESS_ENDED: ENDED_ACCESS,
    Action.CONSENT_WITHDRAWN: CHANGED_CONTACTS,
    Action.CONSENT_GIVEN: CHANGED_CONTACTS,
    Action.PIN_REDEEMED: REGISTERED,
    Action.PIN_REFUSED: TRIED,
    Action.PIN_LOCKED: TRIED,
    Action.CHILDREN_VIEWED: SAW_HERE,
    Action.CHILD_EXPORTED: DOWNLOADED,
    Action.ACCESS_LEFT: LEFT,
    Action.ACCESS_REFUSED: TURNED_AWAY,
}
ROLES: Mapping[str, str] = {
    StaffRecord.Role.FRONT_DESK: gettext_noop("The front desk"),
    StaffRecord.Role.CLINICIAN: gettext_noop("A doctor or nurse"),
    StaffRecord.Role.ADMINISTRATOR: gettext_noop("The head of the office"),
    StaffRecord.Role.AUDITOR: gettext_noop("Staff who check the log"),
}
# Refused after the proof: the PIN is right and the family can fix the rest. This is not a failed PIN.
STILL_REGISTERING = [refused.code for refused in (EmailNotUsable, AlreadyHasAccount, TermsChanged)]
OTHER_STAFF = gettext_noop("One of the staff")


@dataclass
class Activity:
    """One sentence: who did what on a day, how often, and when last."""

    who: str
    sentence: str
    last_at: datetime
    events: list[AuditEvent] = field(default_factory=list)

    @property
    def words(self) -> str:
        return _(self.sentence) % {"who": self.who}

    @property
    def times(self) -> int:
        return len(self.events)

    @property
    def clock(self) -> str:
        """The last time, in the practice's time zone."""
        return date_format(timezone.localtime(self.last_at), "TIME_FORMAT")


@dataclass(frozen=True)
class Day:
    """A day in the practice's time zone with its activities, latest first."""

    day: date
    activities: list[Activity]

    @property
    def words(self) -> str:
        return day_in_words(self.day)


@dataclass(frozen=True)
class Page:
    """Some days, latest first, and the audit row below which older ones start."""

    days: list[Day]
    older: int | None


def page(card: Card, *, before: int | None = None) -> Page:
    """The latest days, or the days below an audit row. Only a very long day is split over two pages."""
    found = rows(card)
    events = list((found.filter(pk__lt=before) if before else found)[: PAGE_SIZE + 1])
    has_older = len(events) > PAGE_SIZE
    shown = events[:PAGE_SIZE]
    days = in_words(card, shown)
    if has_older and len(days) > 1:  # the last day may be incomplete: show all of it on the next page
        cut = {event.pk for activity in days.pop().activities for event in activity.events}
        shown = [event for event in shown if event.pk not in cut]
    return Page(days, shown[-1].pk if has_older else None)


def rows(card: Card) -> QuerySet[AuditEvent]:
    """The audit rows that this reader may see, newest first."""
    found = AuditEvent.objects.filter(patient_id=card.patient.pk, action__in=list(SENTENCES))
    # A refusal at the desk tried no PIN.
    found = found.exclude(Q(action=Action.PIN_REFUSED) & Q(user__kind="staff"))
    found = found.exclude(action=Action.PIN_REFUSED, detail__verdict__in=STILL_REGISTERING)
    if card.is_limited:
        guardians = FamilyContact.objects.filter(patient=card.patient).exclude(role=FamilyContact.Role.SELF)
        found = found.filter(user__in=Account.objects.filter(contact__in=guardians.values("contact")).values("user"))
    return found.order_by("-pk")


def in_words(card: Card, events: Iterable[AuditEvent]) -> list[Day]:
    """Group these rows, newest first, into days with sentences, in a constant number of queries."""
    events = list(events)
    names = _names(card, events)
    days = []
    for day, events_of_day in groupby(events, key=lambda event: timezone.localtime(event.at).date()):
        days.append(Day(day, _activities(events_of_day, names)))
    return days


def each_row(card: Card, events: Iterable[AuditEvent]) -> Iterator[tuple[AuditEvent, str, str]]:
    """Each row with its person and its sentence, which has a placeholder for the person."""
    events = list(events)
    names = _names(card, events)
    for event in events:
        yield event, _who(event, names), SENTENCES[event.action]


def _activities(events: Iterable[AuditEvent], names: Mapping[int, str]) -> list[Activity]:
    activities: dict[tuple[str, str], Activity] = {}
    for event in events:
        who, sentence = _who(event, names), SENTENCES[event.action]
        activities.setdefault((who, sentence), Activity(who, sentence, event.at)).events.append(event)
    return list(activities.values())


def _who(event: AuditEvent, names: Mapping[int, str]) -> str:
    if event.user_id:
        role = (event.names or {}).get(STAFF_RECORD, {}).get("role")  # the one of that time
        return _(ROLES[role]) if role in ROLES else names[event.user_id]
    if event.address.startswith("manage.py"):
        return _("Our computer")
    return _("Somebody who was not signed in")


def _names(card: Card, events: Iterable[AuditEvent]) -> dict[int, str]:
    """What to call the users of these rows: staff by role, the child's contacts by name, others by neither."""
    users = {event.user_id for event in events if event.user_id}
    staff = dict(StaffRecord.objects.filter(user__in=users).values_list("user_id", "role"))
    links = FamilyContact.objects.filter(patient=card.patient, contact__account__user__in=users)
    people = {
        user_id: (contact_id, f"{given_name} {family_name}".strip())
        for user_id, contact_id, given_name, family_name in links.values_list(
            "contact__account__user_id", "contact_id", "contact__given_name", "contact__family_name"
        )
    }
    strangers = set(Account.objects.filter(user__in=users - set(people)).values_list("user_id", flat=True))
    names = {}
    for user_id in users:
        if user_id in people:
            contact_id, name = people[user_id]
            names[user_id] = _("You") if contact_id == card.link.contact_id else name
        elif user_id in strangers:
            names[user_id] = _("A stranger")
        else:
            names[user_id] = _(ROLES.get(staff.get(user_id, ""), OTHER_STAFF))
    return names
