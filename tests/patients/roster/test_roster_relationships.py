"""What relationship codes and words grant: authority to parents and legal guardians, by code."""

import pytest

from patients.models import FamilyContact
from patients.roster.relationships import (
    SNOMED,
    V2_0063,
    V2_0131,
    V3_ROLE_CODE,
    combined,
    relationship_by_code,
    relationship_by_word,
)

Role = FamilyContact.Role


@pytest.mark.parametrize(
    ("system", "codes", "role", "grants_authority"),
    [
        (V3_ROLE_CODE, "MTH NMTH ADOPTM NMTHF", Role.MOTHER, True),
        (V3_ROLE_CODE, "FTH NFTH ADOPTF NFTHF", Role.FATHER, True),
        (V3_ROLE_CODE, "PRN NPRN ADOPTP", Role.PARENT, True),
        (V3_ROLE_CODE, "GUARD", Role.GUARDIAN, True),
        (V3_ROLE_CODE, "GESTM", Role.MOTHER, False),
        (V3_ROLE_CODE, "STPPRN STPMTH STPFTH", Role.STEPPARENT, False),
        (V3_ROLE_CODE, "PRNFOST MTHFOST FTHFOST", Role.FOSTER_PARENT, False),
        (V3_ROLE_CODE, "GRPRN GRMTH GRFTH MGRMTH PGRFTH GGRMTH", Role.GRANDPARENT, False),
        (V3_ROLE_CODE, "SIB BRO SIS HSIS STPBRO ITWIN", Role.SIBLING, False),
        (V3_ROLE_CODE, "FAMMEMB AUNT NIECE WIFE MTHINLAW DAUC CHLDFOST", Role.RELATIVE, False),
        (V3_ROLE_CODE, "HPOWATT GUADLTM FRND", Role.OTHER, False),
        (V3_ROLE_CODE, "ONESELF", Role.SELF, False),
        (V2_0063, "MTH", Role.MOTHER, True),
        (V2_0063, "FTH", Role.FATHER, True),
        (V2_0063, "PAR", Role.PARENT, True),
        (V2_0063, "GRD", Role.GUARDIAN, True),
        (V2_0063, "GRP", Role.GRANDPARENT, False),
        (V2_0063, "EMC", Role.EMERGENCY, False),
        (V2_0063, "CGV OTH UNK", Role.OTHER, False),
        (V2_0131, "C EP", Role.EMERGENCY, False),
        (V2_0131, "N E", Role.OTHER, False),
        (SNOMED, "72705000", Role.MOTHER, True),
        (SNOMED, "66839005", Role.FATHER, True),
        (SNOMED, "40683002", Role.PARENT, True),
        (SNOMED, "58626002", Role.GUARDIAN, True),
    ],
)
def test_code(system: str, codes: str, role: str, grants_authority: bool) -> None:
    for code in codes.split():
        relationship = relationship_by_code(system=system, code=code)
        assert relationship, code
        assert (relationship.role, relationship.grants_authority) == (role, grants_authority), code


@pytest.mark.parametrize(
    "system",
    [
        "http://hl7.org/fhir/v3/RoleCode",
        "urn:oid:2.16.840.1.113883.5.111",
        "http://terminology.hl7.org/CodeSystem/v3-RoleCode|2018-08-12",
    ],
)
def test_a_system_under_another_name(system: str) -> None:
    relationship = relationship_by_code(system=system, code="mth")
    assert relationship
    assert relationship.grants_authority


@pytest.mark.parametrize("word", ["Mother", "MADRE", "papá", "legal guardian", "MTH", "Parent"])
def test_words_grant_nothing(word: str) -> None:
    relationship = relationship_by_word(word)
    assert relationship
    assert relationship.role != Role.OTHER
    assert not relationship.grants_authority


def test_unknown() -> None:
    assert relationship_by_code(system="http://elsewhere.example", code="MTH") is None
    assert relationship_by_word("") is None
    relationship = combined(by_code=[], by_word=[])
    assert (relationship.role, relationship.grants_authority) == (Role.OTHER, False)


@pytest.mark.parametrize(
    ("codes", "words", "role", "grants_authority"),
    [
        ([(V2_0131, "N"), (V3_ROLE_CODE, "MTH")], [], Role.MOTHER, True),
        ([(V3_ROLE_CODE, "GRMTH"), (V3_ROLE_CODE, "GUARD")], [], Role.GUARDIAN, True),
        # Stated as parent and as stepparent or foster parent: in doubt no authority.
        ([(V3_ROLE_CODE, "PRN"), (V3_ROLE_CODE, "STPMTH")], [], Role.STEPPARENT, False),
        ([(V3_ROLE_CODE, "MTH")], ["Stepmother"], Role.STEPPARENT, False),
        ([(V3_ROLE_CODE, "MTH")], ["Mother"], Role.MOTHER, True),
        ([(V3_ROLE_CODE, "MTH")], ["legal guardian"], Role.MOTHER, True),
        ([(V2_0131, "N")], ["mother"], Role.MOTHER, False),
        ([(V2_0131, "C")], [], Role.EMERGENCY, False),
        ([(V3_ROLE_CODE, "GUARD")], ["stepfather"], Role.GUARDIAN, True),
    ],
)
def test_together(codes: list[tuple[str, str]], words: list[str], role: str, grants_authority: bool) -> None:
    by_code = [
        relationship for system, code in codes if (relationship := relationship_by_code(system=system, code=code))
    ]
    by_word = [relationship for word in words if (relationship := relationship_by_word(word))]
    relationship = combined(by_code=by_code, by_word=by_word)
    assert (relationship.role, relationship.grants_authority) == (role, grants_authority)
