"""Detect placeholders that hospitals write in the given name of a newborn who has no name yet (R3).

A survey of 384 neonatal units found 75 conventions for single births and 138 for multiples (Adelman et al.,
Pediatrics 2015;136:327). A list would not cover them, so this module splits a name into words and classifies
each: words that are never a name ("girl"), words that are rarely a name ("boy", "baby"), marks of multiples
("A", "2"), "of", and other words, which count as names. Joined words ("1Judysgirl") are split first.

Only the given name is classified: Boy, Male and Newborn are real family names. Case is ignored, because many
systems store capitals only. Accents are ignored too, except in Spanish "niño" and "niña", which are not the
names Nino and Nina.
"""

import re
import unicodedata
from collections.abc import Collection, Iterable
from enum import Enum
from itertools import islice

from patients.folding import fold


class NameKind(Enum):
    """Kinds of given names. A doubtful one is a real name of some people, but usually a placeholder."""

    REAL = "real"
    DOUBTFUL = "doubtful"
    PLACEHOLDER = "placeholder"


# A doubtful name is blocked until the first birthday: charts are opened at birth, and names come later.
DOUBTFUL_UNTIL_DAYS = 365
# Unicode categories and characters that are invisible: controls, direction marks, fillers.
_UNSEEN, _BLANKS = frozenset({"Cc", "Cf", "Cs", "Co", "Cn"}), "\u115f\u1160\u3164\uffa0"
# Limits that keep the work small. The column is 100 characters long.
_LONGEST, _MOST_MOTHERS, _SHOWN = 200, 20, 40


def _words(*lines: str) -> frozenset[str]:
    return frozenset(fold(word) for line in lines for word in line.split())


# Words that are never a name. One of them makes any given name a placeholder.
_NOBODY = _words(
    "girl girls gril grl gilr gurl female females newborn newborns neonate twin twins twn twinn triplet",
    "triplets quadruplet quad quintuplet sextuplet child fetus stillborn unborn bg bbg nb nbb nbg daughter mother",
    "recién nacido nacida rn gemelo gemela gemelos gemelas mellizo melliza trillizo trilliza hembra femenino",
    "masculino hijo hija reciénnacido reciénnacida",  # Spanish
    "garçon fille nouveau nouveauné jumeau jumelle jumeaux jumelles fils enfant masculin féminin nourrisson",  # French
    "menino menina recém nascido nascida gêmeo gêmea filho filha feminino",  # Portuguese
    "neugeborenes neugeborene säugling mädchen zwilling drilling tochter weiblich männlich",  # German
    "neonato neonata maschio femmina figlio figlia gemello gemella",  # Italian
    "jongen meisje tweeling pasgeborene dochter noworodek chłopiec dziewczynka dziecko",  # Dutch, Polish
    "bebek yenidoğan erkek sanggol lalaki babae perempuan lelaki mtoto tibebe malchik devochka",  # Turkish, Tagalog …
    "новорожденный новорожденная мальчик девочка ребенок младенец немовля хлопчик дівчинка",  # Russian, Ukrainian
    "طفل طفلة رضيع رضيعة بيبي תינוק תינוקת μωρό αγόρι κορίτσι 아기 남아 여아 신생아",  # Arabic, Hebrew, Greek, Korean
)
# Words for a missing name, in forms and test data.
_NOT_NAMES = _words(
    "unknown unnamed noname notnamed unamed nameless name named names naming firstname givenname none null unk unkn",
    "fnu lnu nfn nln nmn nn tbd tba tbn idk pending undecided undetermined unspecified unidentified unassigned",
    "unavailable unregistered unkown unknwon temp temporary placeholder test testing tester tests dummy sample zztest",
    "anonymous determined decided asdf qwerty abc abcd xyz deleted duplicate void blank missing error withheld",
    "nombre desconocido desconocida desconhecido inconnu inconnue prénom unbekannt vorname namenlos sconosciuto",
)
_ABBREVIATED = _words("na tbd tba tbn fnu lnu nfn nln nmn unk idk")
# Words that can be a name or part of one: (kind if alone, kind beside a name).
_MAYBE, _PLACEHOLDER = NameKind.DOUBTFUL, NameKind.PLACEHOLDER
_SOFT = {
    # Baby Joy (Philippines) and Infant Raj (Tamil Nadu) are real names, "Baby" is not.
    **dict.fromkeys(_words("baby babyy babie bby infant infants male males"), (_PLACEHOLDER, _MAYBE)),
    **dict.fromkeys(_words("boy boys bebe bebes babe bebito bebita bambino bambina ninyo ninya"), (_MAYBE, _MAYBE)),
    **dict.fromkeys(_words("bayi varon junge knabe kind kid patient anon demo mom bm bf twa twb"), (_MAYBE, _MAYBE)),
    "bb": (_MAYBE, _PLACEHOLDER),  # BB can be initials, "BB Sarah" cannot
}
# Words that count only beside a word of the table above; alone they are names or mean nothing.
_WEAK = _words("son sons new born doe masc masculine fem feminine multiple quint trai gái no not sexe sex")
_WEAK_AFTER_BEBE = _words("nino nina nena nene beba")
_ROMANCE = _words("bebe bebes bebito bebita ninyo ninya")
_OF = _words("of de del da do di von van for babyof")
_NUMBERS = _words(
    "one two three four five six first second third ii iii iv uno dos tres deux trois dois duas zwei drei due tre"
)
_NEUTRAL = _words("the el jr sr")
# Phrases that are never a name: Vietnamese, Hmong, Creole, Indonesian …
_PHRASES = (
    "new born,bé trai,bé gái,em bé,con trai,con gái,con bà,chưa đặt tên,chưa có tên,không tên,me nyuam,ti gason,ti fi,"
    "ti bebe,by ny,laki laki,not known,not given,not available,sans nom,sem nome,senza nome,ohne namen,"
    "john doe,jane doe,safe haven,fetal demise,still born,do not use,son of,sohn von"
)
_PHRASE = re.compile("|".join(f"(?<!\\w){fold(phrase)}(?!\\w)" for phrase in _PHRASES.split(",")))
# Scripts without spaces: 之子 and 之女 are "son of" and "daughter of".
_CJK = "婴儿|嬰兒|男婴|女婴|男嬰|女嬰|新生儿|新生兒|新生児|赤ちゃん|男児|女児|ベビー|之子|之女|아기"
_UNSPACED = re.compile("|".join(map(fold, _CJK.split("|"))))

# Joined words. The words of the second table resemble names, so they count only in pairs ("bebeniña").
_LONG = "baby|boy|girl|female|newborn|infant|twin|triplet|unnamed|unknown|noname"
_CORE = f"{_LONG}|male|bb|bg|nb"
_CORE_IN_TWOS = "bebe|nina|nino|fille|garcon|menin[oa]|varon|hembra"
_COUNT = "one|two|three|four|five|six|i{1,3}|[a-hmf]"
_UNIT = f"[a-h](?={_LONG}|{_CORE_IN_TWOS})|[bcd](?=male)|{_CORE}|{_CORE_IN_TWOS}|(?:{_COUNT})$"
# Atomic groups, so that the pattern does not try all combinations of "bb" and "b" + "b".
_GLUED, _UNITS = re.compile(f"(?>{_UNIT})++"), re.compile(_UNIT)
# Real names that the rules for joined words would split.
_WHOLE = _words(
    "boyd boye boyi boyan boyana boydell boyland boynton boyston boytina malea malee maleh maleia malei malef",
    "girlsie girllyn girlley girlson twinkle twinkal infante infantina babyl",
)
# A twin's letter that reads as a name: Boya (Chinese), Infanta (Tamil), Aboy (Filipino).
_LETTER_OR_NAME = {"boya": "boy", "infanta": "infant", "aboy": "boy"}
# Many names begin with Boy- or Male- or end in -male or -twin, so only a mother's name beside them proves a
# placeholder. These are common names of US mothers; those of the family's own contacts come from the chart.
_MOTHERS = _words(
    "jennifer jessica amanda sarah sara ashley stephanie melissa nicole elizabeth heather michelle kimberly amy amber",
    "emily emma anna anne ann ana andrea angela maria marie mary rachel rebecca laura lauren megan samantha danielle",
    "katherine catherine kathryn kate katie erica erin eva eve alice alicia allison olivia isabel irene iris crystal",
    "christina tiffany vanessa natalie lisa linda judy jane jean joan julie karen kelly susan sandra patricia wendy",
    "brenda carmen rosa ruth sofia sophia grace hannah ella abigail chloe victoria veronica brittany diana fatima",
)
_TYPO_OF = ("baby", "boy", "girl", "twin", "newborn", "infant", "female")
_TYPO_ALONE = ("newborn", "female", "unknown", "unnamed", "triplet")
# Names within one typing error of those words.
_NEAR_NAMES = _words(
    "bob boo bon bay boyd boye boya bey gil gill girly baba babs aby bab tin win infanta newbern newburn"
)
_VOWELS = "aeiouy"
_SUFFIX = re.compile(
    rf"(?P<base>.{{2,}}?)(?P<of>s?)(?P<word>girl|gril|grl|gilr|female|boy|baby|newborn|infant|daughter|male|twin|son|bg)"
    rf"(?P<count>{_COUNT})?"
)
_PREFIX = re.compile("(?P<word>newborn|female|infant|baby|girl|twin|male|boy|bb|bg)(?P<rest>.{2,})")
_CARE_OF = re.compile(r"^\W*(?:b\W+o|[sd]\s?[/\\]\s?o)(?=\W|$)")  # B/O, S/O, D/O: baby, son, daughter of
_NAMELESS_LETTERS = frozenset("xmfbg")


def placeholder_reason(
    given_name: str, *, age_days: int | None = None, mother_given_names: Collection[str] = ()
) -> str:
    """Why this given name needs attention, in one sentence; empty for a real name.

    A doubtful name counts as real from the first birthday. Without a known age it stays doubtful.

    >>> placeholder_reason("Judysgirl", age_days=2000)
    '“Judysgirl” is a placeholder, not a given name.'
    >>> placeholder_reason("Baby Joy", age_days=2000)
    ''
    """
    kind = classify(given_name, mother_given_names=mother_given_names)
    shown = " ".join(_visible(given_name).split())
    shown = shown if len(shown) <= _SHOWN else shown[:_SHOWN].rstrip() + "…"
    if kind is NameKind.PLACEHOLDER:
        return f"“{shown}” is a placeholder, not a given name." if _parts(shown) else "No given name is recorded."
    if kind is NameKind.DOUBTFUL and (age_days is None or age_days < DOUBTFUL_UNTIL_DAYS):
        return f"“{shown}” looks like a placeholder. Enter the given name, or confirm that this is the real name."
    return ""


def classify(given_name: str, *, mother_given_names: Collection[str] = ()) -> NameKind:
    """Classify a given name by its words. A mother's name in it ("BabyJean", Jean) makes it a placeholder."""
    text = _visible(given_name)
    mothers = frozenset(
        part for name in islice(mother_given_names, _MOST_MOTHERS) for part in _parts(_visible(name)) if len(part) > 1
    )
    parts = _parts(text)
    spaced = " ".join(parts)
    initials = spaced.replace(" ", "") if spaced == " ".join(spaced.replace(" ", "")) else ""
    if not parts or initials in _ABBREVIATED or _PHRASE.search(spaced) or _UNSPACED.search(spaced):
        return NameKind.PLACEHOLDER
    if len(parts) > 1 and "".join(parts[:2]) in {"bb", "bg", "nb"} and len(parts[0]) == 1:
        parts[:2] = ["".join(parts[:2])]  # "B.G. Smith"
    words = [word for part in parts for word in _split_joined_words(part, mothers)]
    return _classify_words(words, mothers=mothers, text=text)


def _visible(text: str) -> str:
    """The beginning of the text, normalized (NFKC), without invisible characters."""
    seen = (
        " " if char.isspace() else "" if char in _BLANKS or unicodedata.category(char) in _UNSEEN else char
        for char in text.strip()[:_LONGEST]
    )
    return unicodedata.normalize("NFKC", "".join(seen)).strip()[:_LONGEST]


def _parts(text: str) -> list[str]:
    """The folded words and numbers of a text. A possessive 's becomes "of", B/O becomes "babyof"."""
    text = re.sub(r"(?<!\w)niñ([oa])s?(?!\w)", r"niny\1", text.casefold())
    decomposed = unicodedata.normalize("NFKD", text)
    text = "".join(char for char in decomposed if unicodedata.category(char) not in {"Mn", "Me"})
    text = re.sub(r"['’ʼ`]s(?!\w)", " of ", _CARE_OF.sub(" babyof ", text))
    return re.findall(r"\d+|[^\W\d_]+", fold(text))


def _split_joined_words(word: str, mothers: Collection[str]) -> list[str]:
    """Split joined words such as "babyboya", "judysgirl" or "girlmarie". Other words stay as they are."""
    if word in _LETTER_OR_NAME:
        return [_LETTER_OR_NAME[word], word]
    if word in _WHOLE or word in _NOBODY or word in _NOT_NAMES or word in _SOFT:
        return [word]
    if _GLUED.fullmatch(word):
        units = _UNITS.findall(word)
        cores = [unit for unit in units if re.fullmatch(f"{_CORE}|{_CORE_IN_TWOS}", unit)]
        if len(cores) > 1 or any(re.fullmatch(_CORE, core) for core in cores):
            return units
    names = _MOTHERS.union(mothers)
    if (match := _PREFIX.fullmatch(word)) and _ends_in_a_name(match["word"], match["rest"], names):
        return [match["word"], *_split_joined_words(match["rest"], mothers)]
    if (match := _SUFFIX.fullmatch(word)) and (before := _owner(match, names)):
        count = [match["count"]] if match["count"] else []
        return [*_split_joined_words(before[0], mothers), *before[1:], match["word"], *count]
    return [word]


def _ends_in_a_name(word: str, rest: str, names: Collection[str]) -> bool:
    """Whether "girl", "boy" … is followed by a name, not by the end of a name like Girlene."""
    starts_soft = rest[0] in _VOWELS
    a_twin = rest[0] in "abcdefgh" and rest[1:] in names  # TwinAMarie
    if rest in names or a_twin or word in {"newborn", "female", "infant", "baby"}:
        return True
    least = {  # minimum number of letters, so that real names are kept
        "girl": 5 if starts_soft else 3,  # Girlie, Girlene, Girleide
        "boy": 5 if starts_soft else 4,  # Boyan, Boyuan, Boyce, Boykin
        "twin": _LONGEST if starts_soft or rest[0] in "kn" else 3,  # Twinkle, Twinomujuni
        "male": _LONGEST,  # Malek, Malena
    }
    return len(rest) >= least.get(word, 3)


def _owner(match: re.Match[str], names: Collection[str]) -> list[str]:
    """The words before "girl", "boy" … at the end of a word: ["judy", "of"] of Judysgirl; empty for a real name."""
    base, word, possessive = match["base"], match["word"], bool(match["of"])
    if match["count"] and not possessive and word not in {"girl", "female"}:
        return []
    if word in {"male", "twin", "son"}:  # Jamale, Hartwin, Alisson
        known = base in names and (possessive or word != "son")
        return [base, "of"] if known and possessive else [base] if known else []
    enough = len(base) > 2 and any(letter in _VOWELS for letter in base)  # noqa: PLR2004
    return [base, "of"] if possessive and enough else [base + match["of"]]


def _classify_words(words: list[str], *, mothers: Collection[str], text: str) -> NameKind:
    """Classify the words of a name. ``text`` is the whole name, for its symbols and numbers."""
    if any(word in _NOBODY or word in _NOT_NAMES or _is_typo(word, _TYPO_ALONE) for word in words):
        return NameKind.PLACEHOLDER
    soft = [word for word in words if word in _SOFT]
    if not soft:
        return _classify_without_keywords(words, mothers, text)
    others = [word for word in words if word not in _SOFT]
    weak = _WEAK | _OF | (_WEAK_AFTER_BEBE if _ROMANCE.intersection(soft) else frozenset())
    has_symbol = bool(set("+#*?=%") & set(text))
    if len(soft) > 1 or has_symbol or any(_is_mark(word) or word in weak or _is_typo(word) for word in others):
        return NameKind.PLACEHOLDER
    alone, beside_a_name = _SOFT[soft[0]]
    names = [word for word in others if word not in _NEUTRAL]
    if not names:
        return alone
    # "Boy Judy" is never a name. "Baby Jane" can be one, unless Jane is the mother.
    women = _MOTHERS.union(mothers) if soft[0] in {"boy", "male"} else mothers
    return NameKind.PLACEHOLDER if all(name in women for name in names) else beside_a_name


def _classify_without_keywords(words: list[str], mothers: Collection[str], text: str) -> NameKind:
    """Classify a name without a word for a child: by numbers, single letters and fillers such as XXX."""
    others = [word for word in words if not word.isdigit()]
    if "babyof" in words:
        return NameKind.PLACEHOLDER
    if len(others) < len(words):  # "2", "B1", "2 Judy"
        if all(word in mothers or (len(word) == 1 and word.isascii()) for word in others):
            return NameKind.PLACEHOLDER
        # Test patients have numbers at the end of their names (Synthea: "Abdul218"), twins at the beginning.
        return NameKind.DOUBTFUL if re.search(r"(?<!\w)\d", fold(text)) else NameKind.REAL
    if len(words) > 1 or not words[0].isascii():
        return NameKind.REAL
    if words[0] in _NAMELESS_LETTERS or re.fullmatch(r"x+|zz+|(.)\1\1+", words[0]):
        return NameKind.PLACEHOLDER
    return NameKind.DOUBTFUL if len(words[0]) == 1 else NameKind.REAL


def _is_mark(word: str) -> bool:
    """Whether the word marks a twin or another multiple: a number, a single letter, "one"."""
    return word.isdigit() or word in _NUMBERS or (len(word) == 1 and word.isascii())


def _is_typo(word: str, intended: Iterable[str] = _TYPO_OF) -> bool:
    """Whether the word is one typing error away from one of these words and is not a known name."""
    return word not in _NEAR_NAMES and word not in _WHOLE and any(_one_error_apart(word, right) for right in intended)


def _one_error_apart(word: str, right: str) -> bool:
    """Whether one letter is missing, extra, wrong or swapped with its neighbor. A wrong first letter does not count."""
    if word == right or abs(len(word) - len(right)) > 1:
        return False
    if word == right[1:]:
        return True
    if word[0] != right[0]:  # otherwise Roy and Joy would match "boy"
        return False
    at = next((i for i, (a, b) in enumerate(zip(word, right, strict=False)) if a != b), min(len(word), len(right)))
    left, wanted = word[at:], right[at:]
    swapped = left[:2] == wanted[1::-1] and left[2:] == wanted[2:]
    return swapped or left[1:] == wanted[1:] or left[1:] == wanted or left == wanted[1:]
