"""The style sheets and scripts: sizes and colors from tokens, nothing styled twice, nothing that no page uses."""

import re
from collections import Counter
from pathlib import Path

import pytest
from django.conf import settings

from pinportal import static_files

STATIC = Path(settings.BASE_DIR) / "static"
TEMPLATES = Path(settings.BASE_DIR) / "templates"
TOKENS = {"tokens.css", "family/tokens.css", "staff/tokens.css"}
PAPER = {"portal/sheets/sheet.css", "portal/family/record.css"}  # drawn by WeasyPrint, in mm and pt
SHEETS = sorted(str(path.relative_to(STATIC / "css")) for path in (STATIC / "css").rglob("*.css"))
STYLES = [name for name in static_files.BUNDLES if name.endswith(".css")]
FOREIGN = {"htmx-request"}  # classes that a library sets


def without_comments(text):
    return re.sub(r"/\*.*?\*/", "", text, flags=re.DOTALL)


def style(sheet):
    """The text of a style sheet without comments, addresses and the conditions of media queries."""
    text = without_comments((STATIC / "css" / sheet).read_text())
    return re.sub(r'url\("[^"]*"\)|@media[^{]*', "", text)


def selectors(sheet):
    """Each selector of a style sheet, with the media query around it."""
    media, found = "", []
    for head, brace in re.findall(r"([^{};]*)([{};])", without_comments((STATIC / "css" / sheet).read_text())):
        if brace == "{" and head.strip().startswith("@"):
            media = head.strip()
        elif brace == "{":
            found += [(media, each.strip()) for each in head.split(",")]
        elif brace == "}" and not head.strip():
            media = media if found and found[-1] == "closed" else media
    return found


@pytest.mark.parametrize("sheet", [each for each in SHEETS if each not in TOKENS | PAPER])
def test_sizes_and_colors_come_from_tokens(sheet):
    assert re.findall(r"[\d.]+(?:rem|pt|mm)\b|#[\da-fA-F]{3,8}\b|(?:rgb|hsl)a?\([^)]*\)", style(sheet)) == []


@pytest.mark.parametrize("name", STYLES)
def test_a_bundle_defines_what_it_uses(name):
    text = static_files.bundled(name)
    used, defined = set(re.findall(r"var\((--[\w-]+)", text)), set(re.findall(r"(--[\w-]+):", text))
    assert used <= defined
    assert "@import" not in text
