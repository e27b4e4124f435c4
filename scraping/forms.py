"""The form of a portal account: the password is written, never shown."""

from typing import Any

from django import forms
from django.conf import settings

from scraping.domain.errors import PortalError
from scraping.models import PortalAccount
from scraping.registry import portals
from twin_project.kit import params as kit_params
from twin_project.kit.vault import seal


class PortalAccountForm(forms.ModelForm[PortalAccount]):
    """Create or change an account; an empty password keeps the stored one."""

    password = forms.CharField(
        required=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}, render_value=False),
        help_text="Stored encrypted and never shown. Leave it empty to keep the one that is stored.",
    )

    class Meta:
        model = PortalAccount
        fields = ("name", "portal", "params", "username", "interval_minutes", "first_days", "reread_days")

    def clean(self) -> dict[str, Any]:
        """The portal's own parameters must be what its plug-in takes; a new account needs a password."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        portal, params = cleaned.get("portal"), cleaned.get("params")
        if portal and params is not None:
            try:
                plugin = portals.get(portal)
                plugin(kit_params.read(plugin.Params, params))
            except (kit_params.BadParams, PortalError) as error:
                self.add_error("params", str(error))
        if not self.instance.sealed_password and not cleaned.get("password"):
            self.add_error("password", "A new account needs its password.")
        return cleaned

    def save(self, commit: bool = True) -> PortalAccount:
        """Seal the password if one was written."""
        if self.cleaned_data["password"]:
            self.instance.sealed_password = seal(self.cleaned_data["password"], keys=settings.FIELD_KEYS)
        return super().save(commit)
