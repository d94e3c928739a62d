"""The forms of the calendar and of the appointment window. Labels are the words on the screen."""

import re
from collections.abc import Collection
from datetime import date, datetime
from datetime import time as time_of_day
from typing import TYPE_CHECKING, Any, ClassVar

from crispy_forms.helper import FormHelper
from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db.models import Q
from django.http import QueryDict
from django.utils import timezone

from appointments import clock, statuses
from appointments.calendar.schedule import Filters
from appointments.models import Appointment, Location, Provider, VisitType

if TYPE_CHECKING:
    ModelForm = forms.ModelForm[Appointment]
else:
    ModelForm = forms.ModelForm

Status = Appointment.Status
DATE_WIDGET = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
TIME_WIDGET = forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
MINUTES = (5, 8 * 60)  # what people may book; a roster may bring others
YEARS = range(1900, 2201)  # no calendar beyond these
NUMBER = re.compile(r"[0-9]{1,18}")  # a record number, within the database's 64 bits
BEFORE_ARRIVAL = {Status.SCHEDULED, Status.CONFIRMED}
# Which field of the form stands for which of the record.
COLUMNS = {"day": "start", "time": "start", "second": "start", "arrival": "arrival_time"}


def which(start: datetime) -> str:
    """The answer to ``second`` for that start: empty where the clocks show it once."""
    local = timezone.localtime(start)
    if not clock.comes_twice(local.date(), shown_time(start)):
        return ""
    return "second" if clock.is_second(start) else "first"


def shown_time(start: datetime) -> time_of_day:
    """The time of that start as the window takes it: a minute, without a word on which of two is meant."""
    return timezone.localtime(start).time().replace(second=0, microsecond=0, fold=0)


class _ProviderFilter(forms.ModelMultipleChoiceField):  # type: ignore[type-arg]  # not subscriptable at run time
    """Active providers to choose from, and whoever else the address names: a week's row leads to its provider."""

    def clean(self, value: Any) -> Any:
        # Numbers that the database cannot hold would be its error, not the form's.
        numbers = [each for each in value or () if NUMBER.fullmatch(each)]
        self.queryset = Provider.objects.filter(Q(is_active=True) | Q(pk__in=numbers))
        return super().clean(numbers)


class FilterForm(forms.Form):
    """What the calendar shows; all of it stands in the address, none of it names a patient."""

    day = forms.DateField(required=False, widget=DATE_WIDGET)
    provider = _ProviderFilter(
        Provider.objects.filter(is_active=True), required=False, widget=forms.CheckboxSelectMultiple
    )
    location = forms.ModelChoiceField(Location.objects.all(), required=False, empty_label="All locations")
    type = forms.ModelChoiceField(VisitType.objects.all(), required=False, empty_label="All types")

    def chosen_day(self) -> date:
        """The day in the address; today where there is none that makes sense."""
        chosen: date | None = self.cleaned_data.get("day") if self.is_valid() or self.cleaned_data else None
        return chosen if chosen and chosen.year in YEARS else timezone.localdate()

    def filters(self) -> Filters:
        cleaned = self.cleaned_data
        return Filters(
            providers=list(cleaned.get("provider") or ()),
            location=cleaned.get("location"),
            visit_type=cleaned.get("type"),
        )


class _TypeSelect(forms.Select):
    """Each type with its usual duration, which the window fills in."""

    minutes: dict[str, int]

    def create_option(self, name: str, value: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
        option: dict[str, Any] = super().create_option(name, value, *args, **kwargs)
        if value in self.minutes:
            option["attrs"]["data-minutes"] = self.minutes[value]
        return option


class AppointmentForm(ModelForm):
    """One appointment. Day and times are meant by the practice's clocks."""

    day = forms.DateField(label="Date", widget=DATE_WIDGET)
    time = forms.TimeField(label="Start", widget=TIME_WIDGET)
    second = forms.ChoiceField(
        label="Which of the two",
        required=False,
        choices=[
            ("", "Choose …"),
            ("first", "The first time, before the clocks go back"),
            ("second", "The second time, after the clocks have gone back"),
        ],
        help_text="This time comes twice on that day.",
    )
    duration = forms.IntegerField(
        label="Minutes", widget=forms.NumberInput({"step": 5}), min_value=MINUTES[0], max_value=MINUTES[1]
    )
    arrival = forms.TimeField(label="Arrival Time", required=False, widget=TIME_WIDGET)

    class Meta:
        model = Appointment
        fields = ("duration", "visit_type", "location", "provider", "status", "cancel_reason", "override_reason")
        labels: ClassVar = {
            "visit_type": "Type",
            "status": "Visit status",
            "cancel_reason": "Why cancelled",
            "override_reason": "Reason to book it all the same",
        }

    helper = FormHelper()
    helper.form_tag = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        stored = self.instance
        if stored.start:
            day = timezone.localdate(stored.start)
            self.initial.update(day=day, time=shown_time(stored.start), second=which(stored.start))
        if stored.arrival_time:
            self.initial["arrival"] = shown_time(stored.arrival_time)
        self.initial.pop("override_reason", None)  # an old reason is no reason for a new place
        self._offer_types(stored.visit_type)
        self._offer_statuses()
        offered = Q(is_active=True) | Q(pk=stored.provider_id or 0)
        self.fields["provider"].queryset = Provider.objects.filter(offered)  # type: ignore[attr-defined]
        for field in self.fields.values():
            field.widget.attrs["autocomplete"] = "off"
        if stored.pk and stored.duration not in range(*MINUTES):
            least, most = min(MINUTES[0], stored.duration), max(MINUTES[1], stored.duration)
            self.fields["duration"].validators = [MinValueValidator(least), MaxValueValidator(most)]

    def _offer_types(self, own: str) -> None:
        kinds = dict(VisitType.objects.values_list("name", "minutes"))
        names = [*kinds, *([own] if own and own not in kinds else [])]
        widget = _TypeSelect()
        widget.minutes = kinds
        self.fields["visit_type"] = forms.ChoiceField(
            label="Type", required=False, choices=[("", "—"), *((name, name) for name in names)], widget=widget
        )

    def _offer_statuses(self) -> None:
        stored = self.instance
        offered = statuses.choices(before=stored.status if stored.pk else None, start=stored.start, now=timezone.now())
        self.fields["status"] = forms.ChoiceField(
            label="Visit status", choices=[(status.value, status.label) for status in offered]
        )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        day, at, second = cleaned.get("day"), cleaned.get("time"), cleaned.get("second") == "second"
        if day and day.year not in YEARS:
            self.add_error("day", "Please check the year.")
        elif day and at:
            if clock.comes_twice(day, at) and not cleaned.get("second"):
                self.add_error("second", "This time comes twice on that day. Choose which of the two is meant.")
            cleaned["start"] = self._moment("time", day, at, second=second)
            arrival = cleaned.get("arrival")
            cleaned["arrival_time"] = self._moment("arrival", day, arrival, second=second) if arrival else None
        if cleaned.get("arrival") and "arrival" in self.changed_data and cleaned.get("status") in BEFORE_ARRIVAL:
            cleaned["status"] = Status.ARRIVED  # whoever types when somebody came says that they came
        if cleaned.get("status") == Status.CANCELLED and not cleaned.get("cancel_reason"):
            self.add_error("cancel_reason", "Say why it is cancelled, such as “family called”.")
        elif "status" in cleaned and cleaned["status"] != Status.CANCELLED:
            cleaned["cancel_reason"] = ""  # the window still holds it when a visit is put back
        return cleaned

    def _moment(self, field: str, day: date, at: time_of_day, *, second: bool) -> datetime | None:
        try:
            return clock.at(day, at, second=second and clock.comes_twice(day, at))
        except clock.NoSuchTime:
            self.add_error(field, f"{at:%-I:%M %p} does not exist on that day: the clocks go forward.")
        return None

    @property
    def comes_twice(self) -> bool:
        """Whether to ask which of two times is meant."""
        day, at = self["day"].value(), self["time"].value()
        try:
            parsed_day = self.fields["day"].clean(day)
            return clock.comes_twice(parsed_day, self.fields["time"].clean(at))
        except (forms.ValidationError, OverflowError):
            return False

    def keep(self, typed: QueryDict, *, besides: Collection[str] = ()) -> None:
        """Show what was typed, without judging it yet."""
        for name in self.fields:
            if name not in besides and name in typed:
                self.initial[name] = typed[name]

    def changed_columns(self) -> list[str]:
        """The columns of the record that somebody changed. The reason for an override goes another way."""
        names = {COLUMNS.get(name, name) for name in self.changed_data} - {"override_reason"}
        if self.cleaned_data["status"] != self.initial.get("status"):
            names.add("status")  # an arrival brings it along
        return sorted(names)

    def placed(self) -> Appointment:
        """The appointment as typed, not saved."""
        appointment = self.instance
        for column in ("start", "arrival_time"):
            if column == "start" or "arrival" in self.changed_data:
                setattr(appointment, column, self.cleaned_data[column])
        return appointment
