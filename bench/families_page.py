"""Write docs/families.md and its pictures from the measurements of bench/families.py."""

import io
import os
import platform
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from PIL import Image

from tests import reading

if TYPE_CHECKING:
    from bench.families import Look, Report, Step

DOCS = Path("docs")
PICTURES = DOCS / "families"
COLORS = 32  # of a picture: a page has few, and the repository keeps every picture forever
LANGUAGES = {"en": "English", "es": "Español"}

INTRODUCTION = """# The family's way in, measured

Written by `make report` ({day}, Python {python}). Do not edit it. The server is real and its files are compressed. The
browser is Chromium as a phone of 360 × 740 px with touch, with an empty cache, on WebPageTest's “3G Fast” (1.6 Mbit/s
down, 768 kbit/s up, 150 ms). The machine's seconds are measured. A person's seconds are a model; nobody was timed.
{busy}
"""
MODEL = """
The model of a person:

- 1.35 s to find a field and 1.1 s to tap: M and P of the Keystroke-Level Model (Card, Moran, Newell, CACM 23(7), 1980,
  396–410; P was measured with a mouse).
- 0.33 s for a key: 36.2 words a minute on phones, the mean of 37,370 people (Palin et al., MobileHCI 2019).
- Every word of each page, terms included, is read at 238 words a minute: silent reading of English non-fiction
  (Brysbaert, J. Memory and Language 109, 2019). People read more slowly in a second language.
- Not included: finding and scanning the sheet, and what the phone itself asks about a passkey (usually one tap, and a
  finger or a face).
"""
BUSY = 1  # load of the machine from which its seconds say little


def keep(name: str, picture: bytes) -> None:
    """Save a picture with its own palette."""
    PICTURES.mkdir(exist_ok=True)
    image = Image.open(io.BytesIO(picture)).convert("RGB").quantize(COLORS, dither=Image.Dither.NONE)
    image.save(PICTURES / f"{name}.png", optimize=True)


def write(report: "Report") -> None:
    """Write the page, and delete pictures of pages that no longer exist."""
    facts = {"day": date.today().isoformat(), "python": platform.python_version()}  # noqa: DTZ011
    text = INTRODUCTION.format(busy=busy(report.load[0]), **facts)
    text += "".join([way(report), weight(report), pages(report.looks), gallery(report)])
    (DOCS / "families.md").write_text(text)
    names = {f"{name}-{language}-" for name, each in report.pictures.items() for language in each}
    for file in PICTURES.glob("*.png"):
        if not any(file.name.startswith(name) for name in names):
            file.unlink()
    size = sum(file.stat().st_size for file in PICTURES.glob("*.png"))
    print(f"docs/families.md and {len(list(PICTURES.glob('*.png')))} pictures, {size / 1000:.0f} kB")
    if failed := {each.name: each.failed for each in report.looks if each.failed}:
        raise SystemExit(f"axe found: {failed}")


def busy(load: float) -> str:
    """Whether other processes were busy on this machine at the start."""
    many = f"{os.cpu_count()} processors, load at the start: {load:.1f}"
    return f"({many}.)" if load < BUSY else f"**The machine was busy ({many}). It is faster when idle.**"


def way(report: "Report") -> str:
    """Steps, taps, keys and seconds of a family of three, by each way to sign in."""
    text = "\n## A mother and three children, from scan to My Children\n\n"
    return text + "\n".join(_walk(name, steps) for name, steps in report.walks.items()) + MODEL


def _walk(name: str, steps: "list[Step]") -> str:
    rows = [
        f"| {number} | {step.title} | {step.words} | {step.fields} | {step.taps} | {step.keys} | {step.person:.0f} |"
        f" {step.machine:.2f} | {step.requests} | {step.size / 1000:.1f} |"
        for number, step in enumerate(steps, start=1)
    ]
    taps, keys = (sum(getattr(step, name) for step in steps) for name in ("taps", "keys"))
    person, machine = (sum(getattr(step, name) for step in steps) for name in ("person", "machine"))
    size = sum(step.size for step in steps) / 1000
    sums = f"**{len(steps) - 1} steps, {taps} taps, {keys} keys: {person + machine:.0f} seconds**"
    return f"""With {name}: {sums}. The machine takes {machine:.1f} of them. {size:.0f} kB in all.

| | page | words | fields | taps | keys | person, s | machine, s | requests | kB |
|---|---|---|---|---|---|---|---|---|---|
{chr(10).join(rows)}
"""


def weight(report: "Report") -> str:
    """How soon the registration page is usable."""
    rows = [
        f"| {name} | {each['first'] / 1000:.2f} | {each['largest'] / 1000:.2f} | {each['usable'] / 1000:.2f} |"
        f" {each['shift']:.3f} |"
        for name, each in report.loads.items()
    ]
    return f"""
## The registration page with nothing in the cache

Medians of five loads. A page is usable when it is drawn and its scripts have run.

| network | first paint, s | largest paint, s | usable, s | layout shift |
|---|---|---|---|---|
{chr(10).join(rows)}

The browser waits for the network twice: for the page, then for everything the page needs, at the same time. So with
563 ms nothing is drawn for 1.1 seconds, whatever the size of the page.
"""


def pages(looks: "list[Look]") -> str:
    """Every page and state: bytes and requests, reading grade, axe."""
    rows = [
        f"| {each.name} | {each.title} | {each.first[0]} / {each.first[1] / 1000:.1f} |"
        f" {each.later[0]} / {each.later[1] / 1000:.1f} | {'–' if each.grade is None else each.grade} |"
        f" {each.passed} / {len(each.failed)} | {each.shift:.3f} |"
        for each in looks
    ]
    grades = [each.grade for each in looks if each.grade is not None]
    return f"""
## Every page and state

The highest reading grade is **{max(grades)}** (Flesch-Kincaid, English; at most {reading.HIGHEST} is allowed).
axe found **{sum(len(each.failed) for each in looks)}** violations, in light and dark. “First visit” and “next visit”
are requests / kB. For a page that is reached through other pages, only what it adds is counted.

| state | heading | first visit | next visit | grade | axe: rules passed / failed | layout shift |
|---|---|---|---|---|---|---|
{chr(10).join(rows)}
"""


def gallery(report: "Report") -> str:
    """The pictures: those of the phone are shown, the others are linked."""
    text = "\n## Pictures\n"
    for name, languages in report.pictures.items():
        text += f"\n### {languages.get('en', name)}\n\n"
        for language in languages:
            file = f"families/{name}-{language}"
            text += (
                f'<img src="{file}-360.png" width="240" alt="{LANGUAGES[language]}, 360 px: {languages[language]}">\n'
            )
        links = [
            f"[{LANGUAGES[language]}, {width} px](families/{name}-{language}-{width}.png)"
            for language in languages
            for width in (768, 1280)
        ]
        text += "\n" + " · ".join(links) + "\n"
    return text
