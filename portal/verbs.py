"""What staff do to one record after a question. The front desk and the administrator each have a table of these."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

T = TypeVar("T")


@dataclass(frozen=True)
class Verb(Generic[T]):
    """One action: its words, its rule, and the condition under which a page offers it."""

    name: str  # part of the address
    title: str  # on the button
    explanation: str  # shown before it is done
    rule: Callable[..., Any]  # checks again and does it
    possible: Callable[[T], bool]  # whether a page offers it for what it shows
    done: str
    not_done: str
    needs_reason: bool = False
    is_dangerous: bool = False  # its button is red
