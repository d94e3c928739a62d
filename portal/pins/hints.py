"""Where to look again in a PIN with a typing mistake. The page says the same while typing (``pin_hint.js``).

The hint depends on how the PIN was typed: groups that do not have four digits, letters among the digits. If twelve
digits have a wrong check digit, or if there are not twelve and no groups were typed, we only know that there is a
mistake.
"""

import re
import unicodedata
from dataclasses import dataclass

from django.utils.translation import gettext_lazy
from stdnum import damm

from portal.pins import numbers

GROUPS = 3
GROUP_LENGTH = 4
# Letters that people read or type instead of a digit.
MISREAD = {"O": "0", "o": "0", "D": "0", "Q": "0", "l": "1", "I": "1", "i": "1", "|": "1", "Z": "2", "S": "5", "B": "8"}
WORDS = {
    "mistake": gettext_lazy("There is a typing mistake in this PIN."),
    "letter": gettext_lazy("“%(letter)s” is a letter. Is it a %(digit)s?"),
    "letters": gettext_lazy("A PIN has only digits."),
    "count": gettext_lazy("It has %(count)s digits and needs 12."),
    "group1": gettext_lazy("Look at the first group again."),
    "group2": gettext_lazy("Look at the second group again."),
    "group3": gettext_lazy("Look at the third group again."),
    "all": gettext_lazy("Compare all three groups with your sheet."),
    "right": gettext_lazy("That is a whole PIN."),
}


@dataclass(frozen=True)
class Hint:
    """What is wrong, as a key of WORDS with its values, and the group to look at (1 to 3; 0: all)."""

    what: str
    group: int
    letter: str = ""
    count: int = 0

    @property
    def in_words(self) -> str:
        problem = {
            "letter": WORDS["letter"] % {"letter": self.letter, "digit": MISREAD.get(self.letter, "")},
            "letters": WORDS["letters"],
            "count": WORDS["count"] % {"count": self.count},
        }.get(self.what, "")
        where = WORDS[f"group{self.group}"] if self.group else WORDS["all"]
        return " ".join(str(part) for part in (WORDS["mistake"], problem, where) if part)


def hint(entry: str) -> Hint:
    """Where to look in an entry that is not a PIN."""
    groups = _groups(entry)
    digits = sum(_is_digit(char) for group in groups for char in group)
    for number, group in enumerate(groups, 1):
        if stray := next((char for char in group if not _is_digit(char)), ""):
            return Hint("letter" if stray in MISREAD else "letters", number if number <= GROUPS else 0, letter=stray)
    odd = _odd_group(groups)
    if digits != numbers.PIN_LENGTH:
        return Hint("count", odd, count=digits)
    return Hint("", odd)


def _groups(entry: str) -> list[str]:
    """The groups as they were typed, or of four characters each if there are no separators."""
    apart = "".join(re.escape(char) for char in sorted(numbers.SEPARATORS))
    groups = [each for each in re.split(f"[{apart}]+", entry) if each]
    if len(groups) == 1:
        whole = groups[0]
        groups = [whole[start : start + GROUP_LENGTH] for start in range(0, len(whole), GROUP_LENGTH)]
    return groups


def _odd_group(groups: list[str]) -> int:
    """The first of three groups without four digits. 0 if only the last is wrong, because the page makes the groups."""
    if len(groups) != GROUPS or all(len(each) == GROUP_LENGTH for each in groups[:-1]):
        return 0
    return next(number for number, each in enumerate(groups, 1) if len(each) != GROUP_LENGTH)


def _is_digit(char: str) -> bool:
    return unicodedata.decimal(char, None) is not None


def for_page() -> dict[str, str]:
    """The same words and figures for the page's script, as attributes of its form.

    The script puts in letter, digit and count. Separators are code points in hexadecimal, since some are invisible.
    """
    signs = {"letter": "{letter}", "digit": "{digit}", "count": "{count}"}
    return {name: str(words) % signs if "%(" in str(words) else str(words) for name, words in WORDS.items()} | {
        "misread": "".join(f"{letter}{digit}" for letter, digit in MISREAD.items()),
        "length": str(numbers.PIN_LENGTH),
        "groups": str(GROUPS),
        "group-length": str(GROUP_LENGTH),
        "apart": " ".join(f"{ord(char):x}" for char in sorted(numbers.SEPARATORS)),
        "check": " ".join(_check_table()),
    }


def _check_table() -> list[str]:
    """Damm's table of the check digit: a row for each carry, a column for each digit."""
    with_carry = {damm.checksum(digit): digit for digit in "0123456789"}
    return ["".join(str(damm.checksum(with_carry[row] + digit)) for digit in "0123456789") for row in range(10)]
