"""Phone numbers as people type them."""

import unicodedata

import phonenumbers

HOME_REGION = "US"  # whose numbers may be written without a country code
MAX_LENGTH = 40  # characters; as long as the columns are


def digits(text: str) -> str:
    """Only the digits, full-width and other scripts' digits as 0-9."""
    return "".join(str(unicodedata.digit(char)) for char in text if char.isdecimal())


def display(text: str) -> str:
    """The number as people here write it; what is no valid number stays as it was typed."""
    try:
        number = phonenumbers.parse(text[:MAX_LENGTH], HOME_REGION)
    except phonenumbers.NumberParseException:
        return text
    if not phonenumbers.is_possible_number(number):
        return text
    is_ours = phonenumbers.country_code_for_region(HOME_REGION) == number.country_code
    form = phonenumbers.PhoneNumberFormat.NATIONAL if is_ours else phonenumbers.PhoneNumberFormat.INTERNATIONAL
    shown: str = phonenumbers.format_number(number, form)
    return shown
