"""The languages families speak, by their BCP 47 code."""

NAMES = {
    "am": "Amharic",
    "ar": "Arabic",
    "bn": "Bengali",
    "de": "German",
    "en": "English",
    "es": "Spanish",
    "fa": "Persian",
    "fr": "French",
    "hi": "Hindi",
    "hmn": "Hmong",
    "ht": "Haitian Creole",
    "ja": "Japanese",
    "ko": "Korean",
    "ne": "Nepali",
    "pl": "Polish",
    "pt": "Portuguese",
    "ru": "Russian",
    "so": "Somali",
    "sw": "Swahili",
    "tl": "Tagalog",
    "uk": "Ukrainian",
    "ur": "Urdu",
    "vi": "Vietnamese",
    "zh": "Chinese",
}
COMMON = ["en", "es"]


def name_of(code: str) -> str:
    """The language's name; a code that is not in the list stays a code."""
    return NAMES.get(code, code)


def choices(*, with_code: str = "") -> list[tuple[str, str]]:
    """For a select: the common ones first. ``with_code``: what the record says now, should it be another."""
    rest = sorted((name, code) for code, name in NAMES.items() if code not in COMMON)
    listed = [("", "Not known"), *((code, NAMES[code]) for code in COMMON), *((code, name) for name, code in rest)]
    is_other = with_code and with_code not in NAMES
    return [*listed, (with_code, with_code)] if is_other else listed
