"""Hints about a mistyped PIN. What the page's script says is compared in test_register_in_browser.py."""

import pytest
from django.utils import translation
from stdnum import damm

from portal.pins import numbers
from portal.pins.hints import for_page, hint

RIGHT = "123456789012"[:11] + str(damm.calc_check_digit("12345678901"))
A, B, C = RIGHT[:4], RIGHT[4:8], RIGHT[8:]
WRONG = RIGHT[:3] + str((int(RIGHT[3]) + 1) % 10) + RIGHT[4:]
MISTAKE, ALL = "There is a typing mistake in this PIN.", "Compare all three groups with your sheet."
FIRST, SECOND, THIRD = (f"Look at the {which} group again." for which in ("first", "second", "third"))
SAID = {
    WRONG: f"{MISTAKE} {ALL}",
    f"{WRONG[:4]} {B} {C}": f"{MISTAKE} {ALL}",
    f"{A} {B} {C[:3]}": f"{MISTAKE} It has 11 digits and needs 12. {ALL}",  # nobody can know where one is missing
    RIGHT[:9]: f"{MISTAKE} It has 9 digits and needs 12. {ALL}",
    f"{RIGHT}7": f"{MISTAKE} It has 13 digits and needs 12. {ALL}",
    f"{A[:3]}-{B}-{C}": f"{MISTAKE} It has 11 digits and needs 12. {FIRST}",
    f"{A}.{B}9.{C}": f"{MISTAKE} It has 13 digits and needs 12. {SECOND}",
    f"{A} {B[:3]} {C}1": f"{MISTAKE} {SECOND}",
    f"{A[:3]}O {B} {C}": f"{MISTAKE} “O” is a letter. Is it a 0? {FIRST}",
    f"{A} l{B[1:]} {C}": f"{MISTAKE} “l” is a letter. Is it a 1? {SECOND}",
    f"{RIGHT[:10]}oo": f"{MISTAKE} “o” is a letter. Is it a 0? {THIRD}",
    f"{A} {B} {C[:3]}x": f"{MISTAKE} A PIN has only digits. {THIRD}",
    f"{A} {B} {C} 1x": f"{MISTAKE} A PIN has only digits. {ALL}",
    "x": f"{MISTAKE} A PIN has only digits. {FIRST}",
    "--": f"{MISTAKE} It has 0 digits and needs 12. {ALL}",
}
TAKEN = {
    RIGHT: f"{A} {B} {C}",
    f"{A}-{B}/{C}": f"{A} {B} {C}",
    f"\u200f{A}\u00a0{B}\u2009{C}\u200e": f"{A} {B} {C}",
    RIGHT.translate({ord("0") + each: ord("０") + each for each in range(10)}): f"{A} {B} {C}",
    RIGHT.translate({ord("0") + each: ord("٠") + each for each in range(10)}): f"{A} {B} {C}",
}


@pytest.mark.parametrize(("entry", "words"), SAID.items())
def test_the_hint_names_the_group_where_it_can_be_told(entry, words):
    with pytest.raises(numbers.MistypedPin):
        numbers.read_one(entry)
    with translation.override("en"):
        assert hint(entry).in_words == words


def test_the_address_of_a_whole_sheet_is_understood():
    other = "99999999999" + str(damm.calc_check_digit("99999999999"))
    assert numbers.read_entry(f"https://portal.example/register/#{RIGHT},{other},{RIGHT}") == [RIGHT, other]
    assert numbers.read_entry(f"{A} {B} {C}") == [RIGHT]
    for entry in ("https://portal.example/#", f"#{WRONG}", "#" + ",".join([RIGHT] * 13)):
        with pytest.raises(numbers.MistypedPin):
            numbers.read_entry(entry)


@pytest.mark.parametrize("number", ["0", "7", "572", RIGHT, WRONG, "98765432109"])
def test_the_page_gets_the_table_of_check_digits(number):
    table, carry = for_page()["check"].split(" "), 0
    for digit in number:
        carry = int(table[carry][int(digit)])
    assert carry == damm.checksum(number)


def test_the_page_gets_every_separator():
    assert {chr(int(code, 16)) for code in for_page()["apart"].split(" ")} == numbers.SEPARATORS
