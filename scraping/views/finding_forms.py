"""What people type to search a portal, and to correct what was guessed."""

from typing import Any

from django import forms

from scraping.domain.one_time_codes import plain_seed
from scraping.forms import TERMS
from twin_project.kit.addresses import AddressRefused, parsed

_TEXT = {"class": "form-control"}


class FindForm(forms.Form):
    """Where to search, and what to sign in with."""

    address = forms.CharField(
        label="Address of the portal",
        max_length=500,
        widget=forms.TextInput(
            attrs={**_TEXT, "placeholder": "https://my.utility.example/", "inputmode": "url", "autocomplete": "off"}
        ),
        help_text="Its first page or the page with the sign-in form.",
    )
    username = forms.CharField(
        label="User name", max_length=200, widget=forms.TextInput(attrs={**_TEXT, "autocomplete": "off"})
    )
    password = forms.CharField(
        strip=False,
        widget=forms.PasswordInput(attrs={**_TEXT, "autocomplete": "new-password"}, render_value=False),
        help_text="Stored encrypted for this search, forgotten after a day.",
    )
    totp_seed = forms.CharField(
        required=False,
        label="Seed of one-time codes",
        widget=forms.PasswordInput(attrs={**_TEXT, "autocomplete": "off"}, render_value=False),
        help_text="Only where the portal asks for a code of an authenticator app.",
    )
    accept_terms = forms.BooleanField(label=TERMS, widget=forms.CheckboxInput(attrs={"class": "form-check-input"}))

    def clean_address(self) -> str:
        """With https:// where nothing stands before it."""
        given = str(self.cleaned_data["address"]).strip()
        address = given if "://" in given else f"https://{given}"
        try:
            parsed(address)
        except AddressRefused as error:
            raise forms.ValidationError(str(error)) from error
        return address

    def clean_totp_seed(self) -> str:
        """As base32."""
        given = self.cleaned_data["totp_seed"]
        try:
            return plain_seed(given) if given.strip() else ""
        except ValueError as error:
            raise forms.ValidationError(str(error)) from error


class CorrectForm(forms.Form):
    """What a person knows better."""

    zone = forms.CharField(label="Time zone", max_length=60, widget=forms.TextInput(attrs={**_TEXT, "list": "zones"}))
    stamp_at = forms.ChoiceField(
        label="A stamp is",
        choices=[("start", "the start of the interval"), ("end", "the end of the interval")],
        widget=forms.Select(attrs={"class": "form-select"}),
    )

    def __init__(
        self, *args: Any, columns: list[dict[str, Any]], units: dict[str, tuple[str, ...]], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        for column in columns:
            choices = [(unit, unit) for unit in units.get(column["quantity"], ())]
            if len(choices) > 1:
                self.fields[f"unit-{column['quantity']}"] = forms.ChoiceField(
                    label=f"Unit of “{column['title']}”",
                    choices=choices,
                    initial=column["unit"],
                    widget=forms.Select(attrs={"class": "form-select"}),
                )

    @property
    def units(self) -> dict[str, str]:
        """The units that were chosen, by quantity."""
        return {
            name.removeprefix("unit-"): value for name, value in self.cleaned_data.items() if name.startswith("unit-")
        }
