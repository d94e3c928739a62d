"""The practice's logo. An uploaded file is read once, and only a small PNG that we make from it is stored.

``save`` and ``remove`` change the logo. The sheet prints ``data_url``; pages show the URL ``logo``.
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
MAX_BYTES = 1024 * 1024  # of the uploaded file
MAX_PIXELS = 16_000_000  # decoded: 48 MB of memory
KEPT_WIDTH, KEPT_HEIGHT = 560, 160  # pixels; 70 x 13 mm on the sheet at 200 dpi or more
TOO_MANY_PIXELS = "The picture has more than 16 million pixels. Make it smaller and try again."
MARGIN = 24  # how far from white (255) a pixel must be to count as part of the picture


class NoLogo(Exception):
    """The file was refused. ``str()`` tells the administrator why."""


@dataclass(frozen=True)
class Picture:
    """The stored picture: a PNG on white, without the metadata of the file."""

    png: bytes
    width: int
    height: int

    @property
    def mark(self) -> str:
        """A digest of the picture, in its URL, so that browsers notice a new picture."""
        return fingerprint_of_bytes(self.png)


def read(content: bytes) -> Picture:
    """Make the stored picture from a file: on white, cropped, and scaled down.

    Refused (NoLogo): a file that is not a PNG, JPEG, or WebP, a damaged file, too many bytes or pixels (a small file
    can claim any number of pixels), and a picture that would be white on white.
    """
    if len(content) > MAX_BYTES:
        raise NoLogo("The file is larger than 1 MB. Make the picture smaller and try again.")
    try:
        with warnings.catch_warnings(), Image.open(io.BytesIO(content), formats=FORMATS) as file:
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            if file.width * file.height > MAX_PIXELS:
                raise NoLogo(TOO_MANY_PIXELS)
            if file.format == "PNG":
                # WeasyPrint makes Pillow accept truncated files. The checksums of a PNG reveal them.
                Image.open(io.BytesIO(content)).verify()
            drawn = file.convert("RGBA")
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise NoLogo(TOO_MANY_PIXELS) from error
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, EOFError) as error:
        raise NoLogo("This file is not a picture that we can read. Choose a PNG, JPEG, or WebP file.") from error
    flat = Image.alpha_composite(Image.new("RGBA", drawn.size, "white"), drawn).convert("RGB")
    edges = flat.convert("L").point(lambda shade: 255 if shade < 255 - MARGIN else 0).getbbox()
    if edges is None:
        raise NoLogo("This picture would be invisible on white paper. Choose a darker one.")
    cut = flat.crop(edges)
    cut.thumbnail((KEPT_WIDTH, KEPT_HEIGHT), Image.Resampling.LANCZOS)
    kept = io.BytesIO()
    cut.quantize(64).save(kept, "PNG", optimize=True)
    return Picture(kept.getvalue(), cut.width, cut.height)


@transaction.atomic
def save(*, content: bytes, seen: str, by: Actor) -> None:
    """Replace the logo with the picture in this file. ``seen``: the mark of the logo that the page showed.

    Refused: what ``read`` refuses, and if another user changed the logo meanwhile (Stale).
    """
    picture = read(content)
    practice = _locked(seen)
    if practice.logo_mark == picture.mark:
        return
    _put(practice, picture, by)


@transaction.atomic
def remove(*, seen: str, by: Actor) -> None:
    """Remove the logo. Refused: if another user changed it meanwhile (Stale)."""
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
    """The logo in gray as a data: URL, so that the sheet loads nothing. "" if there is none."""
    return _gray(practice.logo_mark, bytes(practice.logo)) if practice.logo_mark and practice.logo else ""


@lru_cache(maxsize=2)
def _gray(mark: str, png: bytes) -> str:
    gray = io.BytesIO()
    with Image.open(io.BytesIO(png), formats=["PNG"]) as file:
        file.convert("RGB").convert("L").save(gray, "PNG", optimize=True)
    return "data:image/png;base64," + b64encode(gray.getvalue()).decode()
