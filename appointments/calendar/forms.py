"""The filter bar of the calendar."""

from datetime import date
from typing import Any

from django import forms
from django.db.models import Q
from django.utils import timezone

from appointments.calendar.schedule import Filters
from appointments.limits import NUMBER, YEARS
from appointments.models import Location, Provider, VisitType


class _ProviderFilter(forms.ModelMultipleChoiceField):  # type: ignore[type-arg]  # not subscriptable at run time
    """Active providers, and any inactive one in the address: a row of the week links to its provider."""

    def clean(self, value: Any) -> Any:
        # Numbers too large for the database must not reach it: they would end in a server error.
        numbers = [each for each in value or () if NUMBER.fullmatch(each)]
        self.queryset = Provider.objects.filter(Q(is_active=True) | Q(pk__in=numbers))
        return super().clean(numbers)


class FilterForm(forms.Form):
    """What the calendar shows. All of it is in the address, so no field names a patient.

    The bar is written by hand (``calendar.html``): its fields sit in one line, some in a menu.
    """

    day = forms.DateField(required=False)
    provider = _ProviderFilter(
        Provider.objects.filter(is_active=True), required=False, widget=forms.CheckboxSelectMultiple
    )
    location = forms.ModelChoiceField(Location.objects.all(), required=False, empty_label="All locations")
    type = forms.ModelChoiceField(VisitType.objects.all(), required=False, empty_label="All types")

    def chosen_day(self) -> date:
        """The day in the address, or today if there is no valid one."""
        chosen: date | None = self.cleaned_data.get("day") if self.is_valid() or self.cleaned_data else None
        return chosen if chosen and chosen.year in YEARS else timezone.localdate()

    def filters(self) -> Filters:
        cleaned = self.cleaned_data
        return Filters(
            providers=list(cleaned.get("provider") or ()),
            location=cleaned.get("location"),
            visit_type=cleaned.get("type"),
        )
