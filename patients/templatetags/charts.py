"""Template tags and filters for pages about patients."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from patients import ages, languages, phones
from patients.folding import fold
from patients.models import Level, Patient
from patients.names import placeholder_problem
from patients.search import terms_of

register = template.Library()
register.filter("phone", phones.display)
register.filter("language_name", languages.name_of)


@register.filter
def age(birth_date: date | None) -> str:
    """``{{ patient.birth_date|age }}``: the age today, in words."""
    return ages.age_words(birth_date, ages.today())


@register.inclusion_tag("patients/_banner.html")
def patient_banner(patient: Patient) -> dict[str, Any]:
    """The banner of a chart: who the patient is, with alerts."""
    return {
        "patient": patient,
        "name_problem": placeholder_problem(patient),
        "has_custody_note": patient.family_contacts.filter(level=Level.NONE, is_active=True).exists(),
    }


@register.filter
def marked(name: str, query: str) -> SafeString:
    """The name with the matches of the query highlighted."""
    terms = terms_of(query)
    return format_html_join(" ", "{}", ((_marked_word(word, terms),) for word in name.split()))


def _marked_word(word: str, terms: Sequence[str]) -> SafeString:
    """Highlight the beginning. Folding can change the length ("ß" becomes "ss"), so it is searched, not counted."""
    for end in range(len(word), 0, -1):
        if any(fold(word[:end]) == term for term in terms):
            return format_html("<mark>{}</mark>{}", word[:end], word[end:])
    return format_html("{}", word)


@register.filter
def other_names(patient: Patient, query: str) -> list[str]:
    """The aliases that match the query, to show why the patient was found."""
    terms = terms_of(query)
    return [
        alias.name
        for alias in patient.aliases.all()
        if any(part.startswith(term) for part in fold(alias.name).split() for term in terms)
    ]
