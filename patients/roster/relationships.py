"""Read relationship codes and words: the person's role, and whether it grants authority.

Only codes grant authority, and only to people who by law decide for the child: natural or adoptive parents,
parents without further detail, and legal guardians. Stepparents, foster parents, next of kin and people
described in free text get none; staff can give it to them.
"""

from dataclasses import dataclass

from patients.folding import fold
from patients.models import FamilyContact

Role = FamilyContact.Role


@dataclass(frozen=True, slots=True)
class Relationship:
    """A person's relationship to a patient. Of several, the one with the highest ``weight`` counts."""

    role: str
    grants_authority: bool = False
    weight: int = 0

    @property
    def is_self(self) -> bool:
        return self.role == Role.SELF


# A more specific relationship has more weight: "foster mother" more than "mother", so that both together
# grant nothing; "legal guardian" most of all, because a grandmother can be one.
SELF = Relationship(Role.SELF, weight=100)
GUARDIAN = Relationship(Role.GUARDIAN, grants_authority=True, weight=90)
STEPPARENT = Relationship(Role.STEPPARENT, weight=80)
FOSTER_PARENT = Relationship(Role.FOSTER_PARENT, weight=80)
# A gestational mother is not always the legal mother.
GESTATIONAL_MOTHER = Relationship(Role.MOTHER, weight=75)
MOTHER = Relationship(Role.MOTHER, grants_authority=True, weight=70)
FATHER = Relationship(Role.FATHER, grants_authority=True, weight=70)
PARENT = Relationship(Role.PARENT, grants_authority=True, weight=60)
GRANDPARENT = Relationship(Role.GRANDPARENT, weight=50)
SIBLING = Relationship(Role.SIBLING, weight=40)
RELATIVE = Relationship(Role.RELATIVE, weight=30)
EMERGENCY = Relationship(Role.EMERGENCY, weight=20)
OTHER = Relationship(Role.OTHER, weight=10)
UNKNOWN = Relationship(Role.OTHER)

V3_ROLE_CODE = "http://terminology.hl7.org/CodeSystem/v3-RoleCode"
V2_0063 = "http://terminology.hl7.org/CodeSystem/v2-0063"
V2_0131 = "http://terminology.hl7.org/CodeSystem/v2-0131"
SNOMED = "http://snomed.info/sct"

# The same code systems under their older names.
_SYSTEMS = {
    "http://hl7.org/fhir/v3/RoleCode": V3_ROLE_CODE,
    "http://hl7.org/fhir/v3/vs/RoleCode": V3_ROLE_CODE,
    "urn:oid:2.16.840.1.113883.5.111": V3_ROLE_CODE,
    "http://hl7.org/fhir/v2/0063": V2_0063,
    "urn:oid:2.16.840.1.113883.12.63": V2_0063,
    "urn:oid:2.16.840.1.113883.18.21": V2_0063,
    "http://hl7.org/fhir/v2/0131": V2_0131,
    "urn:oid:2.16.840.1.113883.12.131": V2_0131,
    "urn:oid:2.16.840.1.113883.18.58": V2_0131,
    "urn:oid:2.16.840.1.113883.6.96": SNOMED,
}

_CODES: dict[str, list[tuple[Relationship, str]]] = {
    V3_ROLE_CODE: [
        (SELF, "ONESELF"),
        (GUARDIAN, "GUARD"),
        (MOTHER, "MTH NMTH NMTHF ADOPTM"),
        (GESTATIONAL_MOTHER, "GESTM"),
        (FATHER, "FTH NFTH NFTHF ADOPTF"),
        (PARENT, "PRN NPRN ADOPTP"),
        (STEPPARENT, "STPPRN STPMTH STPFTH"),
        (FOSTER_PARENT, "PRNFOST MTHFOST FTHFOST"),
        (GRANDPARENT, "GRPRN GRMTH GRFTH MGRPRN MGRMTH MGRFTH PGRPRN PGRMTH PGRFTH"),
        (GRANDPARENT, "GGRPRN GGRMTH GGRFTH MGGRPRN MGGRMTH MGGRFTH PGGRPRN PGGRMTH PGGRFTH"),
        (SIBLING, "SIB BRO SIS HSIB HBRO HSIS NSIB NBRO NSIS STPSIB STPBRO STPSIS"),
        (SIBLING, "TWIN TWINBRO TWINSIS FTWIN FTWINBRO FTWINSIS ITWIN ITWINBRO ITWINSIS"),
        (RELATIVE, "FAMMEMB EXT AUNT MAUNT PAUNT UNCLE MUNCLE PUNCLE COUSN MCOUSN PCOUSN NIENEPH NIECE NEPHEW"),
        (RELATIVE, "SIGOTHR SPS HUSB WIFE FMRSPS DOMPART"),
        (RELATIVE, "INLAW PRNINLAW MTHINLAW FTHINLAW SIBINLAW SISINLAW BROINLAW CHLDINLAW SONINLAW DAUINLAW"),
        (RELATIVE, "CHILD NCHILD CHLDADOPT CHLDFOST STPCHLD SON SONC SONADOPT SONFOST STPSON"),
        (RELATIVE, "DAU DAUC DAUADOPT DAUFOST STPDAU GRNDCHILD GRNDDAU GRNDSON"),
        # A guardian ad litem or a person with power of attorney is not a legal guardian.
        (OTHER, "RESPRSN GUADLTM POWATT DPOWATT HPOWATT SPOWATT EXCEST FRND NBOR ROOM"),
    ],
    V2_0063: [
        (SELF, "SEL"),
        (GUARDIAN, "GRD"),
        (MOTHER, "MTH"),
        (FATHER, "FTH"),
        (PARENT, "PAR"),
        (GRANDPARENT, "GRP"),
        (SIBLING, "SIB BRO SIS"),
        (RELATIVE, "EXF SPO DOM CHD NCH FCH SCH GCH DEP WRD"),
        (EMERGENCY, "EMC"),
        (OTHER, "CGV ASC EME EMR FND MGR NON OAD OTH OWN TRA UNK"),
    ],
    V2_0131: [
        (EMERGENCY, "C EP"),
        # N is the next of kin: a contact without authority.
        (OTHER, "N BP CP E F I O PR S U"),
    ],
    SNOMED: [
        (MOTHER, "72705000 65656005"),
        (FATHER, "66839005 9947008"),
        (PARENT, "40683002"),
        (GUARDIAN, "58626002"),
        (GRANDPARENT, "17945006 62296006"),
        (SIBLING, "73678001 60614009 2272004 45929001"),
        (RELATIVE, "25211005 38048003 127850001"),
    ],
}

_WORDS: list[tuple[Relationship, str]] = [
    (SELF, "self, patient, oneself"),
    (GUARDIAN, "guardian, legal guardian, tutor, tutora, tutor legal, tutora legal, guardián, guardián legal"),
    (STEPPARENT, "stepparent, step parent, stepmother, step mother, stepmom, stepfather, step father, stepdad"),
    (STEPPARENT, "madrastra, padrastro"),
    (FOSTER_PARENT, "foster parent, foster mother, foster father, madre de acogida, padre de acogida"),
    (MOTHER, "mother, mom, mum, mommy, madre, mamá, natural mother, biological mother, birth mother, adoptive mother"),
    (FATHER, "father, dad, daddy, padre, papá, natural father, biological father, adoptive father"),
    (PARENT, "parent, parents, padres, progenitor, natural parent, adoptive parent"),
    (GRANDPARENT, "grandparent, grandmother, grandma, grandfather, grandpa, abuela, abuelo, great grandparent"),
    (GRANDPARENT, "maternal grandmother, maternal grandfather, paternal grandmother, paternal grandfather"),
    (SIBLING, "sibling, brother, sister, half brother, half sister, twin, hermano, hermana"),
    (RELATIVE, "relative, family, family member, aunt, uncle, cousin, niece, nephew, tía, tío, prima, primo"),
    (RELATIVE, "spouse, husband, wife, partner, domestic partner, esposa, esposo"),
    (EMERGENCY, "emergency, emergency contact, contacto de emergencia"),
    (OTHER, "other, friend, neighbor, caregiver, nanny, babysitter, next of kin, unknown"),
]


def _by_code() -> dict[tuple[str, str], Relationship]:
    return {
        (system, code): relationship
        for system, rows in _CODES.items()
        for relationship, codes in rows
        for code in codes.split()
    }


def _by_word() -> dict[str, Relationship]:
    """Words, and codes without a system, give a role but never authority."""
    words = {fold(word): relationship for relationship, listed in _WORDS for word in listed.split(",")}
    codes = {
        fold(code): relationship
        for (system, code), relationship in _BY_CODE.items()
        if system in (V2_0063, V3_ROLE_CODE)
    }
    return {
        word: Relationship(relationship.role, grants_authority=False, weight=relationship.weight)
        for word, relationship in {**codes, **words}.items()
    }


_BY_CODE = _by_code()
_BY_WORD = _by_word()


def relationship_by_code(*, system: str, code: str) -> Relationship | None:
    """The relationship of a code; None if it is not in the table."""
    bare = system.partition("|")[0].rstrip("/")
    return _BY_CODE.get((_SYSTEMS.get(bare, bare), code if bare == SNOMED else code.upper()))


def relationship_by_word(text: str) -> Relationship | None:
    """The relationship of a free text, without authority; None for unknown text."""
    return _BY_WORD.get(fold(text))


def strongest(relationships: list[Relationship]) -> Relationship:
    """The one of several relationships that counts."""
    return max(
        relationships, key=lambda relationship: (relationship.weight, relationship.grants_authority), default=UNKNOWN
    )


def combined(*, by_code: list[Relationship], by_word: list[Relationship]) -> Relationship:
    """The relationship from all codes and words of one person.

    A code for a family member outweighs words, with one exception: the word "stepmother" beside the code for
    mother counts, so that in doubt no authority is granted.
    """
    code, word = strongest(by_code), strongest(by_word)
    denies = word.role in (Role.STEPPARENT, Role.FOSTER_PARENT) and code.role != Role.GUARDIAN
    if denies or word.is_self or code.weight <= EMERGENCY.weight:
        return strongest([code, word])
    return code
