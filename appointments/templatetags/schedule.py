"""Template filters for the pages of the schedule."""

from collections.abc import Mapping
from datetime import datetime

from django import template
from django.utils import timezone

from appointments import local_time
from appointments.calendar import grid

register = template.Library()


@register.filter
def of_type(colors: Mapping[str, str], visit_type: str) -> str:
    """``{{ colors|of_type:visit.visit_type }}``: the color of a type; slate if Schedule Settings do not have it."""
    return colors.get(visit_type, "slate")


@register.filter
def is_block(cell: grid.Slot | grid.Block) -> bool:
    """Whether a cell of the grid is a visit, not a free slot."""
    return isinstance(cell, grid.Block)


@register.filter
def clock_time(moment: datetime | None) -> str:
    """The local time, with the zone if it occurs twice that day."""
    return local_time.shown(moment) if moment else ""


@register.filter
def moment(start: datetime) -> str:
    """The time with its UTC offset, for the address of a new appointment."""
    return timezone.localtime(start).isoformat(timespec="minutes")
