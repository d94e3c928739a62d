"""What a password must not be; the reason is told (NIST SP 800-63B section 3.1.1).

Length is what counts: no rules about kinds of characters, no expiry. The password is judged whole, as
it is hashed, against what guessers try first. The page says the same while typing (``password_rules.js``).

zxcvbn is not used, although it would save 25 lines. Of 161 bad passwords it refuses 12 more but misses one of these
rules' (letters with spaces between them), a password of 24 characters can cost 0.7 s and one of 72 characters 8.5 s
(these rules: 0.1 ms), and families' phones would need 800 kB of script to show the same result while typing.
"""

import re
from itertools import pairwise

from django.contrib.auth.password_validation import CommonPasswordValidator
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from accounts.normal import normalised
from practice.models import Practice

HELP = gettext_lazy("At least 15 characters. A few words in a row are easy to remember.")
SHORTEST = 15  # characters, also where a second factor stands beside it
LONGEST = 256  # characters; the standard asks for 64 at least
PRODUCT = ("pin", "portal")
SHORTEST_WORD = 3  # characters; shorter ones are in everything
LEAST_OWN = 8  # characters that must be left of a password without the words that everybody here could guess
LEAST_SURPRISING = 6  # characters that do not simply follow from the one before
KEYBOARD = ("qwertyuiop", "asdfghjkl", "zxcvbnm", "qwertzuiop", "azertyuiop")
FOLLOWS = {pair for row in KEYBOARD for way in (row, row[::-1]) for pair in pairwise(way)}


class Rule:
    """A validator of Django's kind."""

    def validate(self, password: str, user: User | None = None) -> None:
        """Raise ValidationError with the reason, if there is one."""
        if reason := self.reason(normalised(password) or "", user):
            raise ValidationError(reason)

    def reason(self, password: str, user: User | None) -> str:
        raise NotImplementedError

    def get_help_text(self) -> str:
        return str(HELP)


class Length(Rule):
    """Long enough to stand alone, and short enough to hash."""

    def reason(self, password: str, user: User | None) -> str:
        if len(password) < SHORTEST:
            return _("Use at least 15 characters. A few words in a row are easy to remember.")
        if len(password) > LONGEST:
            return _("Use at most 256 characters.")
        return ""


class Known(Rule):
    """Not one of the passwords that everybody uses, nor one repeated or with digits around it."""

    common = CommonPasswordValidator().passwords

    def reason(self, password: str, user: User | None) -> str:
        plain = password.casefold().strip()
        letters = re.sub(r"[\W\d_]+", "", plain)
        tried = {plain, letters, _unit(plain), _unit(letters)}
        return _("A lot of people use this password. Please think of a new one.") if tried & self.common else ""


class Personal(Rule):
    """Not made of the practice's name, the product's, or the own e-mail."""

    def reason(self, password: str, user: User | None) -> str:
        left, found = squashed(password), ""
        for word in words(user):
            if (piece := squashed(word)) in left:
                found = found or word
                left = left.replace(piece, "")
        if found and len(re.sub(r"\d+", "", left)) < LEAST_OWN:
            if user and squashed(found) in squashed(user.email):
                return _("Do not use your e-mail in it. It is easy to guess.")
            return _("Do not use “%(word)s” in it. It is easy to guess.") % {"word": found}
        return ""


class Run(Rule):
    """Not a row of letters, digits or keys, nor a short piece repeated."""

    def reason(self, password: str, user: User | None) -> str:
        # What is too short is told so by Length, and nothing else: it need not go on like anything.
        if len(password) >= SHORTEST and surprising(_unit(password)) < LEAST_SURPRISING:
            return _("This is too simple. It goes on like 12345. Please think of a new one.")
        return ""


def words(user: User | None) -> list[str]:
    """What everybody here could guess, longest first: the practice's name, ours, the user's e-mail, and their parts."""
    email, name = user.email if user else "", Practice.current().name
    mailbox, _at, domain = email.partition("@")
    found = {email, mailbox, name, *PRODUCT}
    for text in (mailbox, domain.rpartition(".")[0], name):
        found.update(part for part in re.split(r"[\W_]+", text) if len(part) >= SHORTEST_WORD)
    return sorted((word for word in found if squashed(word)), key=lambda word: (-len(squashed(word)), word))


def squashed(text: str) -> str:
    """Letters and digits only, all small."""
    return re.sub(r"[\W_]+", "", text.casefold())


def surprising(text: str) -> int:
    """How many characters do not follow from the one before, by alphabet, digits, keyboard or repetition."""
    lower = text.casefold()
    leaps = [abs(ord(a) - ord(b)) > 1 and (a, b) not in FOLLOWS for a, b in pairwise(lower)]
    return min(len(lower), 1) + sum(leaps)


def _unit(text: str) -> str:
    """The piece of which the text is a repetition, the last one perhaps cut off; the text itself if of none."""
    half = len(text) // 2
    for length in range(1, half + 1):
        unit = text[:length]
        if text == (unit * (len(text) // length + 1))[: len(text)]:
            return unit
    return text
