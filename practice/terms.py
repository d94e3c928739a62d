"""The practice's terms for families: published in versions, accepted by each sign-in.

    publish → current → must_accept → accept

A published version is never changed: what a family has accepted stays what it was.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import transaction
from django.utils.translation import get_language

from audit.trail import Action, Actor, record
from practice.languages import SOURCE
from practice.models import Practice, Terms, TermsAcceptance, TermsText

if TYPE_CHECKING:
    from django.contrib.auth.models import _User as User

MAX_LENGTH = 20_000  # characters of a text, some eight pages


class NotPublished(Exception):
    """No version was made. ``str()`` says why, in words for the administrator."""


def current() -> Terms | None:
    """The newest version. None: the practice has published none, and then nothing is asked of anybody."""
    return Terms.objects.first()


def text_of(terms: Terms, language: str = "") -> TermsText:
    """The words of that version in this language (that of the page), in English where it has them not."""
    language = language or get_language() or SOURCE
    texts = {text.language: text for text in terms.texts.all()}
    return texts.get(language) or texts.get(language.split("-", maxsplit=1)[0]) or texts[SOURCE]  # every version has it


def must_accept(user: "User") -> Terms | None:
    """The version this family's sign-in has yet to accept; None where it has, where there is none, and for staff."""
    newest = current()
    if newest is None or user.is_staff_member or newest.acceptances.filter(user=user).exists():
        return None
    return newest


@transaction.atomic
def accept(*, user: "User", terms: Terms, by: Actor) -> TermsAcceptance:
    """The user accepts this version, in the language of the page. Once: a second time changes and records nothing."""
    language = text_of(terms).language
    acceptance, is_new = TermsAcceptance.objects.get_or_create(user=user, terms=terms, defaults={"language": language})
    if is_new:
        record(actor=by, action=Action.TERMS_ACCEPTED, account=user.pk, version=terms.number, language=language)
    return acceptance


@transaction.atomic
def publish(*, texts: Mapping[str, str], by: Actor, seen: int | None = None) -> Terms:
    """Make a new version of these texts, by code of language. Every family is asked to accept it at their next page.

    ``seen`` is the number of the version that was the newest when the page was opened, 0 for none. Refused
    (NotPublished): when a colleague has published since, without English, in a language that is not offered,
    when too long, and when nothing differs from the newest version.
    """
    kept = {code: _tidy(text) for code, text in texts.items() if text.strip()}
    if SOURCE not in kept:
        raise NotPublished("The English text is missing. It is shown where another language has no text.")
    if unknown := sorted(set(kept) - set(dict(settings.LANGUAGES))):
        raise NotPublished(f"The portal has no pages in “{unknown[0]}”.")
    if any(len(text) > MAX_LENGTH for text in kept.values()):
        raise NotPublished(f"A text can have {MAX_LENGTH:,} characters at most.")
    Practice.locked()  # of two who publish at once, the second waits, and then reads
    newest = current()
    if seen is not None and seen != (newest.number if newest else 0):
        raise NotPublished("A colleague has published a new version meanwhile. Read it before you publish yours.")
    if newest and kept == {text.language: text.text for text in newest.texts.all()}:
        raise NotPublished("Nothing differs from the version that is published.")
    made = Terms.objects.create(number=newest.number + 1 if newest else 1, published_by=by.user)
    TermsText.objects.bulk_create(TermsText(terms=made, language=code, text=text) for code, text in kept.items())
    record(actor=by, action=Action.TERMS_PUBLISHED, version=made.number, languages=sorted(kept))
    return made


def _tidy(text: str) -> str:
    """Line ends as they are here, and none at the ends."""
    return "\n".join(line.rstrip() for line in text.strip().splitlines())
