"""The words of each language, to find text in another language on a page."""

import re
from pathlib import Path

import allauth
import django
from allauth.mfa.models import Authenticator
from babel.messages.mofile import read_mo

from accounts.models import User
from appointments.models import Appointment, Location, Provider
from practice.models import Practice, TermsText
from tests import people
from tests.test_translations import catalog_of, messages_of, several

MARKUP = re.compile("<[^>]+>")
WORD = re.compile(r"[^\W\d_]{2,}")
# Names, codes, and letters that are not words: the same in every language.
SAME_EVERYWHERE = {
    "english", "español", "العربيّة", "portal", "pin", "chrome", "linux", "headlesschrome", "mail", "example", "com",
    "localhost", "http", "oh",
}  # fmt: skip
REFERENCE = re.compile(r"\b[2-9A-Z]{8}\b")


def words(text):
    return {word.lower() for word in WORD.findall(MARKUP.sub("", text))}


def vocabulary(language):
    """Every word of this language that we, Django or allauth have, and no other."""
    known = {word for text in messages_of(catalog_of(language)).values() for word in words(" ".join(several(text)))}
    home, guest = Path(django.__file__).parent, Path(allauth.__file__).parent
    for place in (home / "conf", home / "contrib/auth", guest):
        with (place / f"locale/{language}/LC_MESSAGES/django.mo").open("rb") as file:
            for text in messages_of(read_mo(file)).values():
                known |= words(" ".join(several(text)))
    return known


def names():
    """Of the people and places in the database."""
    practice = Practice.current()
    texts = [practice.name, practice.address, *User.objects.values_list("email", flat=True), "ana@mail.example"]
    texts += [
        f"{each.given_name} {each.family_name}"
        for each in (*people.Contact.objects.all(), *people.Patient.objects.all())
    ]
    texts += [str(each) for kind in (Location, Provider) for each in kind.objects.all()]
    texts += Appointment.objects.values_list("visit_type", flat=True)
    texts += Location.objects.values_list("address", flat=True)
    texts += [each.data["name"] for each in Authenticator.objects.filter(type=Authenticator.Type.WEBAUTHN)]
    return words(" ".join(texts))


def foreign_words(language, texts):
    """Those with a word that this language does not have and that names nobody and nothing in the database."""
    terms = words(" ".join(TermsText.objects.filter(language=language).values_list("text", flat=True)))
    known = vocabulary(language) | SAME_EVERYWHERE | names() | terms
    return {text.strip() for text in texts if words(REFERENCE.sub("", text)) - known}
