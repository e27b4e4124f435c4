"""What the buttons of the forecast page send."""

from typing import Any

from django import forms

from forecasting.registry import forecasters
from meters.selectors import all_meters


class AskForm(forms.Form):
    """A meter, and the forecaster to train first, where one is named."""

    meter = forms.TypedChoiceField(coerce=int)
    train = forms.ChoiceField(required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        meter, train = self.fields["meter"], self.fields["train"]
        assert isinstance(meter, forms.ChoiceField)
        assert isinstance(train, forms.ChoiceField)
        meter.choices = [(row.pk, row.name) for row in all_meters()]
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
