"""Convert FHIR names, phones and addresses to a person."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from patients.folding import fold
from patients.roster.records import InvalidRecord, Person
from patients.roster.values import Warn, birth_date, flag, includes_today, mapping, mappings, text, texts

# Uses of names, best first; "" is a name without a use or with an unknown one. Many newborns have only a
# temporary name. Anonymous names are ignored.
_USES = ("official", "usual", "", "temp", "nickname", "maiden", "old")
_LANGUAGE = re.compile(r"([A-Za-z]{2,3})(-[A-Za-z0-9-]+)?")
_WORST_RANK = 999


@dataclass(frozen=True, slots=True)
class Name:
    use: str
    given: str = ""
    middle: str = ""
    family: str = ""

    @property
    def whole(self) -> str:
        return " ".join(part for part in (self.given, self.middle, self.family) if part)


@dataclass(frozen=True, slots=True)
class Phone:
    value: str
    is_cell: bool
    order: tuple[int, bool]


def person(body: dict[str, Any], *, warn: Warn) -> Person:
    """Read the person from a Patient, a RelatedPerson or a Patient.contact."""
    names = usable_names(body.get("name"))
    name = names[0] if names else Name("")
    phones = _phones(body.get("telecom"))
    address = _address(body.get("address"))
    return Person(
        given_name=name.given,
        middle_name=name.middle,
        family_name=name.family,
        preferred_name=_preferred(names),
        other_names=_other_names(names),
        birth_date=birth_date(body.get("birthDate"), warn=warn),
        language=_language(body.get("communication")),
        home_phone=next((phone.value for phone in phones if not phone.is_cell), ""),
        cell_phone=next((phone.value for phone in phones if phone.is_cell), ""),
        first_phone=phones[0].value if phones else "",
        email=_email(body.get("telecom")),
        street=", ".join(texts(address.get("line"))) or _street_of_text(address),
        city=text(address.get("city")),
        state=text(address.get("state")),
        postal_code=text(address.get("postalCode")),
    )


def usable_names(value: Any) -> list[Name]:
    """The names, best first: current names before those whose period has ended."""
    current: list[Name] = []
    past: list[Name] = []
    for item in mappings(value):
        name = _name(item)
        if name.whole and name.use != "anonymous":
            (current if includes_today(item.get("period")) else past).append(name)
    return [*sorted(current, key=_by_use), *sorted(past, key=_by_use)]


def _by_use(name: Name) -> int:
    return _USES.index(name.use)


def _name(item: dict[str, Any]) -> Name:
    use = text(item.get("use")).lower()
    use = use if use in _USES or use == "anonymous" else ""
    if isinstance(item.get("family"), list):
        raise InvalidRecord("FHIR DSTU2 (the family name is a list); this import reads R4")
    family, given = text(item.get("family")), texts(item.get("given"))
    if not family and not given:
        return _name_of_text(use, text(item.get("text")))
    return Name(use, given[0] if given else "", " ".join(given[1:]), family)


def _name_of_text(use: str, whole: str) -> Name:
    """Split a name in one text: "Family, Given Middle", or with the family name as the last word."""
    family, comma, rest = whole.partition(",")
    if comma:
        given = rest.split()
    else:
        *given, family = whole.split() or [""]
        if not given:
            # A single word counts as the given name.
            return Name(use, given=family)
    return Name(use, given[0] if given else "", " ".join(given[1:]), family.strip())


def _preferred(names: list[Name]) -> str:
    """The given name of a nickname, or of a usual name that differs from the official one; empty without one."""
    for use in ("nickname", "usual"):
        for name in names[1:]:
            if name.use == use and name.given and fold(name.given) != fold(names[0].given):
                return name.given
    return ""


def _other_names(names: list[Name]) -> tuple[str, ...]:
    others = dict.fromkeys(name.whole for name in names[1:])
    return tuple(other for other in others if fold(other) != fold(names[0].whole))


def _telecoms(value: Any) -> Iterator[tuple[dict[str, Any], str, str]]:
    """The current phones and e-mail addresses, each with its system and its value."""
    for item in mappings(value):
        found = text(item.get("value"))
        if found and text(item.get("use")).lower() != "old" and includes_today(item.get("period")):
            yield item, text(item.get("system")).lower(), found


def _rank(item: dict[str, Any]) -> int:
    rank = item.get("rank")
    return rank if isinstance(rank, int) and rank > 0 else _WORST_RANK


def _phones(value: Any) -> list[Phone]:
    """The phones in the order to call them: by rank, then private before work phones."""
    phones = []
    for item, system, found in _telecoms(value):
        if system in ("phone", "sms"):
            use = text(item.get("use")).lower()
            is_cell = system == "sms" or use == "mobile"
            phones.append(Phone(found.removeprefix("tel:"), is_cell, (_rank(item), use in ("work", "temp"))))
    return sorted(phones, key=lambda phone: phone.order)


def _email(value: Any) -> str:
    emails = [(_rank(item), found) for item, system, found in _telecoms(value) if system == "email"]
    return min(emails, key=lambda ranked: ranked[0])[1].removeprefix("mailto:") if emails else ""


def _address(value: Any) -> dict[str, Any]:
    """The first current address, without old ones and those for billing only."""
    return next(
        (
            item
            for item in mappings(value)
            if text(item.get("use")).lower() not in ("old", "billing") and includes_today(item.get("period"))
        ),
        {},
    )


def _street_of_text(address: dict[str, Any]) -> str:
    """The text of an address without other parts."""
    return "" if any(text(address.get(part)) for part in ("city", "state", "postalCode")) else text(address.get("text"))


def _language(value: Any) -> str:
    """The preferred language, or else the first; only its primary part, such as "es"."""
    listed = mappings(value)
    for item in [*(item for item in listed if flag(item.get("preferred"))), *listed]:
        for coding in mappings(mapping(item.get("language")).get("coding")):
            if found := _LANGUAGE.fullmatch(text(coding.get("code"))):
                return found[1].lower()
    return ""
