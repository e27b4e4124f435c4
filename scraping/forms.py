"""What people type about portals: accounts, passwords, the start of a backfill. Secrets are written, never shown."""

from datetime import date, datetime
from typing import Any
from urllib.parse import urlsplit

from django import forms
from django.core.exceptions import ObjectDoesNotExist
from django.utils import timezone

from scraping.domain.contract import Portal, Window
from scraping.domain.one_time_codes import plain_seed
from scraping.models import PortalAccount
from scraping.registry import portals
from scraping.services import checked_params, sealed
from twin_project.kit import params as kit_params
from twin_project.kit.param_fields import fields_of
from twin_project.kit.registry import BrokenPlugin, UnknownPlugin

TERMS = (
    "I have looked into this portal’s terms of use, I may let a program read it, "
    "and the meters are my own or I may see them."
)
MOVED = "The portal is another one now: type the password again, so that it never goes to a new address by itself."


class PortalAccountForm(forms.ModelForm[PortalAccount]):
    """Create or change an account; an empty password keeps the stored one. The admin shows it with raw parameters."""

    password = forms.CharField(
        required=False,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}, render_value=False),
        label="Password at the portal",
        help_text="Leave it empty to keep the one that is stored.",
    )
    totp_seed = forms.CharField(
        required=False,
        label="Seed of one-time codes",
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}, render_value=False),
        help_text="Only where the portal asks for the code of an authenticator app: the key that it showed when you "
        "set the app up. Without it, this page asks you for each code.",
    )
    interval_minutes = forms.IntegerField(
        min_value=1, initial=720, label="Minutes between two visits", help_text="Twice a day (720) is polite."
    )
    first_days = forms.IntegerField(min_value=1, initial=60, label="Days that the first visit reads")
    reread_days = forms.IntegerField(
        min_value=1,
        initial=30,
        label="Days read again on each visit",
        help_text="Portals correct the past; corrections are kept as revisions.",
    )
    accept_terms = forms.BooleanField(required=False, label=TERMS)

    class Meta:
        model = PortalAccount
        fields = ("name", "portal", "params", "username", "interval_minutes", "first_days", "reread_days")
        labels = {"username": "User name at the portal"}
        help_texts = {"name": "What you call this account, such as the utility and the place."}

    def clean_totp_seed(self) -> str:
        """As base32; "" keeps what is stored."""
        given = self.cleaned_data["totp_seed"]
        try:
            return plain_seed(given) if given.strip() else ""
        except ValueError as error:
            raise forms.ValidationError(str(error)) from error

    def clean(self) -> dict[str, Any]:
        """The portal's own parameters must be what its plug-in takes; a new account needs a password and a yes."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        portal, minutes = cleaned.get("portal"), cleaned.get("interval_minutes")
        if portal and "params" in cleaned:
            try:
                given = {} if cleaned["params"] is None else cleaned["params"]
                cleaned["params"] = checked_params(portal=portal, params=given, interval_minutes=minutes)
            except kit_params.BadParams as error:
                self._blame(error.errors)
            except (UnknownPlugin, BrokenPlugin) as error:
                self.add_error("portal", str(error))
        if not self.instance.sealed_password and not cleaned.get("password"):
            self.add_error("password", "A new account needs its password.")
        elif not self.errors and not cleaned["password"] and self._has_moved(cleaned):
            self.add_error("password", MOVED)
        if self.instance.terms_accepted_at is None and not cleaned.get("accept_terms"):
            self.add_error("accept_terms", "Without this the portal is not visited.")
        return cleaned

    def save(self, commit: bool = True) -> PortalAccount:
        """Seal what was written; a new password or another place ends the kept session."""
        account, cleaned = self.instance, self.cleaned_data
        if cleaned["password"]:
            account.sealed_password = sealed(cleaned["password"])
            account.sealed_session, account.session_kept_at = "", None
        if cleaned["totp_seed"]:
            account.sealed_totp_seed = sealed(cleaned["totp_seed"])
        if account.terms_accepted_at is None:
            account.terms_accepted_at, account.terms_text = timezone.now(), TERMS
        return super().save(commit)

    def _blame(self, errors: dict[str, str]) -> None:
        for name, sentence in errors.items():
            own = name in self.fields
            self.add_error(name if own else "params", sentence if own else f"{name}: {sentence}")

    def _has_moved(self, cleaned: dict[str, Any]) -> bool:
        """Whether what is stored would be typed at another portal than before."""
        try:
            before = PortalAccount.objects.get(pk=self.instance.pk)
        except ObjectDoesNotExist:
            return False
        was, is_now = _places(before.portal, before.params), _places(cleaned["portal"], cleaned["params"])
        return was != is_now


class AccountForm(PortalAccountForm):
    """The same with a field for each parameter of the plug-in, as the panel shows it."""

    class Meta(PortalAccountForm.Meta):
        fields = ("name", "username", "interval_minutes", "first_days", "reread_days")  # type: ignore[assignment]

    def __init__(self, *args: Any, plugin: type[Portal], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.plugin = plugin
        self.param_fields = fields_of(plugin.Params, given=self.instance.params or {})
        self.fields |= self.param_fields
        if self.instance.terms_accepted_at is not None:
            del self.fields["accept_terms"]
        if self.instance._state.adding:
            self.fields["password"].help_text = ""
        for name, field in self.fields.items():
            look = "form-check-input" if isinstance(field, forms.BooleanField) else "form-control"
            look = "form-select" if isinstance(field, forms.ChoiceField) else look
            field.widget.attrs |= {"class": look, **({"aria-describedby": f"help-{name}"} if field.help_text else {})}

    def clean(self) -> dict[str, Any]:
        """As the admin's, with the parameters put together from their fields."""
        self.cleaned_data["portal"] = self.plugin.key
        given = {name: self.cleaned_data.get(name) for name in self.param_fields}
        self.cleaned_data["params"] = {name: value for name, value in given.items() if value is not None}
        return super().clean()

    @property
    def portal_fields(self) -> list[forms.BoundField]:
        """The name, and what the plug-in asks for."""
        return [self[name] for name in ("name", *self.param_fields)]

    @property
    def is_long(self) -> bool:
        """Whether the plug-in asks for a text of many lines, which needs the whole width."""
        return any(isinstance(field.widget, forms.Textarea) for field in self.param_fields.values())

    @property
    def sign_in_fields(self) -> list[forms.BoundField]:
        """What the customer signs in with."""
        return [self[name] for name in ("username", "password", "totp_seed")]

    @property
    def schedule_fields(self) -> list[forms.BoundField]:
        """How often and how far back."""
        return [self[name] for name in ("interval_minutes", "first_days", "reread_days")]

    def save(self, commit: bool = True) -> PortalAccount:
        """The portal and its parameters are no fields of the model here."""
        self.instance.portal, self.instance.params = self.plugin.key, self.cleaned_data["params"]
        return super().save(commit)


class PasswordForm(forms.Form):
    """The right name and password after the portal refused them."""

    username = forms.CharField(max_length=200)
    password = forms.CharField(strip=False)


class BackfillForm(forms.Form):
    """From which day on the past shall be brought, of which meter."""

    since = forms.DateField(label="From", widget=forms.DateInput(attrs={"type": "date", "class": "form-control"}))
    reference = forms.ChoiceField(label="Meter", required=False, widget=forms.Select(attrs={"class": "form-select"}))

    def __init__(self, *args: Any, account: PortalAccount, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._links = list(account.meters.select_related("meter__site"))
        choice = self.fields["reference"]
        assert isinstance(choice, forms.ChoiceField)
        choice.choices = [("", "all meters"), *((link.reference, link.meter.name) for link in self._links)]

    def period(self, *, now: datetime) -> dict[str, Any]:
        """The words of `ask_backfill`: local midnight of the day at the (first) meter's site, up to now."""
        day: date = self.cleaned_data["since"]
        reference: str = self.cleaned_data["reference"]
        zones = [link.meter.site.zone for link in self._links if reference in ("", link.reference)] or ["UTC"]
        return {"start": Window.of_local_days(day, day, zones[0]).start, "end": now, "reference": reference}


def _places(portal: str, params: dict[str, Any]) -> object:
    """Where the secrets of an account may go: the portal's hosts, and scheme and port of its address."""
    try:
        plugin = portals.get(portal)
        made = plugin(kit_params.read(plugin.Params, params))
    except (UnknownPlugin, BrokenPlugin, kit_params.BadParams):
        return None
    return portal, urlsplit(made.params.base_url)[:2], sorted(made.hosts)
