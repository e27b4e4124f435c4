"""What a person decides on the page Quality: about a finding, about a gap, and that a device was exchanged."""

from typing import Any

from django import forms
from django.utils import timezone


class DecisionForm(forms.Form):
    """Accept or reject what a rule found, or open it again."""

    decision = forms.ChoiceField(choices=[("accept", "accept"), ("reject", "reject"), ("reopen", "open again")])
    note = forms.CharField(required=False, max_length=300)


class SpanForm(forms.Form):
    """A half-open span of instants with their UTC offset, as the page wrote them."""

    start = forms.DateTimeField()
    end = forms.DateTimeField()

    def clean(self) -> dict[str, Any]:
        """The end comes after the start."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if cleaned.get("start") and cleaned.get("end") and cleaned["end"] <= cleaned["start"]:
            raise forms.ValidationError("The end must come after the start.")
        return cleaned


class ExchangeForm(forms.Form):
    """A device was replaced. The instant is on the clock of the site: activate its zone before reading the form."""

    at = forms.DateTimeField(label="When", widget=forms.DateTimeInput(attrs={"type": "datetime-local"}))
    old_serial = forms.CharField(label="Old serial number", required=False, max_length=60)
    new_serial = forms.CharField(label="New serial number", required=False, max_length=60)
    old_final_kwh = forms.FloatField(label="Last value of the old register, kWh", required=False, min_value=0)
    new_initial_kwh = forms.FloatField(
        label="First value of the new one, kWh", required=False, min_value=0, help_text="empty means 0"
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            field.widget.attrs |= {"class": "form-control", "id": f"exchange-{name}"}

    def clean_at(self) -> Any:
        """Not in the future."""
        at = self.cleaned_data["at"]
        if at > timezone.now():
            raise forms.ValidationError("That lies in the future; record the exchange when it has happened.")
        return at

    def clean_new_initial_kwh(self) -> float:
        """A new register mostly starts at nothing."""
        return float(self.cleaned_data["new_initial_kwh"] or 0.0)
