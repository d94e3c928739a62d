"""PINs as numbers and as secrets: format, check digit, digest, seal (R5, R7).

``KEYS`` gives each PIN its look-up digest and its sealed copy, under two keys derived from one of ``PIN_KEYS``.
"""

import secrets
import unicodedata

from cryptography.fernet import InvalidToken, MultiFernet
from stdnum import damm

from audit.keyring import Key, Keyring

KEYS = Keyring("PIN_KEYS", "pinportal")
RANDOM_DIGITS = 11  # 36 bits; NIST SP 800-63A asks for 6 random digits
PIN_LENGTH = RANDOM_DIGITS + 1
ENTRY_MAX_LENGTH = 64  # characters looked at; a grouped PIN has 14
ADDRESS_MAX_LENGTH = 512  # characters of the sheet's address with all its PINs, where somebody pastes that
SHEET_MAX_PINS = 12  # that one entry may hold; a sheet has six at most
SEPARATORS = frozenset(" \t\r\n-‐‑‒–—.·_/,\u00a0\u2007\u2009\u202f\u200b\u200e\u200f\u202a\u202c\ufeff")


class MistypedPin(ValueError):
    """What was typed cannot be a PIN: a typing mistake, not an attempt (R5)."""


class UnreadablePin(Exception):
    """The sealed copy was made under a key that is no longer among ``PIN_KEYS``."""


def new_pin() -> str:
    """Twelve digits: eleven from the system's random source and a Damm check digit.

    Damm's digit catches every single wrong digit and every swap of neighbours.
    """
    number = f"{secrets.randbelow(10**RANDOM_DIGITS):0{RANDOM_DIGITS}d}"
    return number + str(damm.calc_check_digit(number))


def grouped(pin: str) -> str:
    """The PIN as people read it: ``1234 5678 9012``."""
    return " ".join(pin[start : start + 4] for start in range(0, len(pin), 4))


def normalised(entry: str) -> str:
    """The twelve digits in what somebody typed: separators dropped, digits of any width or script taken.

    Raises MistypedPin when there are not twelve digits, something else is among them, or the check
    digit is wrong.
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
    pin = "".join(digits)
    if len(pin) != PIN_LENGTH or not damm.is_valid(pin):
        raise MistypedPin
    return pin


def entered(entry: str) -> list[str]:
    """The PINs in an entry: one as people type it, or those behind the ``#`` of the sheet's address.

    Raises MistypedPin as ``normalised`` does.
    """
    _address, has_fragment, fragment = entry.partition("#")
    if not has_fragment:
        return [normalised(entry)]
    parts = [part for part in fragment.split(",") if part.strip()]
    if not 0 < len(parts) <= SHEET_MAX_PINS:
        raise MistypedPin
    return list(dict.fromkeys(normalised(part) for part in parts))


def has_key(key_id: str) -> bool:
    """Whether the key of that name is in force; without it, what it sealed cannot be read."""
    return KEYS.get(key_id) is not None


def digest(pin: str, key: Key) -> str:
    """The keyed digest under which the PIN is looked up."""
    return key.mac("digest", pin)


def digests(pin: str) -> list[str]:
    """The PIN's digests under every key in force."""
    return [digest(pin, key) for key in KEYS]


def seal(pin: str, key: Key) -> str:
    """The encrypted copy, for showing and printing again."""
    return key.cipher("seal").encrypt(pin.encode()).decode()


def unseal(sealed: str) -> str:
    """The PIN from its encrypted copy. Raises UnreadablePin when its key is gone."""
    try:
        return MultiFernet([key.cipher("seal") for key in KEYS]).decrypt(sealed.encode()).decode()
    except InvalidToken as error:
        raise UnreadablePin from error
