"""Generate the demo's other families: as varied as in a real practice, and always the same."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date
from itertools import count

from patients.demo import names
from patients.demo.builder import Authority, Home, Relationship, Role, Roster
from patients.demo.names import LanguageNames
from patients.models import Patient

Sex = Patient.Sex
Status = Patient.Status

OLDEST_CHILD = 17
ADULT = 18
OLD_ENOUGH_FOR_SELF = 14  # some teens are their own contact
WOMEN_PERCENT = {Role.MOTHER: 100, Role.FATHER: 0, Role.STEPPARENT: 10}


@dataclass
class Family:
    """A household that is being built."""

    roster: Roster
    name_lists: LanguageNames
    name: str
    home: Home
    parents_age: int
    used: set[str] = field(default_factory=set)

    def pick(self, words: list[str]) -> str:
        """A given name that is not used in this family yet."""
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
        """Add a contact of the children, in the same household or in another one in town."""
        is_woman = self.chance(WOMEN_PERCENT.get(role, 60))
        given = self.pick(self.name_lists.women if is_woman else self.name_lists.men)
        home = self.home if lives_with else _home(self.roster, self.name_lists.language)
        years_older = 27 if role in (Role.GRANDPARENT, Role.GUARDIAN) else 0
        birth_date = self.roster.born(self.parents_age + years_older, self.roster.random.randrange(350))
        contact = self.roster.contact(given, name or self.name, home, birth_date=birth_date)
        if self.chance(6):
            contact.email = ""
        if self.chance(5):
            contact.cell_phone = ""
        return Relationship(contact, role, authority, lives_with, restriction, document)

    def other_name(self) -> str:
        return self.roster.random.choice([name for name in self.name_lists.families if name != self.name])

    def mother(self, authority: Authority = Authority.JOINT, *, lives_with: bool = True) -> Relationship:
        """The mother's family name. In Vietnamese and Chinese families she keeps her own; in others, some do."""
        keeps = self.name_lists.language in ("vi", "zh") or self.chance(15)
        return self.relationship(Role.MOTHER, authority, name=self.other_name() if keeps else "", lives_with=lives_with)


# The contacts of the older children and of the younger ones.
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
    """Half-siblings with the same mother. The father of the younger ones is the stepparent of the older ones."""
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


CONSTELLATIONS: dict[Callable[[Family], Adults], int] = {  # percentages
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


def _name_lists(number: int) -> LanguageNames:
    """The language of a family: every fifth Spanish, every tenth one of four others in turn, the rest English."""
    if _falls_on(number, every=5, at=1):
        return names.SPANISH
    if _falls_on(number, every=10, at=3):
        others = [names.VIETNAMESE, names.CHINESE, names.ARABIC, names.RUSSIAN]
        return others[number // 10 % len(others)]
    return names.ENGLISH


def _ages(roster: Roster, number: int) -> list[tuple[int, int]]:
    """The children's ages in years and days, oldest first, at least one year apart."""
    random = roster.random
    wanted = random.choices([1, 2, 3, 4], weights=[26, 40, 23, 11])[0]
    years = [random.randrange(1 if _has_newborn(number) else 0, 16)]
    while len(years) < wanted and years[-1] + 2 <= OLDEST_CHILD:
        years.append(min(OLDEST_CHILD, years[-1] + random.choice([2, 2, 3, 4])))
    ages = [(age, random.randrange(1, 350)) for age in reversed(years)]
    if _falls_on(number, every=12, at=5):
        eldest = (ADULT + number // 12 % 3, ages[0][1])
    elif _falls_on(number, every=30, at=4):  # turns 18 in three weeks
        eldest = (OLDEST_CHILD, 344)
    else:
        return ages
    return [eldest, *((age, days) for age, days in ages if age < eldest[0] - 1)]


def _falls_on(number: int, *, every: int, at: int) -> bool:
    return number % every == at


def _has_newborn(number: int) -> bool:
    """Whether this family has a newborn: every eleventh, while placeholder names are left."""
    return _falls_on(number, every=11, at=7) and number // 11 < len(names.PLACEHOLDERS)


def _any_family(roster: Roster, number: int, chart_numbers: Iterator[int]) -> None:
    """Add a family with adults and children, sometimes with a newborn without a name."""
    name_lists, random = _name_lists(number), roster.random
    ages = _ages(roster, number)
    home = _home(roster, name_lists.language)
    family = Family(roster, name_lists, random.choice(name_lists.families), home, ages[0][0] + random.randrange(20, 34))
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
    """Add a birth as the hospital reported it: one child or twins."""
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
    """Add a child with a name of the family's language; some have a middle name or a nickname."""
    name_lists, random = family.name_lists, family.roster.random
    sex = random.choice([Sex.FEMALE, Sex.MALE])
    words = name_lists.girls if sex == Sex.FEMALE else name_lists.boys
    given = family.pick(words)
    middle = random.choice([word for word in words if word != given])
    has_middle_name = name_lists.language in ("en", "es") and family.chance(35)
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
    """Vary the chart: some are inactive, transferred or incomplete."""
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
    """Add whole families until the roster has this many patients."""
    before = len(roster.patients)
    chart_numbers = count(first_chart_number)
    for number in count():
        if len(roster.patients) >= until:
            break
        _any_family(roster, number, chart_numbers)
    _exceptions(roster.patients[before:])
