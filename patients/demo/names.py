"""Names for the demo's families: a selection of common names in their own scripts."""

from dataclasses import dataclass


@dataclass(frozen=True)
class LanguageNames:
    """Names in one language. Parents have names of their generation."""

    language: str
    girls: list[str]
    boys: list[str]
    women: list[str]
    men: list[str]
    families: list[str]


def _words(text: str) -> list[str]:
    return [word.strip() for word in text.split(",")]


ENGLISH = LanguageNames(
    language="en",
    girls=_words(
        "Emma, Olivia, Ava, Charlotte, Amelia, Harper, Evelyn, Abigail, Ella, Scarlett, Grace, Chloe, Zoe, Nora, "
        "Lily, Hannah, Aria, Layla, Penelope, Riley, Hazel, Violet, Aurora, Lucy, Naomi, Ruby, Alice, Eliza, Madison, "
        "Brooklyn, Claire, Zoë, Renée, Aaliyah, Imani, Amara, Anika, Priya, Meera, Ji-woo, Seo-yeon, Fatou, Keiko, "
        "Siobhán, Maeve, Freya, Ingrid, Katherine, Elizabeth, Josephine, Margaret, Autumn, Willow, Ivy, Clara, "
        "Vivian, Eleanor, Leah"
    ),
    boys=_words(
        "Liam, Noah, Oliver, James, Elijah, Henry, Lucas, Benjamin, Theodore, Jack, Levi, Alexander, Mason, Ethan, "
        "Jacob, Logan, Owen, Samuel, Wyatt, Asher, Carter, Jayden, Hudson, Luke, Grayson, Isaac, Caleb, Nathan, "
        "Miles, Ezra, Aaron, Eli, Connor, Jeremiah, Jaxon, Malik, DeShawn, Kwame, Rohan, Arjun, Vikram, Min-jun, "
        "Kenji, Seamus, Björn, Søren, William, Charles, Thomas, Nicholas, Christopher, Andrew, Joshua, Dominic, "
        "Xavier, Beau, Jean-Luc, Boyd"
    ),
    women=_words(
        "Jennifer, Jessica, Amanda, Ashley, Sarah, Stephanie, Melissa, Nicole, Heather, Rachel, Amber, Danielle, "
        "Brittany, Lauren, Megan, Kimberly, Christina, Tiffany, Erin, Katie, Monique, Tanisha, Keisha, Latoya, Deepa, "
        "Sunita, Hye-jin, Kristin, Courtney, Allison, Vanessa, Natalie, Andrea, Michelle, Angela, Rebecca, Holly, "
        "Shannon, Brianne, Wendy"
    ),
    men=_words(
        "Michael, Matthew, Joseph, David, Daniel, Robert, Ryan, Justin, Brandon, Brian, Kevin, Eric, Jason, Steven, "
        "Kyle, Adam, Patrick, Sean, Jeremy, Travis, Derrick, Marcus, Terrence, Jamal, Anil, Suresh, Sang-hoon, "
        "Gregory, Kenneth, Peter, Paul, Scott, Dustin, Chad, Nathaniel, Timothy, Zachary, Bradley, Curtis, Shane"
    ),
    families=_words(
        "Smith, Johnson, Williams, Brown, Jones, Miller, Davis, Wilson, Anderson, Taylor, Thomas, Moore, Jackson, "
        "Martin, Lee, Thompson, White, Harris, Clark, Lewis, Robinson, Walker, Young, Allen, King, Wright, Scott, "
        "Hill, Green, Adams, Nelson, Baker, Hall, Campbell, Mitchell, Carter, Roberts, Phillips, Evans, Turner, "
        "Parker, Collins, Edwards, Stewart, Morris, Murphy, Cook, Rogers, Morgan, Cooper, Peterson, Bailey, Reed, "
        "Kelly, Howard, Ward, Cox, Richardson, Wood, Watson, Brooks, Bennett, Gray, Hughes, Price, Myers, Long, "
        "Foster, Sanders, Ross, O'Brien, O’Connor, McDonald, MacLeod, D'Angelo, St. John, Van der Berg, De Luca, "
        "Smith-Jones, Abernathy-Clarke, Babe, Boy, Schröder, Müller, Kowalski, Patel, Shah, Gupta, Kim, Park, Choi, "
        "Tanaka, Adeyemi, Mensah, Washington, Jefferson, Baptiste, Haddad"
    ),
)

SPANISH = LanguageNames(
    language="es",
    girls=_words(
        "Valentina, Camila, Isabella, Lucía, Ximena, Daniela, Gabriela, Mariana, Victoria, Renata, Paula, Elena, "
        "Julieta, Antonella, Natalia, Regina, Emilia, Alejandra, María José, Guadalupe, Itzel, Dulce, Noemí, Abril, "
        "Pilar"
    ),
    boys=_words(
        "Santiago, Matías, Sebastián, Diego, Emiliano, Leonardo, Gael, Iker, Joaquín, Andrés, José, Ángel, Jesús, "
        "Tomás, Nicolás, Rodrigo, Adrián, Bruno, Maximiliano, Rafael, Fernando, Óscar, Iñaki, Juan Pablo, Ramón"
    ),
    women=_words(
        "María, Rosa, Verónica, Claudia, Patricia, Leticia, Yolanda, Maribel, Sandra, Alicia, Silvia, Norma, Araceli, "
        "Esmeralda, Lorena, Beatriz, Marisol, Yesenia, Inés, Concepción"
    ),
    men=_words(
        "Carlos, Jorge, Miguel, Francisco, Javier, Alejandro, Manuel, Pedro, Ricardo, Roberto, Eduardo, Arturo, "
        "Héctor, Sergio, Raúl, Ignacio, Víctor, Rubén, Hugo, Gustavo"
    ),
    families=_words(
        "García, Hernández, Martínez, López, González, Rodríguez, Pérez, Sánchez, Ramírez, Flores, Gómez, Torres, "
        "Díaz, Vásquez, Cruz, Morales, Gutiérrez, Reyes, Ortiz, Castillo, Chávez, Mendoza, Ruiz, Álvarez, Jiménez, "
        "Muñoz, Delgado, Castañeda, Peña, de la Cruz, Núñez, Ibarra"
    ),
)

VIETNAMESE = LanguageNames(
    language="vi",
    girls=_words("Thị Mai, Ngọc Anh, Thảo Vy, Bảo Châu, Khánh Linh, Phương Uyên"),
    boys=_words("Minh Khôi, Gia Bảo, Đức Anh, Quốc Huy, Tuấn Kiệt, Hải Đăng"),
    women=_words("Hồng, Thu Hà, Bích Ngọc, Lan, Mỹ Dung, Tuyết"),
    men=_words("Hùng, Quang, Đạt, Thành, Văn Long, Dũng"),
    families=_words("Trần, Lê, Phạm, Huỳnh, Đặng, Võ"),
)

CHINESE = LanguageNames(
    language="zh",
    girls=_words("欣怡, 梓涵, 诗琪, 雨桐, 思雨"),
    boys=_words("明轩, 浩宇, 子轩, 俊杰, 天佑"),
    women=_words("丽, 秀英, 静, 晓燕, 敏"),
    men=_words("伟, 强, 志明, 建国, 磊"),
    families=_words("陈, 王, 李, 张, 刘, 林"),
)

ARABIC = LanguageNames(
    language="ar",
    girls=_words("مريم, ليلى, نور, سارة, ياسمين"),
    boys=_words("محمد, يوسف, عمر, آدم, كريم"),
    women=_words("فاطمة, هدى, رانيا, سلمى, أمينة"),
    men=_words("أحمد, خالد, حسن, سامي, طارق"),
    families=_words("الخطيب, حداد, منصور, نجار, العلي"),
)

RUSSIAN = LanguageNames(
    language="ru",
    girls=_words("Анна, София, Полина, Дарья, Алёна"),
    boys=_words("Артём, Михаил, Иван, Тимофей, Лев"),
    women=_words("Ольга, Наталья, Светлана, Ирина, Юлия"),
    men=_words("Сергей, Дмитрий, Андрей, Юрий, Игорь"),
    # Family names that are the same for women and men.
    families=_words("Шевченко, Коваленко, Черных, Мельник, Савенко"),
)

# Spellings for e-mail addresses.
IN_LATIN_LETTERS = {
    **dict(zip(CHINESE.women, _words("li, xiuying, jing, xiaoyan, min"), strict=True)),
    **dict(zip(CHINESE.men, _words("wei, qiang, zhiming, jianguo, lei"), strict=True)),
    **dict(zip(CHINESE.girls, _words("xinyi, zihan, shiqi, yutong, siyu"), strict=True)),
    **dict(zip(CHINESE.boys, _words("mingxuan, haoyu, zixuan, junjie, tianyou"), strict=True)),
    **dict(zip(CHINESE.families, _words("chen, wang, li, zhang, liu, lin"), strict=True)),
    **dict(zip(ARABIC.women, _words("fatima, huda, rania, salma, amina"), strict=True)),
    **dict(zip(ARABIC.men, _words("ahmad, khalid, hassan, sami, tariq"), strict=True)),
    **dict(zip(ARABIC.girls, _words("maryam, layla, nour, sara, yasmin"), strict=True)),
    **dict(zip(ARABIC.boys, _words("mohamed, yousef, omar, adam, karim"), strict=True)),
    **dict(zip(ARABIC.families, _words("alkhatib, haddad, mansour, najjar, alali"), strict=True)),
    **dict(zip(RUSSIAN.women, _words("olga, natalya, svetlana, irina, yulia"), strict=True)),
    **dict(zip(RUSSIAN.men, _words("sergey, dmitry, andrey, yuri, igor"), strict=True)),
    **dict(zip(RUSSIAN.girls, _words("anna, sofia, polina, darya, alyona"), strict=True)),
    **dict(zip(RUSSIAN.boys, _words("artyom, mikhail, ivan, timofey, lev"), strict=True)),
    **dict(zip(RUSSIAN.families, _words("shevchenko, kovalenko, chernykh, melnik, savenko"), strict=True)),
}

# Nicknames by legal name.
NICKNAMES = {
    "Katherine": "Katie",
    "Elizabeth": "Lizzie",
    "Josephine": "Josie",
    "Margaret": "Maggie",
    "William": "Will",
    "Charles": "Charlie",
    "Thomas": "Tommy",
    "Nicholas": "Nick",
    "Christopher": "Topher",
    "Alexander": "Alex",
    "Benjamin": "Ben",
    "Theodore": "Teddy",
    "Guadalupe": "Lupita",
    "José": "Pepe",
    "Francisco": "Paco",
    "Maximiliano": "Max",
    "明轩": "Ming",
    "Михаил": "Миша",
}

# Placeholder names as hospitals report them. One entry is one birth (twins have two); {mother} is the mother's
# first name, {family} the family name.
PLACEHOLDERS: list[list[tuple[str, str]]] = [
    [("Baby Girl", "female")],
    [("BB {family}", "male")],
    [("{mother}sgirl", "female")],
    [("Twin A", "female"), ("Twin B", "male")],
    [("Newborn", "unknown")],
    [("", "male")],
    [("BabyBoy", "male")],
    [("BG {family}", "female")],
    [("Infant Male", "male")],
    [("Baby Girl A", "female"), ("Baby Girl B", "female")],
]

STREETS = _words(
    "Alder Lane, Bellflower Court, Birchwood Drive, Carriage House Road, Clover Hill Road, Copper Kettle Lane, "
    "Dogwood Avenue, East Mill Street, Elderberry Way, Fairbrook Pike, Foxglove Circle, Granary Street, Heron "
    "Pond Road, Juniper Terrace, Lantern Street, Larkspur Avenue, Maple Grove Drive, North Orchard Street, Old "
    "Quarry Road, Partridge Run, Quail Hollow, Ridgeline Drive, Saddlebrook Lane, Sycamore Street, Thistledown "
    "Court, Walnut Bend, West Mill Street"
)
TOWN = {"city": "Fairbrook", "state": "OH", "postal_code": "43000"}
# Each with 555-0100 to 555-0199, the numbers reserved for fiction.
AREA_CODES = (614, 380, 740, 220, 937, 419)
