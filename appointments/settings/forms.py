"""Forms of Schedule Settings. Labels are the words on the screen."""

from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any, ClassVar

from crispy_forms.layout import HTML, Div, Field, Fieldset
from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone

from appointments import local_time
from appointments.models import Provider, TimeOff, VisitType, WorkingHours
from appointments.settings import hours
from practice.form_layout import fields_only, row
from practice.models import Practice
from practice.one_line import OneLineFormField

if TYPE_CHECKING:
    ModelForm = forms.ModelForm[Any]
else:
    ModelForm = forms.ModelForm

Weekday = WorkingHours.Weekday
WHOLE_PRACTICE, EVERYBODY = "The whole practice", "all"
FARTHEST_BACK, FARTHEST_AHEAD = timedelta(days=366), timedelta(days=5 * 366)
HOURS_HELP = (
    '<p class="form-text" id="hours-help">Enter when the provider sees patients, such as <b>8-12, 1-5</b> or '
    "<b>8:30 am - 1 pm</b>. Leave a day empty if the provider does not work then. "
    "If all days are empty, nobody is warned about this provider’s hours.</p>"
)


class GridForm(forms.Form):
    """The length of a calendar slot."""

    minutes = forms.TypedChoiceField(
        label="Slot length", choices=Practice.GridMinutes.choices, coerce=int, widget=forms.RadioSelect
    )

    helper = fields_only(Field("minutes", template="appointments/settings/_slot_lengths.html"))


class VisitTypeForm(ModelForm):
    class Meta:
        model = VisitType
        fields: ClassVar = ["name", "minutes", "color"]
        labels: ClassVar = {"minutes": "Usual duration (minutes)", "color": "Color in the calendar"}
        help_texts: ClassVar = {
            "minutes": "New appointments of this type start with this duration, from 5 to 480 minutes."
        }
        widgets: ClassVar = {
            "name": forms.TextInput({"autocomplete": "off"}),
            "minutes": forms.NumberInput({"min": 5, "max": 480, "class": "minutes"}),
        }

    helper = fields_only("name", "minutes", Field("color", template="appointments/settings/_colors.html"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # A separate field, for plain error messages, and so that the browser can step from any value.
        self.fields["minutes"] = forms.IntegerField(
            label=self.fields["minutes"].label,
            help_text=self.fields["minutes"].help_text,
            widget=self.fields["minutes"].widget,
            initial=self.fields["minutes"].initial,
            min_value=5,
            max_value=480,
            error_messages={
                "min_value": "Enter at least 5 minutes.",
                "max_value": "Enter at most 480 minutes (8 hours).",
            },
        )
        self.fields["color"] = forms.ChoiceField(
            label=self.fields["color"].label, choices=VisitType.Color.choices, widget=forms.RadioSelect
        )


class HoursLine(forms.BoundField):
    """The hours of one day. The help text above the week describes each of these fields."""

    @property
    def aria_describedby(self) -> str:
        return f"hours-help {super().aria_describedby or ''}".strip()


class HoursField(forms.CharField):
    """The hours of one day in one line, cleaned to spans. The same hours in other words are no change."""

    bound_field_class = HoursLine

    def __init__(self, **options: Any) -> None:
        super().__init__(required=False, max_length=hours.MAX_LENGTH, **options)

    def clean(self, value: Any) -> Any:
        return hours.parse(super().clean(value))

    def has_changed(self, initial: Any, data: Any) -> bool:
        try:
            return bool(hours.parse(initial or "") != self.clean(data))
        except ValidationError:
            return True


class ProviderForm(ModelForm):
    """A provider and the weekly hours, one line per weekday."""

    class Meta:
        model = Provider
        fields: ClassVar = ["name", "is_active"]
        labels: ClassVar = {"is_active": "Active"}
        help_texts: ClassVar = {"is_active": "Inactive providers take no new appointments."}
        widgets: ClassVar = {"name": forms.TextInput({"autocomplete": "off"})}

    DAYS: ClassVar = {day.value: day.name.lower() for day in Weekday}
    helper = fields_only(
        Fieldset("Provider", "name", "is_active"),
        Fieldset("Working hours", HTML(HOURS_HELP), Div(*DAYS.values(), css_class="hours-week")),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        stored = hours.by_weekday(self.instance.working_hours.all()) if self.instance.pk else {}
        for day, name in self.DAYS.items():
            self.fields[name] = HoursField(
                label=Weekday(day).label,
                widget=forms.TextInput({"autocomplete": "off", "spellcheck": "false"}),
            )
            self.initial[name] = hours.display(stored.get(day, []))

    @property
    def week(self) -> dict[int, list[hours.Span]]:
        """The cleaned hours by weekday."""
        return {day: self.cleaned_data[name] for day, name in self.DAYS.items()}


class TimeOffForm(forms.Form):
    """Time off in whole days, with optional times on the first and last day."""

    provider = forms.ChoiceField(label="Who")  # no default, so that nobody closes the whole practice by accident
    first_day = forms.DateField(label="From", widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"))
    first_time = forms.TimeField(
        label="Time it starts",
        required=False,
        help_text="Leave empty for the whole day.",
        widget=forms.TimeInput({"type": "time"}, format="%H:%M"),
    )
    last_day = forms.DateField(
        label="Through",
        required=False,
        help_text="Leave empty for a single day.",
        widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
    )
    last_time = forms.TimeField(
        label="Time it ends",
        required=False,
        help_text="Leave empty for the end of the day.",
        widget=forms.TimeInput({"type": "time"}, format="%H:%M"),
    )
    reason = OneLineFormField(
        max_length=100,
        help_text="Shown to staff in the calendar, such as Vacation, Holiday or Staff meeting.",
        widget=forms.TextInput({"autocomplete": "off"}),
    )

    helper = fields_only("provider", row("first_day", "first_time"), row("last_day", "last_time"), "reason")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.providers = {str(provider.pk): provider for provider in Provider.objects.filter(is_active=True)}
        names = [(number, provider.name) for number, provider in self.providers.items()]
        self.fields["provider"].choices = [  # type: ignore[attr-defined]
            ("", "Choose …"),
            (EVERYBODY, WHOLE_PRACTICE),
            *names,
        ]

    def clean_provider(self) -> Provider | None:
        return self.providers.get(self.cleaned_data["provider"])

    def clean_first_day(self) -> date:
        day: date = self.cleaned_data["first_day"]
        return _near(day)

    def clean_last_day(self) -> date | None:
        day: date | None = self.cleaned_data["last_day"]
        return day and _near(day)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if not {"first_day", "first_time", "last_day", "last_time"} & set(self.errors):
            cleaned["starts"] = self._moment("first_time", cleaned["first_day"], is_end=False)
            cleaned["ends"] = self._moment("last_time", cleaned["last_day"] or cleaned["first_day"], is_end=True)
            if cleaned["starts"] and cleaned["ends"]:
                self._check_order(cleaned["starts"], cleaned["ends"])
        return cleaned

    @property
    def time_off(self) -> TimeOff:
        """The time off to add; the form must be valid."""
        names = ("provider", "starts", "ends", "reason")
        return TimeOff(**{name: self.cleaned_data[name] for name in names})

    def _moment(self, field: str, day: date, *, is_end: bool) -> datetime | None:
        """The start or end; without a time, the start or end of the day."""
        shown: time | None = self.cleaned_data[field]
        if shown is None:
            return local_time.bounds(day)[is_end]
        try:
            # If the time occurs twice, start at the earlier one and end at the later one.
            return local_time.at(day, shown, second=is_end and local_time.comes_twice(day, shown))
        except local_time.NoSuchTime:
            self.add_error(
                field,
                f"{shown:%-I:%M %p} does not exist on {day:%b %-d, %Y}: the clocks go forward. Choose a later time.",
            )
            return None

    def _check_order(self, starts: datetime, ends: datetime) -> None:
        field = "last_time" if self.cleaned_data["last_time"] else "last_day"
        if ends <= starts:
            self.add_error(field, "The end must be after the start.")
        elif ends <= timezone.now():
            self.add_error(field, "This time off is in the past. Check the dates.")


def _near(day: date) -> date:
    """The day; refused if its year looks like a typing mistake."""
    today = timezone.localdate()
    if not today - FARTHEST_BACK <= day <= today + FARTHEST_AHEAD:
        raise ValidationError("This date is too far away. Check the year.")
    return day
