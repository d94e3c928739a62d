"""Fold names for comparison: without case, accents and punctuation."""

import unicodedata
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from django.db import models

if TYPE_CHECKING:
    _TextField = models.TextField[str, str]
else:
    _TextField = models.TextField

# Letters that Unicode does not decompose into a base letter and an accent.
_SPECIAL = str.maketrans({"ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "đ": "d", "ð": "d", "ł": "l", "þ": "th", "ı": "i"})


def fold(text: str) -> str:
    """Fold a name: lower case, accents off, apostrophes joined, other punctuation to single spaces.

    >>> fold("Søren  O'Neil-Nguyễn")
    'soren oneil nguyen'
    """
    lowered = unicodedata.normalize("NFKD", text.casefold()).translate(_SPECIAL)
    letters = (
        "" if unicodedata.combining(char) or char in "'’ʼ`" else char if char.isalnum() else " " for char in lowered
    )
    return " ".join("".join(letters).split())


class FoldedField(_TextField):
    """Other columns of the row, folded; updated by each save (like ``auto_now``).

    The text begins with a space, so that " riv" matches the beginning of any part of a name.
    """

    def __init__(self, *, sources: Sequence[str] = (), **options: Any) -> None:
        self.sources = list(sources)
        super().__init__(
            editable=False, default="", **{k: v for k, v in options.items() if k not in ("editable", "default")}
        )

    def deconstruct(self) -> Any:
        name, path, args, kwargs = super().deconstruct()
        return name, path, args, {**kwargs, "sources": self.sources}

    def pre_save(self, model_instance: models.Model, add: bool) -> str:
        folded = " " + fold(" ".join(getattr(model_instance, source) for source in self.sources))
        setattr(model_instance, self.attname, folded)
        return folded
