"""Languages of families, by BCP 47 code."""

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
    """The English name of a language; the code itself if it is not in the list."""
    return NAMES.get(code, code)


def choices(*, with_code: str = "") -> list[tuple[str, str]]:
    """Choices for a select, common languages first. ``with_code`` adds the record's current code if it is missing."""
    rest = sorted((name, code) for code, name in NAMES.items() if code not in COMMON)
    listed = [("", "Not known"), *((code, NAMES[code]) for code in COMMON), *((code, name) for name, code in rest)]
    is_other = with_code and with_code not in NAMES
    return [*listed, (with_code, with_code)] if is_other else listed
