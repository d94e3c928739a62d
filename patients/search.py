"""Find patients and contacts by parts of names, chart number, birth date, phone or e-mail."""

import re
import unicodedata

from django.db.models import Case, Q, QuerySet, Value, When

from patients.dates import find_date
from patients.folding import fold
from patients.models import Contact, FamilyContact, Patient, PatientAlias
from patients.phones import digits
from practice.emails import canonical

MAX_LENGTH = 200  # characters of a query; the rest is ignored
MAX_TERMS = 8
LAST_DIGITS = 4  # of a phone number: the part that people remember
LOCAL_DIGITS, NATIONAL_DIGITS = 7, 10  # without and with the area code
_PHONE = re.compile(r"(?<!\w)(?:\+\d[\d\s().-]{6,}\d|(?:\+?1[\s.-]*)?(?:\(?\d{3}\)?[\s./-]*)?\d{3}[\s.-]*\d{4})(?!\w)")


def find_patients(query: str) -> QuerySet[Patient]:
    """Patients who match every term of the query, best match first; none for an empty query.

    Terms in any order: beginnings of names and aliases, the beginning of a chart number, a birth date or
    year, phone numbers of the patient or of a contact.
    """
    text = _cleaned(query)
    terms = _terms(text)
    found = Patient.objects.all() if terms else Patient.objects.none()
    for term in terms:
        found = found.filter(_matches_patient(term))
    rank = Case(
        When(chart_number__iexact=text, then=Value(0)),
        When(status=Patient.Status.ACTIVE, then=Value(1)),
        default=Value(2),
    )
    return found.order_by(rank, "family_name", "given_name", "birth_date", "pk")


def find_contacts(query: str) -> QuerySet[Contact]:
    """Contacts by beginnings of names, by phone or by e-mail; none for an empty query."""
    terms = _terms(_cleaned(query))
    found = Contact.objects.all() if terms else Contact.objects.none()
    for term in terms:
        found = found.filter(
            Q(email__istartswith=canonical(term)) | _named(term) | _has_phone(term, "home_phone", "cell_phone")
        )
    return found.order_by("family_name", "given_name", "pk")


def terms_of(query: str) -> list[str]:
    """The terms of a query, folded like names, so that a page can highlight matches."""
    return [part for term in _terms(_cleaned(query)) for part in fold(term).split()]


def _cleaned(query: str) -> str:
    """The query shortened, in lower case, normalized (NFKC) and without unprintable characters."""
    plain = unicodedata.normalize("NFKC", query[:MAX_LENGTH]).lower()
    return " ".join("".join(char if char.isprintable() else " " for char in plain).split())


def _terms(text: str) -> list[str]:
    """The words of the query. A date or a phone number is one term, even with spaces in it."""
    together = []
    if found := find_date(text):
        together.append(found[1])
        text = text.replace(found[1], " ", 1)
    for match in _PHONE.finditer(text):
        together.append(match[0])
        text = text.replace(match[0], " ", 1)
    return [*together, *text.split()][:MAX_TERMS]


def _matches_patient(term: str) -> Q:
    meanings = Q(chart_number__istartswith=term)
    if found := find_date(term):
        meanings |= Q(birth_date=found[0])
    elif re.fullmatch(r"(19|20)\d\d", term):
        meanings |= Q(birth_date__year=int(term))
    if named := _named(term):
        meanings |= named | Q(pk__in=PatientAlias.objects.filter(named).values("patient"))
    if of_contact := _has_phone(term, "home_phone", "cell_phone"):
        people = Contact.objects.filter(of_contact)
        # Sets instead of correlated subqueries, so that they are computed once and not per patient.
        meanings |= _has_phone(term, "phone")
        meanings |= Q(pk__in=FamilyContact.objects.filter(contact__in=people).values("patient"))
    return meanings


def _named(term: str) -> Q:
    """Match names: each part of the term begins a part of the name. Empty for a term without letters."""
    parts = Q()
    if any(char.isalpha() for char in term):
        for part in fold(term).split():
            parts &= Q(folded_name__contains=f" {part}")
    return parts


def _has_phone(term: str, *columns: str) -> Q:
    """Match phone numbers in these columns. Empty for a term that is not a full number or the last digits of one."""
    wanted = digits(term)
    is_number = len(wanted) == LAST_DIGITS or len(wanted) >= LOCAL_DIGITS
    if not is_number or any(char.isalpha() for char in term) or find_date(term):
        return Q()
    if len(wanted) > NATIONAL_DIGITS and wanted.startswith("1"):
        wanted = wanted[1:]
    pattern = _spread(wanted) if len(wanted) >= LOCAL_DIGITS else _spread(wanted) + r"\D*$"
    if len(wanted) == NATIONAL_DIGITS:
        # Many numbers are stored without the local area code.
        pattern += rf"|^\D*{_spread(wanted[-LOCAL_DIGITS:])}\D*$"
    return Q(*(Q(**{f"{column}__regex": pattern}) for column in columns), _connector=Q.OR)


def _spread(wanted: str) -> str:
    """A pattern for these digits with other characters between them, because numbers are stored as typed."""
    return r"\D*".join(wanted)
