"""Import contacts: one row per person, even with several children."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from audit.trail import Action, Actor, record
from patients import own_contact
from patients.folding import fold
from patients.models import Contact, ContactIdentifier, FamilyContact
from patients.phones import digits
from patients.roster.guardians import Guardian
from patients.roster.matching import TWO_PEOPLE, Identity, Index, Match
from patients.roster.patients import ADDRESS, merged
from patients.roster.records import GuardianRecord, Key
from patients.roster.report import Kind, Outcome, Report
from patients.roster.writing import assign, fitting, in_batches, savepoint

# Systems of keys made by this import; all others are identifiers of the senders.
OWN_SYSTEMS = "urn:pinportal:"
TWO_NAMES = "its identifier belongs to a contact with another first name; not changed"
_COLUMNS = ("given_name", "family_name", "birth_date", "language", "home_phone", "cell_phone", "email", *ADDRESS)
_LOCAL_DIGITS = 7  # digits; shorter numbers are extensions or mistakes
_COMPARED_DIGITS = 10  # digits; without the country code, which only some senders give

ContactMatch = Match[GuardianRecord]
# A folded name and the last digits of a phone number.
NamePhone = tuple[str, str]


class ContactImport:
    """Groups records by person, then saves the contacts."""

    def __init__(self, *, actor: Actor, report: Report) -> None:
        self.actor = actor
        self.report = report
        self.index: Index[GuardianRecord] = Index()
        self.rows: dict[int, Contact] = {}
        self._by_phone: dict[NamePhone, list[ContactMatch]] = {}
        self._by_name: dict[str, list[ContactMatch]] = {}
        # The patients of each contact.
        self._patients: dict[ContactMatch, set[int]] = {}
        self._load()

    def _load(self) -> None:
        stored = ContactIdentifier.objects.order_by("pk").values_list("system", "value", "contact_id")
        matches = self.index.load(stored.iterator())
        columns = ("pk", "given_name", "family_name", "birth_date", "home_phone", "cell_phone")
        patients: dict[int, set[int]] = {}
        for contact_pk, patient_pk in FamilyContact.objects.values_list("contact_id", "patient_id"):
            patients.setdefault(contact_pk, set()).add(patient_pk)
        for pk, given, family, birth_date, home, cell in Contact.objects.order_by("pk").values_list(*columns):
            match = matches.get(pk) or Match(pk=pk)
            match.identity = Identity(given, family, birth_date)
            self._patients[match] = patients.get(pk, set())
            self._index_names_and_phones(match, given, family, (home, cell))

    def _index_names_and_phones(self, match: ContactMatch, given: str, family: str, phones: Sequence[str]) -> None:
        """Index a contact by name and phone."""
        for way in _name_phone_pairs(given, family, phones):
            listed = self._by_phone.setdefault(way, [])
            if match not in listed:
                listed.append(match)
        named = self._by_name.setdefault(fold(f"{given} {family}"), [])
        if match not in named:
            named.append(match)

    def write(self, guardians: Sequence[Guardian]) -> list[tuple[ContactMatch, Guardian]]:
        """Save the contacts and return each guardian with its contact."""
        joined = []
        for guardian in guardians:
            match = self._match(guardian)
            if match:
                joined.append((match, guardian))
        matches = list(dict.fromkeys(match for match, _ in joined))
        for batch in in_batches([match.pk for match in matches if match.pk]):
            self.rows |= Contact.objects.in_bulk(batch)
        for match in matches:
            self._note_duplicates(match)
            self._write(match)
        return joined

    def _match(self, guardian: Guardian) -> ContactMatch | None:
        """The contact of a record: found by key, by name and phone, or new. None if the record is skipped."""
        item = self._without_stray_id(guardian)
        who = item.person
        identity = Identity(who.given_name, who.family_name, who.birth_date)
        by_key = self.index.matches(item.keys)
        reason = next((reason for match in by_key if (reason := _conflict(item, identity, match))), "")
        if reason:
            self.report.skip(kind=Kind.CONTACTS, origin=item.origin, reason=reason)
            return None
        if len(by_key) > 1:
            self.report.note(
                origin=item.origin, reason="possible duplicate: its identifiers belong to more than one contact"
            )
        phones = (who.home_phone, who.cell_phone)
        match = by_key[0] if by_key else self._match_by_phone(identity, phones) or Match()
        self.index.join(match, item, identity=identity)
        self._patients.setdefault(match, set()).add(guardian.patient_pk)
        self._index_names_and_phones(match, who.given_name, who.family_name, phones)
        return match

    def _without_stray_id(self, guardian: Guardian) -> GuardianRecord:
        """The record without a server id that belongs to a contact of another patient.

        A RelatedPerson has one patient. The same id with another patient was probably used twice, so the
        record is matched by identifiers, name and phone instead.
        """
        item = guardian.record
        known = self.index.matches([item.server_id] if item.server_id else [])
        if all(guardian.patient_pk in self._patients[match] for match in known):
            return item
        self.report.note(origin=item.origin, reason="its id belonged to another patient's contact; matched without it")
        rest = tuple(key for key in item.keys if key != item.server_id)
        return replace(item, keys=rest or (item.fallback,), server_id=None)

    def _match_by_phone(self, identity: Identity, phones: Sequence[str]) -> ContactMatch | None:
        """The only contact with this name and one of these phones; None if there are several."""
        ways = _name_phone_pairs(identity.given_name, identity.family_name, phones)
        found = dict.fromkeys(match for way in ways for match in self._by_phone.get(way, ()))
        # Father and son can share a name and a home phone.
        possible = [match for match in found if not match.identity.has_other_birth_date(identity)]
        return possible[0] if len(possible) == 1 else None

    def _note_duplicates(self, match: ContactMatch) -> None:
        last = match.records[-1]
        others = self._by_name[fold(f"{last.person.given_name} {last.person.family_name}")]
        if any(_could_be_one(match, other) for other in others if other is not match):
            self.report.note(origin=last.origin, reason="possible duplicate: another contact has the same name")

    def _write(self, match: ContactMatch) -> None:
        records = sorted(match.oldest_first(), key=lambda item: not item.inside_patient)
        last = records[-1]
        person = merged([item.person for item in records])
        values = fitting(
            Contact, {column: person.get(column) for column in _COLUMNS}, warn=self.report.warn_about(last.origin)
        )
        outcome: Outcome | None = None
        with savepoint(kind=Kind.CONTACTS, origin=last.origin, report=self.report):
            row = self.rows.get(match.pk or 0)
            if row is None:
                contact = Contact.objects.create(**values)
                _store(contact, match.new_keys())
                match.pk = contact.pk
                outcome = Outcome.ADDED
            else:
                outcome = self._change(match, row, values)
        if outcome:
            self.report.count(kind=Kind.CONTACTS, outcome=outcome)

    def _change(self, match: ContactMatch, seen: Contact, values: dict[str, object]) -> Outcome:
        new_keys = match.new_keys()
        if not new_keys and all(getattr(seen, name) == value for name, value in values.items()):
            return Outcome.UNCHANGED
        contact = Contact.objects.select_for_update().get(pk=seen.pk)
        if contact.family_contacts.filter(role=FamilyContact.Role.SELF).exists():
            values = {name: value for name, value in values.items() if name not in own_contact.FOLLOWING}
        changed = assign(contact, values)
        if changed:
            contact.save()
        _store(contact, new_keys)
        changed += ["identifiers"] * bool(new_keys)
        # Record the change in the chart of every child.
        for pk, patient_pk in FamilyContact.objects.filter(contact=contact).values_list("pk", "patient_id"):
            record(
                actor=self.actor,
                action=Action.CONTACT_CHANGED,
                patient_id=patient_pk,
                family_contact=pk,
                fields=changed,
            )
        return Outcome.CHANGED


def _name_phone_pairs(given: str, family: str, phones: Sequence[str]) -> Iterator[NamePhone]:
    for phone in phones:
        number = digits(phone)[-_COMPARED_DIGITS:]
        if len(number) >= _LOCAL_DIGITS:
            yield fold(f"{given} {family}"), number


def _conflict(item: GuardianRecord, identity: Identity, match: ContactMatch) -> str:
    """Why a record cannot be the contact with one of its keys; empty if it can."""
    if identity.has_other_name(match.identity) and identity.has_other_birth_date(match.identity):
        return TWO_PEOPLE
    # A family number can be shared by two parents, but under a key of this import a new name is a correction.
    if any(key in match.keys for key in item.keys if key.system.startswith(OWN_SYSTEMS)):
        return ""
    is_same_day = identity.birth_date is not None and identity.birth_date == match.identity.birth_date
    return TWO_NAMES if identity.has_other_given_name(match.identity) and not is_same_day else ""


def _could_be_one(one: ContactMatch, other: ContactMatch) -> bool:
    """Whether two contacts with the same name can be one person, by birth date and identifiers."""
    if one.identity.has_other_birth_date(other.identity):
        return False
    ours, theirs = (
        {key.system for key in match.keys if not key.system.startswith(OWN_SYSTEMS)} for match in (one, other)
    )
    return not ours & theirs


def _store(contact: Contact, keys: Sequence[Key]) -> None:
    ContactIdentifier.objects.bulk_create(
        [ContactIdentifier(contact=contact, system=key.system, value=key.value) for key in keys]
    )
