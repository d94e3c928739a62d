"""What the pages of the schedule show again and again."""

from collections.abc import Mapping
from datetime import datetime

from django import template
from django.utils import timezone

from appointments import clock
from appointments.calendar import grid

register = template.Library()


@register.filter
def of_type(colors: Mapping[str, str], visit_type: str) -> str:
    """``{{ colors|of_type:visit.visit_type }}``: the color, slate for a type that nobody has set up."""
    return colors.get(visit_type, "slate")


@register.filter
def is_block(cell: grid.Slot | grid.Block) -> bool:
    """Whether a cell of the grid is a visit rather than a free place."""
    return isinstance(cell, grid.Block)


@register.filter
def clock_time(moment: datetime | None) -> str:
    """What the practice's clocks show, with the zone where they show it twice."""
    return clock.shown(moment) if moment else ""


@register.filter
def moment(start: datetime) -> str:
    """The moment with its offset, as the address of a new appointment takes it."""
    return timezone.localtime(start).isoformat(timespec="minutes")
