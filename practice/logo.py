"""The practice's logo: whatever is uploaded is read once, and only a small picture of our own making is kept.

``save`` and ``remove`` change it, ``data_url`` is what the sheet prints; pages show ``logo``.
"""

import io
import warnings
from base64 import b64encode
from dataclasses import dataclass
from functools import lru_cache

from django.db import transaction
from PIL import Image, UnidentifiedImageError

from audit.trail import Action, Actor, record
from practice.edit_conflicts import Stale, fingerprint_of_bytes
from practice.models import Practice

FORMATS = ("PNG", "JPEG", "WEBP")
MAX_BYTES = 1024 * 1024  # of the file that is uploaded
MAX_PIXELS = 16_000_000  # of it, decoded: 48 MB of memory
KEPT_WIDTH, KEPT_HEIGHT = 560, 160  # pixels; 70 x 13 mm of the sheet at 200 dpi and more
TOO_MANY_PIXELS = "The picture has more than 16 million pixels. Save it smaller, and try again."
MARGIN = 24  # how different from white a pixel must be to count as drawn, of 255


class NoLogo(Exception):
    """The file was not taken. ``str()`` says why, in words for the administrator."""


@dataclass(frozen=True)
class Picture:
    """What is kept: a PNG on white, without anything the file said about itself."""

    png: bytes
    width: int
    height: int

    @property
    def mark(self) -> str:
        """Another picture, another mark: for browsers that have it already."""
        return fingerprint_of_bytes(self.png)


def read(content: bytes) -> Picture:
    """The picture in a file, drawn anew: in its place on white, cut to what is drawn, scaled down to what is needed.

    Refused (NoLogo): what is no PNG, JPEG or WebP, what is damaged, too large in bytes or in pixels (of which
    a small file can claim any number), and what would be white on white.
    """
    if len(content) > MAX_BYTES:
        raise NoLogo("The file is larger than 1 MB. Save the picture smaller, and try again.")
    try:
        with warnings.catch_warnings(), Image.open(io.BytesIO(content), formats=FORMATS) as file:
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            if file.width * file.height > MAX_PIXELS:
                raise NoLogo(TOO_MANY_PIXELS)
            if file.format == "PNG":
                # WeasyPrint has Pillow take files that are cut off; a PNG tells by its sums that it is not whole.
                Image.open(io.BytesIO(content)).verify()
            drawn = file.convert("RGBA")
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise NoLogo(TOO_MANY_PIXELS) from error
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, EOFError) as error:
        raise NoLogo("This is no picture that can be read. Choose a PNG, JPEG or WebP file.") from error
    flat = Image.alpha_composite(Image.new("RGBA", drawn.size, "white"), drawn).convert("RGB")
    edges = flat.convert("L").point(lambda shade: 255 if shade < 255 - MARGIN else 0).getbbox()
    if edges is None:
        raise NoLogo("Nothing would be seen of this picture on white paper. Choose one that is dark on white.")
    cut = flat.crop(edges)
    cut.thumbnail((KEPT_WIDTH, KEPT_HEIGHT), Image.Resampling.LANCZOS)
    kept = io.BytesIO()
    cut.quantize(64).save(kept, "PNG", optimize=True)
    return Picture(kept.getvalue(), cut.width, cut.height)


@transaction.atomic
def save(*, content: bytes, seen: str, by: Actor) -> None:
    """Put the picture in this file in the place of the logo. ``seen``: the mark of the logo the page showed.

    Refused: what ``read`` refuses, and when a colleague has changed the logo meanwhile (Stale).
    """
    picture = read(content)
    practice = _locked(seen)
    if practice.logo_mark == picture.mark:
        return
    _put(practice, picture, by)


@transaction.atomic
def remove(*, seen: str, by: Actor) -> None:
    """Show no logo any more. Refused: when a colleague has changed it meanwhile (Stale)."""
    practice = _locked(seen)
    if practice.logo_mark:
        _put(practice, None, by)


def _locked(seen: str) -> Practice:
    practice = Practice.locked()
    if practice.logo_mark != seen:
        raise Stale
    return practice


def _put(practice: Practice, picture: Picture | None, by: Actor) -> None:
    practice.logo = picture.png if picture else None
    practice.logo_mark = picture.mark if picture else ""
    practice.logo_width, practice.logo_height = (picture.width, picture.height) if picture else (0, 0)
    practice.save(update_fields=["logo", "logo_mark", "logo_width", "logo_height"])
    record(actor=by, action=Action.PRACTICE_CHANGED, changed=["logo"])


def data_url(practice: Practice) -> str:
    """The logo in shades of grey, complete in an address: the sheet fetches nothing. Empty where there is none."""
    return _grey(practice.logo_mark, bytes(practice.logo)) if practice.logo_mark and practice.logo else ""


@lru_cache(maxsize=2)
def _grey(mark: str, png: bytes) -> str:
    grey = io.BytesIO()
    with Image.open(io.BytesIO(png), formats=["PNG"]) as file:
        file.convert("RGB").convert("L").save(grey, "PNG", optimize=True)
    return "data:image/png;base64," + b64encode(grey.getvalue()).decode()
