"""Requirements of WCAG 2.2 AA that axe cannot check, measured in the page's current state."""

from typing import Any

from playwright.sync_api import Page

LEAST_TARGET = 24  # CSS px, WCAG 2.5.8
OUR_TARGET = 48  # CSS px, for what people press with a thumb
LEAST_TEXT = 16  # CSS px

# --- Reflow, resize, spacing: 1.4.4, 1.4.10, 1.4.12 ----------------------------------------------------

CUT = """() => {
  const wide = document.scrollingElement.scrollWidth - innerWidth;
  const found = wide > 0 ? [`the page is ${wide} px too wide`] : [];
  for (const element of document.body.querySelectorAll("*")) {
    if (element.closest(".visually-hidden, .skip-link, svg, template, script, dialog:not([open])")) continue;
    if (!element.checkVisibility()) continue;
    const box = element.getBoundingClientRect(), style = getComputedStyle(element);
    const name = `${element.tagName}.${element.className}: ${element.textContent.trim().slice(0, 40)}`;
    if (box.width && (box.right > innerWidth + 1 || box.left < -1)) found.push(`outside: ${name}`);
    if (element.matches("input, select, textarea, progress, meter")) continue;
    const hides = (value) => value === "hidden" || value === "clip";
    if (hides(style.overflowX) && element.scrollWidth > element.clientWidth + 1) found.push(`cut: ${name}`);
    if (hides(style.overflowY) && element.scrollHeight > element.clientHeight + 1) found.push(`cut below: ${name}`);
  }
  return found;
}"""
SPACING = """() => {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(`* { line-height: 1.5 !important; letter-spacing: 0.12em !important;
    word-spacing: 0.16em !important; } p { margin-bottom: 2em !important; }`);
  document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];
}"""


def fits(page: Page) -> None:
    """Nothing is cut off or scrolls sideways: at 200 % and 400 % zoom, with larger letters, with more space."""
    for width, height in ((640, 512), (320, 256)):  # of 1280 by 1024
        page.set_viewport_size({"width": width, "height": height})
        assert (width, page.evaluate(CUT)) == (width, [])
    page.evaluate(SPACING)
    cut = page.evaluate(CUT)
    assert cut == [], cut
    page.evaluate("document.adoptedStyleSheets = []")
    page.set_viewport_size({"width": 640, "height": 512})
    page.evaluate("document.documentElement.style.fontSize = '200%'")
    assert page.evaluate(CUT) == []
    page.evaluate("document.documentElement.style.fontSize = ''")


# --- Targets and text: 2.5.8 ---------------------------------------------------------------------------

TARGETS = """() => {
  const found = [];
  const all = "a[href], button, input:not([type=hidden]), select, textarea, summary";
  const scope = document.querySelector("dialog[open]") ?? document.body;
  for (const element of scope.querySelectorAll(all)) {
    if (!element.checkVisibility() || element.closest(".visually-hidden, .skip-link")) continue;
    let { width, height } = element.getBoundingClientRect();
    for (const label of element.matches("[type=checkbox], [type=radio]") ? element.labels : []) {
      const box = label.getBoundingClientRect();
      width += box.width;
      height = Math.max(height, box.height);
    }
    const isForThumbs = element.matches("button, .btn:not(.btn-link), .form-control, .form-select, summary, nav *");
    found.push({ width, height, isForThumbs, name: element.outerHTML.slice(0, 120) });
  }
  return found;
}"""
SMALL = """() => {
  const found = new Set(), walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const element = walker.currentNode.parentElement;
    if (!walker.currentNode.data.trim() || !element.checkVisibility()) continue;
    if (element.closest("script, template, .visually-hidden")) continue;
    const size = parseFloat(getComputedStyle(element).fontSize);
    if (size < 16) found.add(`${size} px: ${walker.currentNode.data.trim().slice(0, 40)}`);
  }
  return [...found];
}"""


def is_large_enough(page: Page) -> None:
    """Targets are large enough to press, and text is large enough to read."""
    for each in page.evaluate(TARGETS):
        assert min(each["width"], each["height"]) >= LEAST_TARGET, each
        assert not each["isForThumbs"] or each["height"] >= OUR_TARGET - 0.5, each
    assert page.evaluate(SMALL) == []


# --- Keyboard: 2.1.1, 2.1.2, 2.4.1, 2.4.3, 2.4.7, 2.4.11 -----------------------------------------------------

TABBABLE = """() => {
  const scope = document.querySelector("dialog[open]") ?? document.body;
  const all = "a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex]";
  let number = 0;
  for (const element of scope.querySelectorAll(all)) {
    delete element.dataset.stop;
    if (element.tabIndex < 0 || element.disabled || !element.checkVisibility({ visibilityProperty: true })) continue;
    const chosen = element.type === "radio" && scope.querySelector(`[name="${element.name}"]:checked`);
    if (chosen && chosen !== element) continue; // the arrow keys go there
    element.dataset.stop = number++;
  }
  scope.tabIndex = -1; // Tab goes on from where the focus was last
  scope.focus();
  scope.removeAttribute("tabindex");
  return number;
}"""
FOCUSED = """() => {
  const element = document.activeElement;
  if (!element || element === document.body) return null;
  const style = getComputedStyle(element), box = element.getBoundingClientRect();
  const [part] = element.getClientRects(); // of a link over two lines, the first
  const x = part.left + Math.min(part.width, innerWidth) / 2, y = part.top + Math.min(part.height / 2, 20);
  const top = document.elementFromPoint(x, y);
  return {
    stop: element.dataset.stop ?? "none",
    name: element.outerHTML.slice(0, 120),
    outline: style.outlineStyle === "none" ? 0 : parseFloat(style.outlineWidth),
    isSeen: box.top >= -1 && box.top < innerHeight && (element.contains(top) || Boolean(top?.contains(element))),
  };
}"""


def works_by_keyboard(page: Page) -> None:
    """Tab reaches everything once, in the order of the page; the focus is always visible and can leave the page."""
    count, visited = page.evaluate(TABBABLE), []
    for _ in range(count):
        page.keyboard.press("Tab")
        now = page.evaluate(FOCUSED)
        assert now, f"the focus got lost after {visited}"
        assert now["outline"] >= 2, now
        assert now["isSeen"], now
        visited.append(now["stop"])
    assert visited == [str(number) for number in range(count)]
    page.keyboard.press("Tab")
    after = page.evaluate(FOCUSED)
    assert after is None or after["stop"] in {"0", "none"}, f"no way out: {after}"


def has_skip_link(page: Page) -> None:
    """If the page has a header, the first stop of Tab is a link that skips it."""
    if not page.locator("header.family-head").count() or page.locator("dialog[open]").count():
        return
    page.evaluate(TABBABLE)
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip-link"
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.closest('main, footer') !== null")


# --- Forced colors, reduced motion ---------------------------------------------------------------------

BORDERLESS = """() => [...document.querySelectorAll(".btn:not(.btn-link), .form-control, .form-select")]
  .filter((element) => element.checkVisibility())
  .filter((element) => {
    const style = getComputedStyle(element);
    return style.borderTopStyle === "none" || parseFloat(style.borderTopWidth) < 1
      || style.borderTopColor === style.backgroundColor;
  })
  .map((element) => element.outerHTML.slice(0, 120))"""
MOVING = """() => [
  ...document.getAnimations().map((animation) => animation.animationName ?? animation.transitionProperty),
  ...[...document.querySelectorAll("*")].filter((each) => getComputedStyle(each).transitionDuration !== "0s"),
].length"""


def respects_forced_colors_and_reduced_motion(page: Page) -> None:
    """With forced colors, buttons and fields keep their borders. With reduced motion, nothing moves."""
    page.emulate_media(forced_colors="active")
    assert page.evaluate(BORDERLESS) == []
    page.emulate_media(forced_colors="none", reduced_motion="reduce")
    assert page.evaluate(MOVING) == 0
    page.emulate_media(reduced_motion="no-preference")


# --- What a screen reader says: 1.3.1, 2.4.2, 2.4.6, 3.1.1, 3.3.1, 4.1.2 -----------------------------------

NAMED = {
    "alertdialog", "button", "checkbox", "combobox", "dialog", "heading", "link", "meter", "progressbar", "radio",
    "searchbox", "spinbutton", "textbox",
}  # fmt: skip
UNTIED_ERRORS = """() => [...document.querySelectorAll(".invalid-feedback")].filter((error) => {
  const field = error.id && document.querySelector(`[aria-describedby~="${error.id}"]`);
  const isTied = field?.matches("[aria-invalid=true]") || field?.querySelector("[aria-invalid=true]");
  return error.checkVisibility() && !isTied;
}).map((error) => error.outerHTML.slice(0, 200))"""


def tree(page: Page) -> list[dict[str, Any]]:
    """The accessibility tree that Chromium gives to screen readers."""
    nodes = page.context.new_cdp_session(page).send("Accessibility.getFullAXTree")["nodes"]
    return [node for node in nodes if not node.get("ignored")]


def has_names_for_screen_readers(page: Page) -> None:
    """The page has a title, a language, one h1 and one main part. Everything to press or fill in has a name."""
    assert page.title().strip()
    assert page.evaluate("document.documentElement.lang")
    nodes = tree(page)
    unnamed = [node["role"]["value"] for node in nodes if node["role"]["value"] in NAMED and not _name(node)]
    assert unnamed == []
    if not page.locator("dialog[open]").count():  # the page behind a dialog is hidden from screen readers
        assert [node["role"]["value"] for node in nodes].count("main") == 1
        assert page.locator("h1:visible").count() == 1
    assert page.evaluate(UNTIED_ERRORS) == []


def _name(node: dict[str, Any]) -> str:
    return str(node.get("name", {}).get("value", "")).strip()


INSIDE = """id => document.activeElement.id === id || document.activeElement.closest(`#${id}`) !== null"""


def links_errors_to_fields(page: Page) -> None:
    """The error summary has the focus, and each of its links leads to its field."""
    summary = page.locator(".error-summary")
    if not summary.count():
        return
    assert summary.evaluate("element => element === document.activeElement")
    for link in summary.get_by_role("link").all():
        link.press("Enter")
        goal = (link.get_attribute("href") or "").partition("#")[2]
        assert page.evaluate(INSIDE, goal), goal
