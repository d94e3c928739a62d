"""PINs as numbers and as secrets (R5, R7)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.pins import numbers, sealing

NUMBERS = st.integers(0, 10**numbers.RANDOM_DIGITS - 1).map(
    lambda number: (text := f"{number:011d}") + str(numbers.damm.calc_check_digit(text))
)
OTHER_KEY = "//79/Pv6+fj39vX08/Lx8O/u7ezr6uno5+bl5OPi4eA=".replace("/", "_").replace("+", "-")


def test_new_pin_has_twelve_digits_and_a_right_check_digit():
    generated = {numbers.generate() for _ in range(200)}
    assert len(generated) == 200
    assert all(numbers.read_one(number) == number for number in generated)


def test_grouped_reads_in_fours():
    assert numbers.grouped("123456789012") == "1234 5678 9012"


@given(NUMBERS)
def test_every_single_wrong_digit_is_caught(number):
    for place in range(12):
        for digit in "0123456789":
            if digit != number[place]:
                with pytest.raises(numbers.MistypedPin):
                    numbers.read_one(number[:place] + digit + number[place + 1 :])


@given(NUMBERS)
def test_every_swap_of_neighbors_is_caught(number):
    for place in range(11):
        swapped = number[:place] + number[place + 1] + number[place] + number[place + 2 :]
        if swapped != number:
            with pytest.raises(numbers.MistypedPin):
                numbers.read_one(swapped)


@pytest.mark.parametrize(
    "written",
    [
        "{0} {1} {2}",
        "{0}-{1}-{2}",
        " {0}{1}{2} ",
        "{0}\u00a0{1}\u2009{2}",
        "{0}.{1}.{2}",
        "\u200f{0} {1} {2}\u200e",
        "{0}\t{1}\n{2}",
    ],
)
def test_separators_are_accepted(written):
    number = numbers.generate()
    assert numbers.read_one(written.format(number[:4], number[4:8], number[8:])) == number


@pytest.mark.parametrize("zero", ["\uff10", "\u0660", "\u06f0", "\u0966"])
def test_digits_of_other_scripts_and_full_width_are_accepted(zero):
    number = numbers.generate()
    assert numbers.read_one("".join(chr(ord(zero) + int(digit)) for digit in number)) == number


@pytest.mark.parametrize(
    "entry", ["", "1", "abc", "1234\x005678 9012", "٣²", "1" * 1_000_000, "12345678901O", "½" * 12]
)
def test_anything_else_is_a_typing_mistake(entry):
    with pytest.raises(numbers.MistypedPin):
        numbers.read_one(entry)


@given(st.text(max_size=80))
def test_no_entry_raises_anything_but_a_typing_mistake(entry):
    try:
        number = numbers.read_one(entry)
    except numbers.MistypedPin:
        return
    assert len(number) == 12


def test_sealed_copy_opens_and_does_not_contain_the_pin():
    number, key = numbers.generate(), sealing.KEYS.newest
    sealed = sealing.seal(number, key)
    assert number not in sealed
    assert sealing.unseal(sealed) == number


def test_keys_rotate_without_voiding_what_is_out(settings):
    number, old = numbers.generate(), sealing.KEYS.newest
    sealed, looked_up = sealing.seal(number, old), sealing.digest(number, old)
    settings.PIN_KEYS = [OTHER_KEY, *settings.PIN_KEYS]
    assert sealing.KEYS.newest.key_id != old.key_id
    assert sealing.unseal(sealed) == number
    assert looked_up in sealing.digests(number)


def test_without_its_key_a_sealed_copy_is_unreadable(settings):
    sealed = sealing.seal(numbers.generate(), sealing.KEYS.newest)
    settings.PIN_KEYS = [OTHER_KEY]
    with pytest.raises(sealing.UnreadablePin):
        sealing.unseal(sealed)


def test_digest_and_seal_use_different_keys():
    key = sealing.KEYS.newest
    assert sealing.digest("123456789012", key) != sealing.digest("123456789013", key)
    cipher = key.cipher("seal")
    assert key.derived("digest") not in cipher._signing_key + cipher._encryption_key


def test_a_pin_stored_by_an_earlier_version_is_found_and_read(settings):
    settings.PIN_KEYS = [OTHER_KEY, "AAMGCQwPEhUYGx4hJCcqLTAzNjk8P0JFSEtOUVRXWl0="]
    sealed = "gAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAL1y9fH16dPlNECam7tYoAc2_LAdtIaus9EKTOdPJri6vmTT5kXrzS1KslCzvbBuNg=="
    assert sealing.has_key("01650c34")
    assert "895befb62d14551993a41fd7cc07dc65653cafde25a7e4b3749685a2205a2d6d" in sealing.digests("123456789012")
    assert sealing.unseal(sealed) == "123456789012"
