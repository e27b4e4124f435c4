"""What the builder sends: a head, and one form for each event, drawn from the event's parameters."""

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from django import forms

from simulations.domain.contract import Placed, Span, in_order
from simulations.domain.errors import BadScenario
from simulations.registry import events
from simulations.services import Wish
from simulations.services.scenarios import place
from twin_project.kit.param_fields import fields_of

if TYPE_CHECKING:
    from meters.models import Meter

_DATE = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
_MOMENT = "%Y-%m-%dT%H:%M"
Pairs = list[tuple[str, str]]


class HeadForm(forms.Form):
    """Name, meters, days, forecaster. Days are local, both included."""

    name = forms.CharField(max_length=120, label="Name")
    meters = forms.MultipleChoiceField(label="Meters")
    first = forms.DateField(label="First day", widget=_DATE)
    last = forms.DateField(label="Last day", widget=_DATE)
    forecaster = forms.ChoiceField(label="Told by", required=False)

    def __init__(self, data: Any = None, *, meters: "Mapping[str, Meter]", forecasters: Pairs, **kw: Any) -> None:
        super().__init__(data, **kw)
        self.known = meters
        chooser, teller = self.fields["meters"], self.fields["forecaster"]
        assert isinstance(chooser, forms.MultipleChoiceField)
        assert isinstance(teller, forms.ChoiceField)
        chooser.choices = [(key, f"{meter.name} · {meter.site.name}") for key, meter in meters.items()]
        teller.choices = [("", "the best that knows the weather"), *forecasters]
        chooser.widget.attrs["size"] = min(len(meters), 5) or 1

    @property
    def chosen(self) -> "list[Meter]":
        """The meters, in the order they are listed."""
        return [self.known[key] for key in self.cleaned_data["meters"]]

    @property
    def period(self) -> Span:
        """The local days of the first meter's site; raises BadScenario."""
        zone = ZoneInfo(self.chosen[0].site.zone)
        first, after = self.cleaned_data["first"], self.cleaned_data["last"] + timedelta(days=1)
        if after <= first:
            raise BadScenario("last", "The last day must not come before the first.")
        return Span(midnight(first, zone), midnight(after, zone))


class EventForm(forms.Form):
    """One event: its parameters, and from when to when on the site's clock."""

    def __init__(
        self, *args: Any, event: str, zone: ZoneInfo, given: Mapping[str, Any] | None = None, **kw: Any
    ) -> None:
        super().__init__(*args, **kw)
        self.event, self.zone = event, zone
        self.plugin = events.get(event)
        moment = forms.DateTimeInput(attrs={"type": "datetime-local"}, format=_MOMENT)
        self.fields["start"] = forms.DateTimeField(label="From", widget=moment, input_formats=[_MOMENT])
        self.fields["end"] = forms.DateTimeField(label="Until", widget=moment, input_formats=[_MOMENT])
        self.names = list(fields_of(self.plugin.Params, given={}))
        self.fields.update(fields_of(self.plugin.Params, given=given or {}))

    def parameters(self) -> list[forms.BoundField]:
        """The fields of the plug-in's own parameters."""
        return [self[name] for name in self.names]

    @property
    def wish(self) -> Wish:
        """What is asked for; the parameters as they were typed, their plug-in reads them."""
        params = {name: self.data.get(self.add_prefix(name)) for name in self.names}
        given = {name: value for name, value in params.items() if value not in (None, "")}
        start, end = (self._aware(self.cleaned_data[name]) for name in ("start", "end"))
        return Wish(self.event, given, start, end)

    def placed(self) -> Placed | None:
        """The event at its place; what is wrong is written at its field."""
        if not self.is_valid():
            return None
        try:
            found = place(self.wish)
            found.event.check(found.span)
        except BadScenario as error:
            self.refuse(error)
            return None
        return found

    def refuse(self, error: BadScenario) -> None:
        """Write the sentence at the field that it names."""
        self.add_error(error.field if error.field in self.fields else None, error.sentence)

    def _aware(self, at: datetime) -> datetime:
        return at.replace(tzinfo=None).replace(tzinfo=self.zone)


def check_together(forms_: list[EventForm], period: Span) -> list[Placed]:
    """All events in the order in which they act; empty where one is wrong, and the form says so."""
    placed = [form.placed() for form in forms_]
    whole = [one for one in placed if one is not None]
    if len(whole) < len(forms_):
        return []
    try:
        return in_order(whole, period)
    except BadScenario as error:
        forms_[-1].refuse(error)
        return []


def midnight(day: date, zone: ZoneInfo) -> datetime:
    """The local day's first instant."""
    return datetime.combine(day, time(), tzinfo=zone)
