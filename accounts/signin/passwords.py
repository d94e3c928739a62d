"""The rules for passwords, each with the reason it gives (NIST SP 800-63B section 3.1.1).

Length counts most: there are no rules about kinds of characters, and passwords do not expire. The rules compare the
whole password, as it is hashed, with what attackers try first. The page shows the same while typing
(``password_rules.js``).

zxcvbn is not used, although it would save 25 lines. Of 161 bad passwords it refuses 12 more, but misses one that these
rules find (letters with spaces between them). It can take 0.7 s for a password of 24 characters and 8.5 s for one of
72 (these rules: 0.1 ms). Families' phones would need 800 kB of script to show the same result while typing.
"""

import re
from itertools import pairwise

from django.contrib.auth.password_validation import CommonPasswordValidator
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User, normalize_password
from practice.models import Practice

HELP = gettext_lazy("At least 15 characters. A few words in a row are easy to remember.")
SHORTEST = 15  # characters, also with a second factor
LONGEST = 256  # characters; the standard requires at least 64
PRODUCT = ("pin", "portal")
SHORTEST_WORD = 3  # characters; shorter words are part of too many passwords
LEAST_OWN = 8  # characters that must remain after removing the words that anybody could guess here
LEAST_SURPRISING = 6  # characters that do not follow from the one before
KEYBOARD = ("qwertyuiop", "asdfghjkl", "zxcvbnm", "qwertzuiop", "azertyuiop")
FOLLOWS = {pair for row in KEYBOARD for way in (row, row[::-1]) for pair in pairwise(way)}


class Rule:
    """A password validator for Django."""

    def validate(self, password: str, user: User | None = None) -> None:
        """Raise ValidationError with the reason if the password is refused."""
        if reason := self.reason(normalize_password(password) or "", user):
            raise ValidationError(reason)

    def reason(self, password: str, user: User | None) -> str:
        raise NotImplementedError

    def get_help_text(self) -> str:
        return str(HELP)


class Length(Rule):
    """Long enough to be safe without a second factor, and short enough to hash."""

    def reason(self, password: str, user: User | None) -> str:
        if len(password) < SHORTEST:
            return _("Use at least 15 characters. A few words in a row are easy to remember.")
        if len(password) > LONGEST:
            return _("Use at most 256 characters.")
        return ""


class Common(Rule):
    """Not a common password, also repeated or with digits around it."""

    common = CommonPasswordValidator().passwords

    def reason(self, password: str, user: User | None) -> str:
        plain = password.casefold().strip()
        letters = re.sub(r"[\W\d_]+", "", plain)
        tried = {plain, letters, _unit(plain), _unit(letters)}
        return _("A lot of people use this password. Please think of a new one.") if tried & self.common else ""


class Personal(Rule):
    """Not made of the practice's name, the product's name or the user's e-mail."""

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


class Predictable(Rule):
    """Not a sequence of letters, digits or keys, and not a short piece repeated."""

    def reason(self, password: str, user: User | None) -> str:
        # For a password that is too short, only Length gives a reason.
        if len(password) >= SHORTEST and surprising(_unit(password)) < LEAST_SURPRISING:
            return _("This is too simple. It goes on like 12345. Please think of a new one.")
        return ""


def words(user: User | None) -> list[str]:
    """Words that anybody could guess, longest first: names of practice and product, the e-mail, and their parts."""
    email, name = user.email if user else "", Practice.current().name
    mailbox, _at, domain = email.partition("@")
    found = {email, mailbox, name, *PRODUCT}
    for text in (mailbox, domain.rpartition(".")[0], name):
        found.update(part for part in re.split(r"[\W_]+", text) if len(part) >= SHORTEST_WORD)
    return sorted((word for word in found if squashed(word)), key=lambda word: (-len(squashed(word)), word))


def squashed(text: str) -> str:
    """Letters and digits only, in lower case."""
    return re.sub(r"[\W_]+", "", text.casefold())


def surprising(text: str) -> int:
    """How many characters do not follow from the one before in the alphabet, digits, keyboard or by repetition."""
    lower = text.casefold()
    leaps = [abs(ord(a) - ord(b)) > 1 and (a, b) not in FOLLOWS for a, b in pairwise(lower)]
    return min(len(lower), 1) + sum(leaps)


def _unit(text: str) -> str:
    """The piece that the text repeats, even if the last one is cut off. The text itself if it repeats nothing."""
    half = len(text) // 2
    for length in range(1, half + 1):
        unit = text[:length]
        if text == (unit * (len(text) // length + 1))[: len(text)]:
            return unit
    return text
