"""Placeholders are found by their grammar, people's names are left alone (R3). The cases are our own selection."""

import csv
import time
import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from patients.placeholder_names import DOUBTFUL_UNTIL_DAYS, NameKind, classify, placeholder_reason
from tests import outside

SHARED_NAMES = outside.FOLDER / "names" / "newborn_names.csv"
NEWBORN, FIVE_YEARS = 30, 5 * 365 + 1


def _listed(text: str) -> list[str]:
    return [name.strip() for name in text.replace("\n", " ").split("|")]


# Nobody has this name: flagged at any age.
PLACEHOLDERS = _listed(
    "Baby|Baby Girl A|BABYGIRLTWO|babyboyb|BABYBOY B|Baby A Girl|Baby Male|BabyTwinA|Baby Doe|BBG|BB1|BG-A"
    "|BG #2|B/G|B.G.|NB Girl|NBG|New Born|Newborn Twin A|NewbornGirl|InfantBoy|INFANT MALE|INFANTFEMALE"
    "|InfantB|Neonate 1|Female 2|FemaleA|Male #1|MALEB|Twin|TwinB|TWIN II|2nd Twin|TWINBGIRL|TripletC"
    "|Triplet Girl 3|Girl|Girl1|B Girl|AGirl|Girl, Baby|BOY1|BoyB|BOYTWO|B Boy|Boy?|Boy/Girl|Child A"
    "|Wendysgirl|2Wendysgirl|Michellesboy|1Michellesboy|JenniferGirl|Maria's Girl|Maria’s baby|Sarahs Boy A"
    "|LatoyasgirlB|Xiaomingsgirl|Wendystwin1|Lisasinfant|LopezBabyBoy|Girl Sarah|GirlJudy2|Boy1Marie|Boy Wendy"
    "|BoyAmy|MaleSarah|Sarah Female|BabyBoySarah|Baby Girl of Maria|Infant of Jane|BOY OF|Son of Maria"
    "|B/O Lakshmi|b o Priya|D/O Sunita|BB Lopez|MariaBG|BGSarah|Bebé Niño|Bebenina|Bebé de María|Recién Nacido"
    "|RN María|Hijo de Maria|Gemelo A|Sin Nombre|Bébé Garçon|Fille|Nouveau-né|Sans nom|Bebê Menina"
    "|Recém-nascido|Neugeborenes|Bé trai|Con gái|Chưa đặt tên|Jongen|Noworodek|Bayi Perempuan|男婴|王丽之子|新生児"
    "|김영희아기|Новорождённый|طفل|תינוק|BABT BOY|BABY BYO|BABY GITL|BABYGRIL|BABYBOYY|INFAN BOY|NEWBRON|FEMAL"
    "|UNKOWN|Unknown Girl|UnnamedGirl|NoName|Not Yet Named|Name Pending|To Be Named|T.B.D.|NFN|N/A|None"
    "|First Name|X|xxxx|?|--|123|#1||  |Test Patient|aaa|B2|1A|It's a girl|👶|Baby 👶|Ｂａｂｙ　Ｂｏｙ|𝐁𝐚𝐛𝐲 𝐆𝐢𝐫𝐥"
    "|Ba\u200bby Boy|B\u200faby Girl|Baby\x00 Boy|Baby Boy Jr"
)
# Names of a few people: flagged in the first year and if the age is unknown.
DOUBTFUL = _listed(
    "Boy|Bebe|Bébé|Babe|Niño|Niña|BB|Baby Joy|Baby Jane|Babymarie|Babyjean|Infant Raj|Infant Mary|Jimboy"
    "|John Boy|Boy Rico|Patient|Boya|Infanta|Maria 2|2 Maria|J|Playboy|Sarah Baby"
)
# Near a placeholder, and a name: never flagged.
NEAR = _listed(
    "Boyd|Boyan|Boyana|Boyce|Boyet|Boykin|Boyuan|Boyden|Boye|Sboy|Girlie|Girlene|Girlyn|Girleide|Babette"
    "|Babita|Babs|Babu|Babak|Babacar|Bambi|Gabby|Gaby Joy|Abby Joy|Abby Roy|Robby|Bobby|Toby|Ruby|Shelby|Kirby"
    "|Darby|Malek|Malik|Malena|Maleah|Malia|Malee|Malea|Malekai|Jamale|Emalee|Femke|Femi|Twinkle|Twyla|Twinomugisha"
    "|Edwin|Hartwin|Erwin|Win|Nino|Nina|Nena|Nene|Bebeto|Bay|Beau|Bo|Boo|Bao|Bey|Beyoncé|Sonny|Sơn|Sonia"
    "|Alison|Grayson|Infante|Infinity|Kinder|Kindness|Kidist|Nova|Neo|Newton|Bjørn|Nil|Nila|Nami|Na|Na Me|Tess"
    "|Testa|Unique|Una|Angel|Precious|Prince|Blessing|Chinedu|Le|Jo|An|Vi|Li|Xu|Ng|TJ|JR|AJ|A.J.|T. J."
    "|X AE A-XII|Xena|D'Andre|O'Shea|La-a|De Shawn|Otto|Seven|Tre|Gail|Gil|Gill|Giri|Virgil|Roy|Joy|Troy"
    "|LaToya|Doyle|Floyd|Lloyd|Bodhi|Mali|Maile|Dale|Mae|Emmanuel|Nemo|Abcde|Tin|Quinn|Trinity|Gemma|Jumana"
    "|Ignacio|Ryan|Becky|Abba|Ebb|Webb|Robb|Newbern|Mary-Kate|Judy|Judy A|Mary F|John Paul II|Jean M.|Bobby Jo"
    "|Billie Jean|Leonardo da Silva|María de los Ángeles|Nur Aisyah|Nuño|Iñigo|ʻIolani|李娜|伟|子涵|민준|さくら|محمد"
    "|وليد|שרה|Дмитрий|Ξένια|प्रिया|शिशिर|தமிழ்|สมชาย|Abdul218|Jorge Luis88"
)
# Ordinary names of many places, as people write them.
ORDINARY = """
Olivia Emma Charlotte Amelia Sophia Isabella Ava Mia Evelyn Luna Harper Camila Sofia Scarlett Elizabeth Eleanor Emily
Chloe Mila Violet Penelope Gianna Aria Abigail Ella Avery Hazel Nora Layla Lily Aurora Nova Ellie Madison Grace Isla
Willow Zoe Riley Stella Eliana Ivy Victoria Emilia Zoey Naomi Hannah Lucy Elena Lillian Maya Leah Paisley Addison
Natalie Valentina Everly Delilah Leilani Madelyn Kinsley Ruby Sophie Alice Genesis Claire Audrey Sadie Aaliyah
Josephine Autumn Brooklyn Quinn Kennedy Cora Savannah Caroline Athena Natalia Hailey Aubrey Emery Anna Iris Bella
Eloise Skylar Jade Gabriella Ariana Maria Adeline Lydia Sarah Nevaeh Serenity Liliana Ayla Everleigh Raelynn Allison
Madeline Vivian Maeve Liam Noah Oliver James Elijah William Henry Lucas Benjamin Theodore Mateo Levi Sebastian Daniel
Jack Michael Alexander Owen Asher Samuel Ethan Leo Jackson Mason Ezra John Hudson Luca Aiden Joseph David Jacob Logan
Luke Julian Gabriel Grayson Wyatt Matthew Maverick Dylan Isaac Elias Anthony Thomas Jayden Carter Santiago Ezekiel
Charles Josiah Caleb Cooper Lincoln Miles Christopher Nathan Isaiah Kai Joshua Andrew Angel Adrian Cameron Nolan
Waylon Jaxon Roman Eli Wesley Aaron Ian Christian Ryan Leonardo Brooks Axel Walker Jonathan Easton Everett Weston
Bennett Robert Jameson Landon Silas Jose Beau Micah Colton Jordan Jeremiah Parker Greyson Rowan Adam Nicholas Theo
Xavier Hunter Dominic Jace Gael River Thiago Kayden Damian August Carson Austin Myles Amir Declan Emmett Ryder Luka
Bryson Rhett Kingston Deshawn Tyrone Lakisha Shaniqua José Juan Luis Carlos Jesús Antonio Miguel Ángel Pedro Alejandro
Manuel Francisco Ximena Guadalupe Lupita Rocío Concepción Dolores Inés Begoña Íñigo Nuria Yolanda Xochitl Itzel
Citlali Maximiliano Evaristo Nélida Noemí João Thiago Luiz Inácio Thaís Conceição Beatriz Girlane Françoise Benoît
Chloé Zoé Anaïs Loïc Maël Gaël Océane Jürgen Günther Björn Käthe Heidi Uwe Wolfgang Giuseppe Nino Bambi Chiara Bianca
Ilaria Niccolò Femke Sjoerd Joost Maaike Bo Jip Lieke Łukasz Małgorzata Zbigniew Bogna Boguslaw Jiří Šárka Zdeněk
Boyan Boyko Dragan Malina Babis Eleni Nikos Ömer Şule Gül Emre Boran Mohammed Ahmed Fatima Aisha Yusuf Omar Khadija
Maryam Hassan Hussein Ali Zainab Layan Noor Rania Walid Mawlud Babiker Mamadou Aminata Fatou Oumar Babacar Boubacar
Seydou Chinonso Chidi Ngozi Ifeoma Emeka Nkechi Oluwaseun Babatunde Femi Folake Temitope Ayodele Boye Kwame Kofi Ama
Akua Yaw Nana Thabo Sipho Nomvula Themba Bongani Nobuhle Tendai Tatenda Wanjiru Kamau Otieno Achieng Nbongeni Abebe
Bekele Selam Hiwot Yonas Kidane Aarav Vivaan Aditya Arjun Sai Ishaan Ananya Diya Saanvi Pihu Kavya Lakshmi Venkatesh
Karthik Priya Anjali Babita Bina Baba Babul Gulab Twinkal Harpreet Gurpreet Manpreet Kinder Jaswinder Nguyet Linh Minh
Anh Huong Thuy Trang Tuan Dung Phuc Son Bao Bich Nhi Ngan Vy Vi An Le Ha My Be Na Hung Cuong Phuong Wei Li Xiu Jing
Fang Na Min Jun Hao Yu Xin Yi Bo Boyu Boyang Bowen Zihan Yuxuan Mei Jia Ai Haruto Yui Sakura Ren Aoi Hina Sora Yuto
Riku Jiwoo Seoyeon Minjun Hyun Bora Nari Somchai Malee Ploy Anong Mali Bunma Sopheap Bopha Dara Siti Nur Aisyah Budi
Dewi Putri Agus Bayu Baya Rizal Joko Jejomar Ligaya Bayani Girlie Maricel Jhun Bong Cherry Analyn Rodel Nonoy Sina
Tavita Malia Leilani Keanu Kalani Maile Moana Tane Aroha Rangi Sione Mele Siobhán Niamh Aoife Caoimhe Tadhg Eoin Rhys
Cerys Gwen Angharad Hamish Ailsa Björk Sigríður Þór Ægir Søren Åse Øystein Näinä Anahera Tallulah Sequoia Dakota
Cheyenne Winona Nizhoni Yael Shlomo Chaya Mendel Rivka Moshe Noa Ido Bat-El Ari
"""


def _flagged_at(name: str) -> tuple[bool, bool, bool]:
    """Flagged with no age known, at 30 days, at five years."""
    unknown, newborn, five = (bool(placeholder_reason(name, age_days=age)) for age in (None, NEWBORN, FIVE_YEARS))
    return unknown, newborn, five


def _not_flagged_as(expected: tuple[bool, bool, bool], names: list[str]) -> list[str]:
    return [name for name in names if _flagged_at(name) != expected]


def test_a_placeholder_is_flagged_at_any_age():
    assert _not_flagged_as((True, True, True), PLACEHOLDERS) == []


def test_a_doubtful_name_is_held_up_in_the_first_year_or_without_an_age():
    assert _not_flagged_as((True, True, False), DOUBTFUL) == []


def test_a_name_that_is_merely_near_is_never_flagged():
    assert _not_flagged_as((False, False, False), NEAR) == []


def test_ordinary_names_are_never_flagged():
    names = ORDINARY.split()
    doubles = [f"{first} {second}" for first, second in zip(names, names[7:], strict=False)]
    assert [name for name in names + doubles if any(_flagged_at(name))] == []


def test_the_mothers_name_settles_a_doubt():
    names = ["BabyJean", "Baby Jean", "Jean Baby", "BoyJean", "jeanmale", "Infant Jean", "2 Jean", "Jeanboy"]
    real = [name for name in names if classify(name, mother_given_names=["Jean Ann"]) is not NameKind.PLACEHOLDER]
    assert real == []


def test_a_child_may_bear_the_mothers_name():
    assert {classify(name, mother_given_names=["Jean"]) for name in ("Jean", "Mary Jean")} == {NameKind.REAL}


def test_the_first_birthday_is_the_border():
    assert placeholder_reason("Boy", age_days=DOUBTFUL_UNTIL_DAYS - 1)
    assert not placeholder_reason("Boy", age_days=DOUBTFUL_UNTIL_DAYS)


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        (" ", "No given name is recorded."),
        ("?", "No given name is recorded."),
        ("Baby \u202eBoy\x00", "“Baby Boy” is a placeholder, not a given name."),
        ("Boy", "“Boy” looks like a placeholder. Enter the given name, or confirm that this is the real name."),
        ("Emma", ""),
    ],
)
def test_the_reason_is_one_plain_sentence(name: str, reason: str):
    assert placeholder_reason(name) == reason


@outside.needs_folder
def test_the_shared_newborn_names():
    """Their labels have no ages: a placeholder is never plainly real, a real name passes for an older child."""
    with SHARED_NAMES.open(encoding="utf-8", newline="") as file:
        rows = [(row["given"], row["is_placeholder"] == "1") for row in csv.DictReader(file)]
    assert len(rows) > 100
    wrong = [(given, is_one) for given, is_one in rows if _flagged_at(given)[0 if is_one else 2] != is_one]
    assert wrong == []


@pytest.mark.parametrize(
    "text",
    ["b" * 10**6, "baby" * 10**5, "bb" * 99 + "x", "bababy" * 40, "\u0301" * 10**6, "s'" * 10**6, "\ufdfa" * 300],
)
def test_very_long_text_costs_next_to_nothing(text: str):
    start = time.process_time()  # of this process alone, however busy the machine is
    assert len(placeholder_reason(text, mother_given_names=[text] * 1000)) < 200
    assert time.process_time() - start < 1


PIECES = st.sampled_from(
    [
        *PLACEHOLDERS,
        *DOUBTFUL,
        *NEAR,
        "baby",
        "boy",
        "s",
        "girl",
        "marie",
        "of",
        " ",
        "-",
        "1",
        "ñ",
        "ß",
        "ﬁ",
        "'s",
        "#",
    ]
)
NAMES = st.one_of(st.text(max_size=60), st.lists(PIECES, max_size=3).map("".join).map(lambda text: text[:60]))


@given(NAMES, st.one_of(st.none(), st.integers()), st.lists(NAMES, max_size=3))
def test_any_text_gets_an_answer(name: str, age_days: int | None, mothers: list[str]):
    reason = placeholder_reason(name, age_days=age_days, mother_given_names=mothers)
    assert reason == "" or reason.endswith(".")


@given(NAMES)
@example("Straße Baby")
@example("Iıİi Girl")
def test_case_and_surrounding_spaces_say_nothing(name: str):
    kind = classify(name)
    assert classify(f" \t{name}\n ") is kind
    if name.upper().casefold() == name.casefold():  # a few letters have no way back, such as dotless i
        assert classify(name.upper()) is classify(name.lower()) is kind


@given(st.sampled_from([*PLACEHOLDERS, *DOUBTFUL, *NEAR]), st.sampled_from("\u0300\u0301\u0302\u0308\u030a"))
def test_accents_say_nothing(name: str, accent: str):
    """Except for the ñ of niño and niña, which is a separate letter."""
    bare = unicodedata.normalize("NFC", "".join(c for c in unicodedata.normalize("NFD", name) if c != accent))
    accented = "".join(letter + accent if letter.isascii() and letter.isalpha() else letter for letter in name)
    if "niñ" not in name.casefold():
        assert classify(bare) is classify(accented) is classify(name)
