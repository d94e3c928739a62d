"""The demo's patients: three fixed families, and about 130 generated ones.

All are fictional, and the same on every machine. Only their birth dates depend on the date of loading, so that
Mateo is always 8 years old.
"""

from datetime import date

from django.db.models import QuerySet

from patients.demo.builder import Authority, Home, Relationship, Role, Roster
from patients.demo.families import add_families
from patients.models import Patient

Sex = Patient.Sex

MATEO, SOFIA, NEWBORN, CARMEN = "100001", "100002", "100003", "100004"
TWINS = ("100010", "100011")
SIX_CHILDREN = ("100020", "100021", "100022", "100023", "100024", "100025")
FIRST_GENERATED = 100100
PATIENTS_WANTED = 320


def load(*, today: date) -> None:
    """Create the demo's patients and families, unless they exist."""
    if Patient.objects.filter(chart_number=MATEO).exists():
        return
    roster = Roster(today)
    _rivera(roster)
    _oneil_nguyen(roster)
    _okafor(roster)
    add_families(roster, first_chart_number=FIRST_GENERATED, until=PATIENTS_WANTED)
    roster.save()


def patients() -> QuerySet[Patient]:
    """The demo's patients, without any that somebody added."""
    return Patient.objects.filter(chart_number__regex=r"^100\d{3}$").order_by("chart_number")


def _rivera(roster: Roster) -> None:
    """A family with one case of each kind.

    Two children to register, a newborn without a name, an adult who is not their own contact yet, and a
    grandmother without authority.
    """
    home = Home("es", "48 Larkspur Avenue", roster.phone())
    ana = roster.contact("Ana", "Rivera", home, birth_date=roster.born(39, 120), email="ana.rivera@example.com")
    luis = roster.contact("Luis", "Rivera", home, birth_date=roster.born(41, 33), email="luis.rivera@example.com")
    grandmother_home = Home("es", "7 Granary Street", roster.phone())
    elena = roster.contact("Elena", "Rivera", grandmother_home, birth_date=roster.born(67, 210))
    parents = [Relationship(ana, Role.MOTHER), Relationship(luis, Role.FATHER)]
    grandmother = Relationship(elena, Role.GRANDPARENT, Authority.NONE, lives_with=False)
    for chart_number, given, sex, birth_date in [
        (MATEO, "Mateo", Sex.MALE, roster.born(8, 75)),
        (SOFIA, "Sofia", Sex.FEMALE, roster.born(5, 160)),
        (NEWBORN, "Baby Boy", Sex.MALE, roster.born(0, 6)),
        (CARMEN, "Carmen", Sex.FEMALE, roster.born(19, 45)),
    ]:
        child = roster.patient(chart_number, given, "Rivera", home, birth_date=birth_date, sex=sex)
        roster.link(child, parents if chart_number == CARMEN else [*parents, grandmother])


def _oneil_nguyen(roster: Roster) -> None:
    """Twins whose mother has Exclusive authority; a court order restricts the father."""
    home = Home("en", "112 Heron Pond Road", roster.phone())
    mother = roster.contact("Thảo", "O'Neil-Nguyễn", home, birth_date=roster.born(33, 250))
    father_home = Home("en", "9 Copper Kettle Lane", roster.phone())
    father = roster.contact("Declan", "O'Neil", father_home, birth_date=roster.born(36, 18))
    relationships = [
        Relationship(mother, Role.MOTHER, Authority.EXCLUSIVE),
        Relationship(
            father,
            Role.FATHER,
            Authority.NONE,
            lives_with=False,
            restriction="Court order: no contact",
            document="Family Court 2025-1187",
        ),
    ]
    birth_date = roster.born(3, 52)
    for chart_number, given, sex in zip(TWINS, ["Maeve", "Finn"], [Sex.FEMALE, Sex.MALE], strict=True):
        roster.link(
            roster.patient(chart_number, given, "O'Neil-Nguyễn", home, birth_date=birth_date, sex=sex), relationships
        )


def _okafor(roster: Roster) -> None:
    """Six children, the maximum for one sheet."""
    home = Home("en", "301 Sycamore Street", roster.phone())
    mother = roster.contact("Ngozi", "Okafor", home, birth_date=roster.born(40, 91))
    father = roster.contact("Emeka", "Okafor", home, birth_date=roster.born(43, 300))
    relationships = [Relationship(mother, Role.MOTHER), Relationship(father, Role.FATHER)]
    children = [
        ("Chidi", Sex.MALE, 15, 40),
        ("Adaeze", Sex.FEMALE, 12, 130),
        ("Obinna", Sex.MALE, 9, 15),
        ("Ifeoma", Sex.FEMALE, 6, 220),
        ("Kelechi", Sex.MALE, 3, 310),
        ("Amarachi", Sex.FEMALE, 1, 64),
    ]
    for chart_number, (given, sex, age, days) in zip(SIX_CHILDREN, children, strict=True):
        child = roster.patient(chart_number, given, "Okafor", home, birth_date=roster.born(age, days), sex=sex)
        roster.link(child, relationships)
