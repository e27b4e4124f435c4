"""The form of a portal account: the password is written, never shown."""

from typing import Any

from django import forms
from django.conf import settings

from scraping.models import PortalAccount
from scraping.services import checked_params
from twin_project.kit import params as kit_params
from twin_project.kit.registry import BrokenPlugin, UnknownPlugin
from twin_project.kit.vault import seal


class PortalAccountForm(forms.ModelForm[PortalAccount]):
    """Create or change an account; an empty password keeps the stored one."""

    password = forms.CharField(
        required=False,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}, render_value=False),
        help_text="Stored encrypted and never shown. Leave it empty to keep the one that is stored.",
    )
    interval_minutes = forms.IntegerField(
        min_value=1, initial=720, help_text="Minutes between two visits; twice a day is polite."
    )
    first_days = forms.IntegerField(min_value=1, initial=60, help_text="How many days back the first visit reads.")
    reread_days = forms.IntegerField(
        min_value=1, initial=30, help_text="Portals correct the past: so many days are read again on each visit."
    )

    class Meta:
        model = PortalAccount
        fields = ("name", "portal", "params", "username", "interval_minutes", "first_days", "reread_days")

    def clean(self) -> dict[str, Any]:
        """The portal's own parameters must be what its plug-in takes; a new account needs a password."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        portal, minutes = cleaned.get("portal"), cleaned.get("interval_minutes")
        if portal and "params" in cleaned:
            try:
                given = {} if cleaned["params"] is None else cleaned["params"]
                cleaned["params"] = checked_params(portal=portal, params=given, interval_minutes=minutes)
            except kit_params.BadParams as error:
                for name, sentence in error.errors.items():
                    own = name in self.fields
                    self.add_error(name if own else "params", sentence if own else f"{name}: {sentence}")
            except (UnknownPlugin, BrokenPlugin) as error:
                self.add_error("portal", str(error))
        if not self.instance.sealed_password and not cleaned.get("password"):
            self.add_error("password", "A new account needs its password.")
        return cleaned

    def save(self, commit: bool = True) -> PortalAccount:
        """Seal the password if one was written."""
        if self.cleaned_data["password"]:
            self.instance.sealed_password = seal(self.cleaned_data["password"], keys=settings.FIELD_KEYS)
        return super().save(commit)
