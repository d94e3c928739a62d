"""The form of the appointment window. Labels are the words on the screen."""

from collections.abc import Collection
from datetime import date, datetime
from datetime import time as time_of_day
from typing import TYPE_CHECKING, Any, ClassVar

from crispy_forms.helper import FormHelper
from crispy_forms.layout import HTML, Div, Field
from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db.models import Q
from django.http import QueryDict
from django.utils import timezone

from appointments import local_time, statuses
from appointments.limits import YEARS
from appointments.models import Appointment, Provider, VisitType
from practice.form_layout import fields_only

if TYPE_CHECKING:
    ModelForm = forms.ModelForm[Appointment]
else:
    ModelForm = forms.ModelForm

Status = Appointment.Status
DATE_WIDGET = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
TIME_WIDGET = forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
MINUTES = (5, 8 * 60)  # what people may book; a roster may bring other durations
BEFORE_ARRIVAL = {Status.SCHEDULED, Status.CONFIRMED}
# The model field that each form field sets, where the names differ.
COLUMNS = {"day": "start", "time": "start", "second": "start", "arrival": "arrival_time"}

ARRIVAL_BUTTONS = "{% include 'appointments/_arrival_buttons.html' %}"


def first_or_second(start: datetime) -> str:
    """The value of the field ``second`` for this start; empty if the clocks show that time only once."""
    local = timezone.localtime(start)
    if not local_time.comes_twice(local.date(), shown_time(start)):
        return ""
    return "second" if local_time.is_second(start) else "first"


def shown_time(start: datetime) -> time_of_day:
    """The local time for the field ``time``: to the minute, without saying which of two equal times it is."""
    return timezone.localtime(start).time().replace(second=0, microsecond=0, fold=0)


def _column(name: str, css_class: str) -> Div:
    return Div(Field(name), css_class=css_class)


class _TypeSelect(forms.Select):
    """Visit types, each with its usual duration for the script that fills it in."""

    minutes: dict[str, int]

    def create_option(self, name: str, value: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
        option: dict[str, Any] = super().create_option(name, value, *args, **kwargs)
        if value in self.minutes:
            option["attrs"]["data-minutes"] = self.minutes[value]
        return option


class AppointmentForm(ModelForm):
    """One appointment. Dates and times are in the practice's time zone."""

    day = forms.DateField(label="Date", widget=DATE_WIDGET)
    time = forms.TimeField(label="Start", widget=TIME_WIDGET)
    second = forms.ChoiceField(
        label="Which time",
        required=False,
        choices=[
            ("", "Choose …"),
            ("first", "The first time, before the clocks go back"),
            ("second", "The second time, after the clocks go back"),
        ],
        help_text="This time occurs twice on that day.",
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
            "cancel_reason": "Cancellation reason",
            "override_reason": "Reason to book anyway",
        }

    @property
    def helper(self) -> FormHelper:
        """The layout. ``override_reason`` is not in it: the window shows it beside the conflicts."""
        return fields_only(
            Div(
                _column("day", "col-12 col-sm-5"),
                _column("time", "col-7 col-sm-4"),
                _column("duration", "col-5 col-sm-3"),
                css_class="row",
            ),
            *([Field("second")] if self.comes_twice else []),
            Div(*(_column(name, "col-sm-4") for name in ("visit_type", "location", "provider")), css_class="row"),
            Div(
                _column("status", "col-sm-5"),
                Div(Field("cancel_reason"), css_class="col-sm-7", data_only_status="cancelled"),
                css_class="row",
            ),
            Div(Div(Field("arrival")), HTML(ARRIVAL_BUTTONS), css_class="arrival-line"),
        )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        stored = self.instance
        if stored.start:
            day = timezone.localdate(stored.start)
            self.initial.update(day=day, time=shown_time(stored.start), second=first_or_second(stored.start))
        if stored.arrival_time:
            self.initial["arrival"] = shown_time(stored.arrival_time)
        self.initial.pop("override_reason", None)  # a reason given for the old time does not cover a new one
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
            self.add_error("day", "Check the year.")
        elif day and at:
            if local_time.comes_twice(day, at) and not cleaned.get("second"):
                self.add_error("second", "This time occurs twice on that day. Choose the first or the second.")
            cleaned["start"] = self._moment("time", day, at, second=second)
            arrival = cleaned.get("arrival")
            cleaned["arrival_time"] = self._moment("arrival", day, arrival, second=second) if arrival else None
        if cleaned.get("arrival") and "arrival" in self.changed_data and cleaned.get("status") in BEFORE_ARRIVAL:
            cleaned["status"] = Status.ARRIVED  # typing an arrival time means that the family has arrived
        if cleaned.get("status") == Status.CANCELLED and not cleaned.get("cancel_reason"):
            self.add_error("cancel_reason", "Enter why it is cancelled, such as “family called”.")
        elif "status" in cleaned and cleaned["status"] != Status.CANCELLED:
            cleaned["cancel_reason"] = ""  # clear it when a cancelled visit is scheduled again
        return cleaned

    def _moment(self, field: str, day: date, at: time_of_day, *, second: bool) -> datetime | None:
        try:
            return local_time.at(day, at, second=second and local_time.comes_twice(day, at))
        except local_time.NoSuchTime:
            self.add_error(field, f"{at:%-I:%M %p} does not exist on that day: the clocks go forward.")
        return None

    @property
    def comes_twice(self) -> bool:
        """Whether this time occurs twice on this day, so that the form must ask which one."""
        day, at = self["day"].value(), self["time"].value()
        try:
            parsed_day = self.fields["day"].clean(day)
            return local_time.comes_twice(parsed_day, self.fields["time"].clean(at))
        except (forms.ValidationError, OverflowError):
            return False

    def keep_typed(self, typed: QueryDict, *, except_for: Collection[str] = ()) -> None:
        """Show what was typed, without validating it yet."""
        for name in self.fields:
            if name not in except_for and name in typed:
                self.initial[name] = typed[name]

    def changed_columns(self) -> list[str]:
        """The model fields that were changed, except the override reason, which the rule takes as an argument."""
        names = {COLUMNS.get(name, name) for name in self.changed_data} - {"override_reason"}
        if self.cleaned_data["status"] != self.initial.get("status"):
            names.add("status")  # a typed arrival time changes it too
        return sorted(names)

    def as_typed(self) -> Appointment:
        """The appointment as typed, not saved."""
        appointment = self.instance
        for column in ("start", "arrival_time"):
            if column == "start" or "arrival" in self.changed_data:
                setattr(appointment, column, self.cleaned_data[column])
        return appointment
