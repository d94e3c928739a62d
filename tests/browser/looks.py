"""The checks of each page and state that families see: axe, what axe cannot check, and each language."""

from playwright.sync_api import Page, expect

from tests import by_hand
from tests.accessibility import axe
from tests.browser.states import WRONG
from tests.vocabulary import foreign_words

# Class names for scripts, or written by crispy-forms, that no style sheet uses.
UNSTYLED = {
    "requiredField", "textinput", "emailinput", "passwordinput", "numberinput", "checkboxinput", "fs-6", "small-form",
    "number", "choice", "toast-success",
}  # fmt: skip
CLASSES = """() => [...new Set([...document.querySelectorAll("[class]:not(template *)")]
  .flatMap((element) => [...element.classList]))]"""
STYLED = "() => [...document.styleSheets].flatMap((sheet) => [...sheet.cssRules]).map((rule) => rule.cssText).join(' ')"
# Every text on the page in the page's language: visible text, names for screen readers, the scripts' texts, and the
# contents of templates.
TEXTS = r"""() => {
  const own = document.documentElement.lang, found = [];
  const walk = (root) => {
    for (const element of root.querySelectorAll("*")) {
      if (element.closest("script, style, [translate=no]")) continue;
      const language = element.closest("[lang]")?.lang ?? own;
      if (language !== own) continue;
      for (const node of element.childNodes) if (node.nodeType === Node.TEXT_NODE) found.push(node.data);
      for (const { name, value } of element.attributes) {
        const isSaid = ["aria-label", "title", "alt", "placeholder"].includes(name);
        const isText = /^data-(?!guessed$|keyboard$|.*apart$)/.test(name) && value.includes(" "); // words, no figures
        if (isSaid || isText) found.push(value);
      }
      if (element.matches("template")) walk(element.content);
    }
  };
  walk(document);
  return [document.title, ...found];
}"""
# What a page consists of, in any order and without what only a translation has, so it is the same in every language (a
# date starts with the day or the month). It shows whether a page that was loaded again is in the same state.
SHAPE = """() => [
  location.pathname,
  ...[...document.querySelectorAll("body *:not(script, svg, svg *, .machine-made)")]
    .map(({ localName, id, name, type, value, open }) =>
      [localName, id, name, type, type === "hidden" ? "" : value, open].join())
    .sort(),
]"""
READS_FROM_THE_LEFT = ".pin-input, input[type=email], input[type=password], a[href^='tel:']:not(.btn), .number"
FROM_THE_RIGHT = {"ar", "he", "fa", "ur"}


def is_usable(page: Page, name: str) -> None:
    """Everyone can use the page: with a keyboard, a screen reader, a thumb, large letters, in the dark."""
    assert (page.locator("[data-error]").count() > 0) == (name in WRONG)
    assert page.evaluate("[vitals.shift, vitals.shifts]") == [0, []]
    by_hand.links_errors_to_fields(page)
    axe(page)
    page.emulate_media(color_scheme="dark")
    axe(page, only_colors=True)
    by_hand.has_names_for_screen_readers(page)
    by_hand.works_by_keyboard(page)
    by_hand.respects_forced_colors_and_reduced_motion(page)
    by_hand.is_large_enough(page)
    by_hand.fits(page)
    page.set_viewport_size({"width": 1280, "height": 800})
    by_hand.is_large_enough(page)
    styled = page.evaluate(STYLED)
    named = {each for each in page.evaluate(CLASSES) if not each.startswith("icon-")}  # names of pictures
    assert {each for each in named if f".{each}" not in styled} <= UNSTYLED
    by_hand.has_skip_link(page)


def speaks(page: Page, language: str, name: str) -> None:
    """No English is left, and everything fits, also from right to left."""
    is_mirrored = language in FROM_THE_RIGHT
    assert page.evaluate("document.documentElement.lang") == language
    assert page.evaluate("document.documentElement.dir") == ("rtl" if is_mirrored else "")
    assert foreign_words(language, page.evaluate(TEXTS)) == set()
    has_switch = name not in {"our mistake", "no database", "no cookies", "session, over"}
    expect(page.locator("[data-languages]")).to_have_count(int(has_switch))
    by_hand.fits(page)
    if is_mirrored:
        axe(page)
        for field in page.locator(READS_FROM_THE_LEFT).all():
            assert field.evaluate("element => getComputedStyle(element).direction") == "ltr"
