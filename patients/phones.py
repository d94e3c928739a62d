"""Read and display phone numbers."""

import unicodedata

import phonenumbers

HOME_REGION = "US"  # numbers of this region need no country code
MAX_LENGTH = 40  # characters, as in the database


def digits(text: str) -> str:
    """Only the digits, with full-width digits and those of other scripts as 0-9."""
    return "".join(str(unicodedata.digit(char)) for char in text if char.isdecimal())


def display(text: str) -> str:
    """The number in the national format; text that is not a valid number is returned unchanged."""
    try:
        number = phonenumbers.parse(text[:MAX_LENGTH], HOME_REGION)
    except phonenumbers.NumberParseException:
        return text
    if not phonenumbers.is_possible_number(number):
        return text
    is_national = phonenumbers.country_code_for_region(HOME_REGION) == number.country_code
    form = phonenumbers.PhoneNumberFormat.NATIONAL if is_national else phonenumbers.PhoneNumberFormat.INTERNATIONAL
    shown: str = phonenumbers.format_number(number, form)
    return shown
