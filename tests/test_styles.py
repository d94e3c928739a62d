"""The style sheets and scripts: sizes and colors from tokens, nothing styled twice, nothing that no page uses."""

import re
from collections import Counter
from pathlib import Path

import crispy_bootstrap5
import pytest
from django.conf import settings

from pinportal import static_files

ROOT = Path(settings.BASE_DIR)
CODE = ("accounts", "appointments", "audit", "patients", "pinportal", "portal", "practice")
SHEETS = sorted(str(path.relative_to(ROOT / "static/css")) for path in (ROOT / "static/css").rglob("*.css"))
STYLES = [name for name in static_files.BUNDLES if name.endswith(".css")]
TOKENS = {"tokens.css", "family/tokens.css", "staff/tokens.css"}
PAPER = {"portal/sheets/sheet.css", "portal/family/record.css"}  # drawn by WeasyPrint, in mm and pt
CRISPY = Path(crispy_bootstrap5.__file__).parent / "templates"
FROM_HTMX = {"htmx-request"}


def style(sheet):
    """The text of a style sheet without comments and addresses."""
    text = (ROOT / "static/css" / sheet).read_text()
    return re.sub(r'/\*.*?\*/|url\("[^"]*"\)', "", text, flags=re.DOTALL)


def declarations(sheet):
    """Each media query, selector and property of a style sheet."""
    open_blocks, found = [], []
    for part, end in re.findall(r"([^{};]*)([{};])", style(sheet)):
        text = " ".join(part.split())
        if end == "{":
            open_blocks.append(text)
            continue
        if ":" in text and not any("@keyframes" in block for block in open_blocks):
            media = open_blocks[0] if open_blocks[0].startswith("@") else ""
            selectors = re.split(r",\s*(?![^()]*\))", open_blocks[-1])
            found += [(media, selector, text.partition(":")[0]) for selector in selectors]
        if end == "}":
            open_blocks.pop()
    return found


def templates():
    return {path: path.read_text() for path in (ROOT / "templates").rglob("*.html")}


def code():
    python = [path for folder in CODE for path in (ROOT / folder).rglob("*.py")]
    return "\n".join(path.read_text() for path in [*python, *(ROOT / "static/js").rglob("*.js")])


@pytest.mark.parametrize("sheet", [each for each in SHEETS if each not in TOKENS | PAPER])
def test_sizes_and_colors_come_from_tokens(sheet):
    text = re.sub(r"@media[^{]*", "", style(sheet))  # a media query knows no variables
    assert re.findall(r"[\d.]+(?:rem|pt|mm)\b|#[\da-fA-F]{3,8}\b|(?:rgb|hsl)a?\([^)]*\)", text) == []


@pytest.mark.parametrize("name", STYLES)
def test_a_bundle_defines_the_tokens_that_it_uses(name):
    text = static_files.bundled(name)
    used, defined = set(re.findall(r"var\((--[\w-]+)", text)), set(re.findall(r"(--[\w-]+):", text))
    assert used <= defined
    assert "@import" not in text
    assert "/*" not in text


def test_every_token_is_used():
    used = set(re.findall(r"var\((--[\w-]+)", "".join(style(sheet) for sheet in SHEETS)))
    assert {token for sheet in TOKENS for _, _, token in declarations(sheet)} <= used


@pytest.mark.parametrize("name", STYLES)
def test_no_two_style_sheets_of_a_bundle_style_the_same_thing(name):
    sheets = [sheet for sheet in static_files.BUNDLES[name] if sheet not in TOKENS]
    counted = Counter(each for sheet in sheets for each in set(declarations(sheet)))
    assert [each for each, count in counted.items() if count > 1] == []


def test_every_class_is_used():
    styled = {each for sheet in SHEETS for each in re.findall(r"\.([a-zA-Z][\w-]*)", style(sheet))}
    # A class may be put together: status-{{ code }}. Then its beginning is what can be found.
    markup = [*templates().values(), *(path.read_text() for path in CRISPY.rglob("*.html"))]
    text = "\n".join(markup) + code()
    words, beginnings = set(re.findall(r"[\w-]+", text)), tuple(re.findall(r"([a-z]+-)\{[{%]?", text))
    assert {each for each in styled - words if not each.startswith(beginnings)} == FROM_HTMX


def test_every_part_is_loaded():
    text = "\n".join(templates().values())
    loaded = {f"css/{sheet}" for sheet in PAPER} | set(re.findall(r"""\{% static ["']((?:css|js)/[^"']+)""", text))
    assert set(static_files.BUNDLES) <= loaded
    loaded |= {f"{name.partition('/')[0]}/{part}" for name, parts in static_files.BUNDLES.items() for part in parts}
    there = {str(path.relative_to(ROOT / "static")) for path in (ROOT / "static").glob("*/**/*.*")}
    assert there == loaded - set(static_files.BUNDLES)


def test_only_the_bases_of_pages_load_style_sheets():
    found = {path.name: text.count('rel="stylesheet"') for path, text in templates().items() if "stylesheet" in text}
    assert found == {"base.html": 1, "base_staff.html": 2}


@pytest.mark.parametrize("script", sorted((ROOT / "static/js").rglob("*.js")), ids=lambda path: path.name)
def test_a_script_begins_with_what_it_does(script):
    comment, *lines = script.read_text().splitlines()
    assert comment.startswith("// ")
    assert next(line for line in lines if not line.startswith("//")) == '"use strict";'
