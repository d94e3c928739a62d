"""PINs as numbers: their format, their check digit, and reading what somebody typed (R5)."""

import secrets
import unicodedata

from stdnum import damm

RANDOM_DIGITS = 11  # 36 bits; NIST SP 800-63A asks for 6 random digits
PIN_LENGTH = RANDOM_DIGITS + 1
ENTRY_MAX_LENGTH = 64  # characters of one typed PIN; grouped by spaces it has 14
ADDRESS_MAX_LENGTH = 512  # characters of the sheet's address with all its PINs, in case somebody pastes that
SHEET_MAX_PINS = 12  # in one entry; a sheet has six at most
SEPARATORS = frozenset(" \t\r\n-‐‑‒–—.·_/,\u00a0\u2007\u2009\u202f\u200b\u200e\u200f\u202a\u202c\ufeff")


class MistypedPin(ValueError):
    """What was typed cannot be a PIN: a typing mistake, not an attempt (R5)."""


def generate() -> str:
    """Twelve digits: eleven from the system's random source and a Damm check digit.

    The check digit catches every single wrong digit and every swap of neighbors.
    """
    number = f"{secrets.randbelow(10**RANDOM_DIGITS):0{RANDOM_DIGITS}d}"
    return number + str(damm.calc_check_digit(number))


def grouped(number: str) -> str:
    """The PIN as people read it: ``1234 5678 9012``."""
    return " ".join(number[start : start + 4] for start in range(0, len(number), 4))


def read_one(entry: str) -> str:
    """The twelve digits of a typed PIN, without separators. Digits of any width or script count.

    Raises MistypedPin if there are not twelve digits, if there is anything else among them, or if the check digit is
    wrong.
    """
    if len(entry) > ENTRY_MAX_LENGTH:
        raise MistypedPin
    digits = []
    for char in entry:
        if char in SEPARATORS:
            continue
        digit = unicodedata.decimal(char, None)
        if digit is None:
            raise MistypedPin
        digits.append(str(digit))
    number = "".join(digits)
    if len(number) != PIN_LENGTH or not damm.is_valid(number):
        raise MistypedPin
    return number


def read_entry(entry: str) -> list[str]:
    """The PINs of an entry: one as people type it, or those behind the ``#`` of the sheet's address.

    Raises MistypedPin as ``read_one`` does.
    """
    _address, has_fragment, fragment = entry.partition("#")
    if not has_fragment:
        return [read_one(entry)]
    parts = [part for part in fragment.split(",") if part.strip()]
    if not 0 < len(parts) <= SHEET_MAX_PINS:
        raise MistypedPin
    return list(dict.fromkeys(read_one(part) for part in parts))
