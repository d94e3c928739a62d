"""The practice's terms for families: published in versions, accepted by each sign-in.

    publish → current → must_accept → accept

A published version never changes, so the text that a family accepted stays the same.
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

MAX_LENGTH = 20_000  # characters of one text, about eight pages


class NotPublished(Exception):
    """No version was published. ``str()`` tells the administrator why."""


def current() -> Terms | None:
    """The newest version. None: the practice has published no terms, so nobody is asked to accept any."""
    return Terms.objects.first()


def text_of(terms: Terms, language: str = "") -> TermsText:
    """The text of that version in this language (default: the page's), or in English if there is none."""
    language = language or get_language() or SOURCE
    texts = {text.language: text for text in terms.texts.all()}
    return (
        texts.get(language) or texts.get(language.split("-", maxsplit=1)[0]) or texts[SOURCE]
    )  # every version has English


def must_accept(user: "User") -> Terms | None:
    """The version that this family user must still accept. None: accepted, no terms, or a staff user."""
    newest = current()
    if newest is None or user.is_staff_member or newest.acceptances.filter(user=user).exists():
        return None
    return newest


@transaction.atomic
def accept(*, user: "User", terms: Terms, by: Actor) -> TermsAcceptance:
    """Record that the user accepts this version, in the page's language. A second time changes and records nothing."""
    language = text_of(terms).language
    acceptance, is_new = TermsAcceptance.objects.get_or_create(user=user, terms=terms, defaults={"language": language})
    if is_new:
        record(actor=by, action=Action.TERMS_ACCEPTED, account=user.pk, version=terms.number, language=language)
    return acceptance


@transaction.atomic
def publish(*, texts: Mapping[str, str], by: Actor, seen: int | None = None) -> Terms:
    """Publish a new version of these texts, by language code. Each family must accept it on their next page.

    ``seen``: the newest version's number when the page was opened, 0 for none. Refused (NotPublished): if another user
    published since, without English, in a language that the portal does not have, if too long, and if nothing differs
    from the newest version.
    """
    kept = {code: _tidy(text) for code, text in texts.items() if text.strip()}
    if SOURCE not in kept:
        raise NotPublished("Enter the English text. It is shown if another language has no text.")
    if unknown := sorted(set(kept) - set(dict(settings.LANGUAGES))):
        raise NotPublished(f"The portal has no pages in “{unknown[0]}”.")
    if any(len(text) > MAX_LENGTH for text in kept.values()):
        raise NotPublished(f"Shorten the text to {MAX_LENGTH:,} characters or fewer.")
    Practice.locked()  # if two users publish at once, the second waits and then sees the first version
    newest = current()
    if seen is not None and seen != (newest.number if newest else 0):
        raise NotPublished("A colleague has just published a new version. Read it before you publish yours.")
    if newest and kept == {text.language: text.text for text in newest.texts.all()}:
        raise NotPublished("The text is the same as the published version.")
    made = Terms.objects.create(number=newest.number + 1 if newest else 1, published_by=by.user)
    TermsText.objects.bulk_create(TermsText(terms=made, language=code, text=text) for code, text in kept.items())
    record(actor=by, action=Action.TERMS_PUBLISHED, version=made.number, languages=sorted(kept))
    return made


def _tidy(text: str) -> str:
    """Normalize line ends and remove space at the ends."""
    return "\n".join(line.rstrip() for line in text.strip().splitlines())
