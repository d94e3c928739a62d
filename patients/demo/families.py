"""The demo's many families: as mixed as a real practice's, the same ones at every load."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date
from itertools import count

from patients.demo import names
from patients.demo.builder import Authority, Home, Relationship, Role, Roster
from patients.demo.names import Tongue
from patients.models import Patient

Sex = Patient.Sex
Status = Patient.Status

OLDEST_CHILD = 17
ADULT = 18
OLD_ENOUGH_FOR_SELF = 14  # of some teens the practice has an own address
WOMEN_PERCENT = {Role.MOTHER: 100, Role.FATHER: 0, Role.STEPPARENT: 10}


@dataclass
class Family:
    """A household in the making."""

    roster: Roster
    tongue: Tongue
    name: str
    home: Home
    parents_age: int
    used: set[str] = field(default_factory=set)

    def pick(self, words: list[str]) -> str:
        """A given name that nobody else in the family has."""
        word = self.roster.random.choice([word for word in words if word not in self.used])
        self.used.add(word)
        return word

    def chance(self, percent: int) -> bool:
        return self.roster.random.randrange(100) < percent

    def relationship(
        self,
        role: Role,
        authority: Authority = Authority.JOINT,
        *,
        name: str = "",
        lives_with: bool = True,
        restriction: str = "",
        document: str = "",
    ) -> Relationship:
        """Somebody new around the children, under the same roof or under another one in town."""
        is_woman = self.chance(WOMEN_PERCENT.get(role, 60))
        given = self.pick(self.tongue.women if is_woman else self.tongue.men)
        home = self.home if lives_with else _home(self.roster, self.tongue.language)
        years_older = 27 if role in (Role.GRANDPARENT, Role.GUARDIAN) else 0
        birth_date = self.roster.born(self.parents_age + years_older, self.roster.random.randrange(350))
        contact = self.roster.contact(given, name or self.name, home, birth_date=birth_date)
        if self.chance(6):
            contact.email = ""
        if self.chance(5):
            contact.cell_phone = ""
        return Relationship(contact, role, authority, lives_with, restriction, document)

    def other_name(self) -> str:
        return self.roster.random.choice([name for name in self.tongue.families if name != self.name])

    def mother(self, authority: Authority = Authority.JOINT, *, lives_with: bool = True) -> Relationship:
        """In Vietnamese and Chinese families she keeps her name; elsewhere some do."""
        keeps = self.tongue.language in ("vi", "zh") or self.chance(15)
        return self.relationship(Role.MOTHER, authority, name=self.other_name() if keeps else "", lives_with=lives_with)


# A constellation of adults: those of the older children, those of the younger ones.
Adults = tuple[list[Relationship], list[Relationship]]


def _both_parents(family: Family) -> Adults:
    relationships = [family.mother(), family.relationship(Role.FATHER, lives_with=family.chance(80))]
    return relationships, relationships


def _same_role(family: Family) -> Adults:
    relationships = [family.relationship(Role.PARENT), family.relationship(Role.PARENT, name=family.other_name())]
    return relationships, relationships


def _mother_alone(family: Family) -> Adults:
    relationships = [family.mother(Authority.EXCLUSIVE)]
    if family.chance(10):
        order = {"restriction": "Protective order", "document": f"Family Court 2024-{family.parents_age}31"}
        relationships.append(family.relationship(Role.FATHER, Authority.NONE, lives_with=False, **order))
    return relationships, relationships


def _father_alone(family: Family) -> Adults:
    relationships = [family.relationship(Role.FATHER, Authority.EXCLUSIVE)]
    return relationships, relationships


def _stepparent(family: Family) -> Adults:
    relationships = [
        family.mother(),
        family.relationship(Role.FATHER, lives_with=False),
        family.relationship(Role.STEPPARENT, Authority.NONE, name=family.other_name()),
    ]
    return relationships, relationships


def _blended(family: Family) -> Adults:
    """Half-siblings: they share the mother only, and the younger ones' father is the older ones' stepparent."""
    mother = family.mother()
    father = family.relationship(Role.FATHER, name=family.other_name())
    first_father = family.relationship(Role.FATHER, lives_with=False)
    return [mother, first_father, Relationship(father.contact, Role.STEPPARENT, Authority.NONE)], [mother, father]


def _legal_guardian(family: Family) -> Adults:
    relationships = [
        family.relationship(Role.GUARDIAN, Authority.EXCLUSIVE, name=family.other_name()),
        family.mother(Authority.NONE, lives_with=False),
    ]
    return relationships, relationships


def _foster_parents(family: Family) -> Adults:
    name = family.other_name()
    relationships = [
        family.relationship(Role.FOSTER_PARENT, name=name),
        family.relationship(Role.FOSTER_PARENT, name=name),
    ]
    return relationships, relationships


CONSTELLATIONS: dict[Callable[[Family], Adults], int] = {  # out of a hundred
    _both_parents: 52,
    _mother_alone: 13,
    _blended: 10,
    _stepparent: 9,
    _legal_guardian: 5,
    _foster_parents: 4,
    _father_alone: 4,
    _same_role: 3,
}


def _home(roster: Roster, language: str) -> Home:
    street = f"{roster.random.randrange(1, 480)} {roster.random.choice(names.STREETS)}"
    return Home(language, street, roster.phone())


def _tongue(number: int) -> Tongue:
    """Every fifth family speaks Spanish, every tenth one of four other languages in turn."""
    if _falls_on(number, every=5, at=1):
        return names.SPANISH
    if _falls_on(number, every=10, at=3):
        others = [names.VIETNAMESE, names.CHINESE, names.ARABIC, names.RUSSIAN]
        return others[number // 10 % len(others)]
    return names.ENGLISH


def _ages(roster: Roster, number: int) -> list[tuple[int, int]]:
    """The children's ages, eldest first, in years and days; at least a year between any two."""
    random = roster.random
    wanted = random.choices([1, 2, 3, 4], weights=[26, 40, 23, 11])[0]
    years = [random.randrange(1 if _has_newborn(number) else 0, 16)]
    while len(years) < wanted and years[-1] + 2 <= OLDEST_CHILD:
        years.append(min(OLDEST_CHILD, years[-1] + random.choice([2, 2, 3, 4])))
    ages = [(age, random.randrange(1, 350)) for age in reversed(years)]
    if _falls_on(number, every=12, at=5):
        eldest = (ADULT + number // 12 % 3, ages[0][1])
    elif _falls_on(number, every=30, at=4):  # will be of age in three weeks
        eldest = (OLDEST_CHILD, 344)
    else:
        return ages
    return [eldest, *((age, days) for age, days in ages if age < eldest[0] - 1)]


def _falls_on(number: int, *, every: int, at: int) -> bool:
    return number % every == at


def _has_newborn(number: int) -> bool:
    """Every eleventh family, as long as there are placeholder names left."""
    return _falls_on(number, every=11, at=7) and number // 11 < len(names.PLACEHOLDERS)


def _any_family(roster: Roster, number: int, chart_numbers: Iterator[int]) -> None:
    """One more family: who the adults are, their children, now and then a newborn without a name."""
    tongue, random = _tongue(number), roster.random
    ages = _ages(roster, number)
    home = _home(roster, tongue.language)
    family = Family(roster, tongue, random.choice(tongue.families), home, ages[0][0] + random.randrange(20, 34))
    build = random.choices(list(CONSTELLATIONS), weights=list(CONSTELLATIONS.values()))[0]
    older, younger = build(family)
    if family.chance(22):
        grandmother = family.relationship(Role.GRANDPARENT, Authority.NONE, lives_with=family.chance(30))
        older, younger = [*older, grandmother], [*younger, grandmother]
    for position, (age, days) in enumerate(ages):
        child = _child(family, str(next(chart_numbers)), roster.born(age, days))
        relationships = older if position * 2 < len(ages) else younger
        if age >= ADULT:
            relationships = [*relationships, roster.self_relationship(child, home, Authority.EXCLUSIVE)]
        elif age >= OLD_ENOUGH_FOR_SELF and family.chance(20):
            relationships = [*relationships, roster.self_relationship(child, home, Authority.NONE)]
        roster.link(child, relationships)
    if _has_newborn(number):
        _newborn(family, names.PLACEHOLDERS[number // 11], chart_numbers, younger, days=2 + number // 11 * 2)


def _newborn(
    family: Family,
    placeholders: list[tuple[str, str]],
    chart_numbers: Iterator[int],
    relationships: list[Relationship],
    *,
    days: int,
) -> None:
    """A birth as the hospital reported it: one child, or two."""
    mother = next(
        (relationship for relationship in relationships if relationship.role == Role.MOTHER), relationships[0]
    )
    for placeholder, sex in placeholders:
        given = placeholder.format(family=family.name, mother=mother.contact.given_name)
        born = family.roster.born(0, days)
        chart_number = str(next(chart_numbers))
        baby = family.roster.patient(chart_number, given, family.name, family.home, birth_date=born, sex=sex)
        family.roster.link(baby, relationships)


def _child(family: Family, chart_number: str, birth_date: date) -> Patient:
    """A child with a name of its language; some with a middle name or a nickname."""
    tongue, random = family.tongue, family.roster.random
    sex = random.choice([Sex.FEMALE, Sex.MALE])
    words = tongue.girls if sex == Sex.FEMALE else tongue.boys
    given = family.pick(words)
    middle = random.choice([word for word in words if word != given])
    has_middle_name = tongue.language in ("en", "es") and family.chance(35)
    return family.roster.patient(
        chart_number,
        given,
        family.name,
        family.home,
        birth_date=birth_date,
        sex=sex,
        middle_name=middle if has_middle_name else "",
        preferred_name=names.NICKNAMES.get(given, ""),
    )


def _exceptions(patients: list[Patient]) -> None:
    """Charts as they also are: closed, moved away, incomplete."""
    for number, patient in enumerate(patients):
        if _falls_on(number, every=26, at=14):
            patient.status = Status.INACTIVE
        elif _falls_on(number, every=40, at=17):
            patient.status = Status.TRANSFERRED
        elif _falls_on(number, every=1000, at=123):
            patient.status = Status.DECEASED
        elif _falls_on(number, every=90, at=31):
            patient.birth_date = None


def add_families(roster: Roster, *, first_chart_number: int, until: int) -> None:
    """Fill the roster with whole families until it holds so many patients."""
    before = len(roster.patients)
    chart_numbers = count(first_chart_number)
    for number in count():
        if len(roster.patients) >= until:
            break
        _any_family(roster, number, chart_numbers)
    _exceptions(roster.patients[before:])
