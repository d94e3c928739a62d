"""The logo: read once and stored as a new PNG without the file's metadata."""

import io
import struct
import zlib

import pytest
from PIL import Image, ImageDraw
from PIL.PngImagePlugin import PngInfo

from audit.models import AuditEvent
from audit.trail import Actor
from practice import logo
from practice.edit_conflicts import Stale
from practice.models import Practice
from tests.portal import steps


def picture(form="PNG", size=(300, 200), *, mode="RGB", background="white", **options):
    image = Image.new(mode, size, background)
    ImageDraw.Draw(image).ellipse((20, 20, size[0] - 21, size[1] - 21), fill="#0c6a5c")
    written = io.BytesIO()
    image.save(written, form, **options)
    return written.getvalue()


@pytest.fixture
def by(administrator):
    return Actor(administrator, "192.0.2.1")


@pytest.mark.parametrize("form", ["PNG", "JPEG", "WEBP"])
def test_pictures_are_kept_as_a_small_png(form):
    kept = logo.read(picture(form, (2000, 1000)))
    with Image.open(io.BytesIO(kept.png)) as drawn:
        assert (drawn.format, drawn.size) == ("PNG", (kept.width, kept.height))
        assert max(drawn.width / logo.KEPT_WIDTH, drawn.height / logo.KEPT_HEIGHT) == 1
        assert drawn.convert("L").getpixel((drawn.width // 2, drawn.height // 2)) < 128
    assert len(kept.png) < 20_000


def test_margins_are_cut_and_what_is_clear_becomes_white():
    kept = logo.read(picture(size=(300, 200), mode="RGBA", background=(0, 0, 0, 0)))
    assert (kept.width, kept.height) == (260, 160)
    with Image.open(io.BytesIO(kept.png)) as drawn:
        assert drawn.convert("RGB").getpixel((0, 0)) == (255, 255, 255)


def test_what_the_file_says_about_itself_is_not_kept():
    about = PngInfo()
    about.add_text("Author", "SECRET-AUTHOR")
    exif = Image.Exif()
    exif[0x010E] = "SECRET-PLACE"
    for content in (picture(pnginfo=about, exif=exif), picture("JPEG", exif=exif, comment=b"SECRET")):
        assert b"SECRET" in content
        kept = logo.read(content).png
        assert b"SECRET" not in kept
        with Image.open(io.BytesIO(kept)) as drawn:
            assert not drawn.info
            assert not drawn.getexif()


def claiming(width, height):
    """A small PNG that claims this size."""

    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"\0" * 100)) + chunk(b"IEND", b"")
    )


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "not a picture"),
        (b"%PDF-1.7 something", "not a picture"),
        (b'<svg xmlns="http://www.w3.org/2000/svg"><script>1</script></svg>', "not a picture"),
        (picture("GIF"), "not a picture"),
        (picture("TIFF"), "not a picture"),
        (picture()[:200], "not a picture"),
        (claiming(10, 10)[:30], "not a picture"),
        (claiming(5000, 5000), "16 million"),
        (claiming(60000, 60000), "16 million"),
        (bytes(logo.MAX_BYTES + 1), "larger than 1 MB"),
        (
            picture(background="white", size=(60, 60), mode="L")[:0] + Image.new("RGB", (9, 9), "white").tobytes(),
            "not a picture",
        ),
    ],
    ids=["empty", "PDF", "SVG", "GIF", "TIFF", "cut off", "cut off early", "bomb", "large bomb", "large", "raw"],
)
def test_anything_else_is_refused(content, words):
    with pytest.raises(logo.NoLogo, match=words):
        logo.read(content)


def test_white_on_white_is_refused():
    written = io.BytesIO()
    Image.new("RGB", (50, 50), "#fafafa").save(written, "PNG")
    with pytest.raises(logo.NoLogo, match="would be invisible"):
        logo.read(written.getvalue())


def test_it_is_saved_replaced_and_removed_with_one_line_each(by):
    logo.save(content=picture(), seen="", by=by)
    first = Practice.current()
    assert (first.logo_width, first.logo_height) == (260, 160)
    logo.save(content=picture("JPEG", (400, 100)), seen=first.logo_mark, by=by)
    second = Practice.current()
    assert second.logo_mark != first.logo_mark
    logo.save(content=picture("JPEG", (400, 100)), seen=second.logo_mark, by=by)  # the same again
    logo.remove(seen=second.logo_mark, by=by)
    assert (Practice.current().logo, Practice.current().logo_mark) == (None, "")
    lines = AuditEvent.objects.filter(action="practice.changed")
    assert [line.detail for line in lines] == [{"changed": ["logo"]}] * 3


@pytest.mark.parametrize(
    "action", [lambda by: logo.save(content=picture(), seen="x", by=by), lambda by: logo.remove(seen="x", by=by)]
)
def test_the_second_of_two_is_told(by, action):
    logo.save(content=picture("JPEG"), seen="", by=by)
    before = steps.everything_but()
    with pytest.raises(Stale):
        action(by)
    assert steps.everything_but() == before


def test_the_page_of_everybody_does_not_fetch_it(by):
    logo.save(content=picture(), seen="", by=by)
    assert "logo" in Practice.current().get_deferred_fields()


def test_on_the_sheet_it_is_grey_and_complete(by):
    logo.save(content=picture(), seen="", by=by)
    assert logo.data_url(Practice.current()).startswith("data:image/png;base64,")
    assert logo.data_url(Practice()) == ""
