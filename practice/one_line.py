"""Text that fits on one line: names, phones, reasons. Forms, models, and the database refuse control characters.

A line break in a name would end a mail's header, a line of a sheet, or a line of a calendar file. Such characters
come from pasted text and from other systems. Browsers never send them from a field of one line.
"""

import re
from typing import TYPE_CHECKING

from django import forms
from django.core.validators import RegexValidator
from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper

if TYPE_CHECKING:
    CharField = models.CharField[str, str]
else:
    CharField = models.CharField

# Unicode's control characters, and its own two characters that end a line or a paragraph.
_CONTROL = r"\u0000-\u001f\u007f-\u009f\u2028\u2029"
_CONTROL_EXCEPT_LINE_FEED = r"\u0000-\u0009\u000b-\u001f\u007f-\u009f\u2028\u2029"

refuse_control_characters = RegexValidator(
    f"[{_CONTROL}]", "Write this in one line, without line breaks or control characters.", "control", inverse_match=True
)
refuse_control_characters_except_line_feeds = RegexValidator(
    f"[{_CONTROL_EXCEPT_LINE_FEED}]", "Remove the control characters.", "control", inverse_match=True
)


def on_one_line(text: str) -> str:
    """The text with spaces instead of control characters and line breaks. Other text is returned unchanged."""
    without = re.sub(f"[{_CONTROL}]", " ", text)
    return text if without == text else " ".join(without.split())


class OneLineFormField(forms.CharField):
    """A field of a form that is not made from a model."""

    default_validators = [refuse_control_characters]  # noqa: RUF012  # an instance variable in Django's types


class OneLineField(CharField):
    """A column of text without control characters. The database checks it too."""

    default_validators = [refuse_control_characters]  # noqa: RUF012  # an instance variable in Django's types
    # Ranges of code points that the database refuses, besides NUL.
    refused: tuple[tuple[int, int], ...] = ((0x01, 0x1F), (0x7F, 0x9F), (0x2028, 0x2029))

    def db_check(self, connection: BaseDatabaseWrapper) -> str:
        column = connection.ops.quote_name(str(self.column))
        if connection.vendor == "postgresql":  # which stores no NUL in any text
            ranges = "".join(rf"\u{first:04x}-\u{last:04x}" for first, last in self.refused)
            return f"{column} !~ '[{ranges}]'"
        ranges = " || ".join(f"char({first}) || '-' || char({last})" for first, last in self.refused)
        return f"{column} NOT GLOB '*[' || {ranges} || ']*' AND instr({column}, char(0)) = 0"


class LinesField(OneLineField):
    """A column of text with line breaks (LF), such as an address, and without other control characters."""

    default_validators = [refuse_control_characters_except_line_feeds]  # noqa: RUF012  # an instance variable in Django's types
    refused: tuple[tuple[int, int], ...] = ((0x01, 0x09), (0x0B, 0x1F), (0x7F, 0x9F), (0x2028, 0x2029))
