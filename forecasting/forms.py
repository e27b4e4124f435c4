"""What the buttons of the forecaster's pages send."""

from typing import TYPE_CHECKING, Any

from django import forms

from forecasting.domain.known import WEATHERS
from forecasting.models import ForecastCare
from forecasting.registry import forecasters
from meters.selectors import all_meters

if TYPE_CHECKING:
    from meters.models import Meter

LISTED_METERS = 200


class AskForm(forms.Form):
    """A meter, and the forecaster to train first, where one is named."""

    meter = forms.TypedChoiceField(coerce=int)
    train = forms.ChoiceField(required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        meter, train = self.fields["meter"], self.fields["train"]
        assert isinstance(meter, forms.ChoiceField)
        assert isinstance(train, forms.ChoiceField)
        meter.choices = [(pk, name) for pk, name in all_meters().values_list("pk", "name")]
        train.choices = [("", ""), *forecasters.choices()]

    @property
    def kind(self) -> str:
        """The job kind that does it."""
        return "train_forecaster" if self.cleaned_data["train"] else "make_forecast"

    @property
    def params(self) -> dict[str, Any]:
        """The parameters of that job."""
        train = self.cleaned_data["train"]
        return {"meter_id": self.cleaned_data["meter"], **({"forecaster": train} if train else {})}


class ChoiceForm(forms.Form):
    """A forecaster to promote, retire or restore, and perhaps why."""

    forecaster = forms.ChoiceField()
    why = forms.CharField(required=False, max_length=300)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["forecaster"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = forecasters.choices()


class RulesForm(forms.ModelForm[ForecastCare]):
    """By which rules the one in charge may change, drift is said, and trainings come."""

    class Meta:
        model = ForecastCare
        fields = ("promotes_by_rule", "better_by_pct", "over_days", "drift_pct", "retrain_days")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            if name != "promotes_by_rule":
                field.widget.attrs["class"] = "form-control"


class BacktestForm(forms.Form):
    """Which meters and forecasters, which days, which weather."""

    meters_asked = forms.MultipleChoiceField(label="Meters", required=False)
    keys = forms.MultipleChoiceField(label="Forecasters", widget=forms.CheckboxSelectMultiple)
    first_day = forms.DateField(label="First day", widget=forms.DateInput(attrs={"type": "date"}))
    last_day = forms.DateField(label="Last day", widget=forms.DateInput(attrs={"type": "date"}))
    weather = forms.ChoiceField(label="Weather ahead")
    refit_days = forms.IntegerField(label="Train again every (days)", min_value=1, max_value=400, initial=30)

    def __init__(self, *args: Any, meter: "Meter", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.meter = meter
        words = {
            "actual": "as it came (a perfect forecast)",
            "forecast": "as it had been forecast",
            "persistence": "as on the last day known",
            "none": "unknown",
        }
        every = list(all_meters().values_list("pk", "name")[:LISTED_METERS])
        own = [(pk, name) for pk, name in every if pk != meter.pk]
        choices: dict[str, Any] = {
            "meters_asked": own,
            "keys": forecasters.choices(),
            "weather": [(key, words.get(key, key)) for key in WEATHERS],
        }
        for name, offered in choices.items():
            field = self.fields[name]
            assert isinstance(field, forms.ChoiceField)
            field.choices = offered
        self.initial.setdefault("keys", [key for key, _ in choices["keys"]])
        self.fields["meters_asked"].label = "Other meters as well"
        for name in ("first_day", "last_day", "refit_days"):
            self.fields[name].widget.attrs["class"] = "form-control"
        for name in ("weather", "meters_asked"):
            self.fields[name].widget.attrs["class"] = "form-select"

    def meters(self) -> "list[Meter]":
        """This page's meter and the others chosen."""
        return [self.meter, *all_meters().filter(pk__in=self.cleaned_data["meters_asked"])]

    def plan(self) -> dict[str, Any]:
        """The words of `ask_backtest`."""
        return {name: self.cleaned_data[name] for name in ("keys", "first_day", "last_day", "weather", "refit_days")}
