"""Tariffs and carbon factors: to edit, with a word about what cannot be billed yet."""

from typing import Any

from django.contrib import admin, messages
from django.http import HttpRequest

from meters.models import (
    CarbonVersion,
    DemandCharge,
    EnergyRate,
    EnergySlab,
    FixedCharge,
    TariffTax,
    TariffVersion,
)
from meters.selectors.billing import version_of

WINDOW = ("days", "begins", "ends", "season_from", "season_to")


class Rates(admin.TabularInline[EnergyRate, TariffVersion]):
    """Prices by time."""

    model = EnergyRate
    extra = 0
    fields = ("position", "name", "per_kwh", *WINDOW)


class Slabs(admin.TabularInline[EnergySlab, TariffVersion]):
    """Prices by the month's energy."""

    model = EnergySlab
    extra = 0


class Fixed(admin.TabularInline[FixedCharge, TariffVersion]):
    """Charges that no energy changes."""

    model = FixedCharge
    extra = 0


class Demands(admin.TabularInline[DemandCharge, TariffVersion]):
    """Charges on the peak."""

    model = DemandCharge
    extra = 0
    fields = ("name", "per_kw", "interval_minutes", "ratchet_pct", "ratchet_months", "least_pct", *WINDOW)


class Taxes(admin.TabularInline[TariffTax, TariffVersion]):
    """Taxes and levies."""

    model = TariffTax
    extra = 0


@admin.register(TariffVersion)
class TariffVersionAdmin(admin.ModelAdmin[TariffVersion]):
    """A new price is a new version ("save as new"); the past keeps the old one."""

    list_display = ("name", "site", "meter", "valid_from", "currency", "is_example")
    list_filter = ("site", "is_example")
    list_select_related = ("site", "meter")
    search_fields = ("name", "site__name")
    date_hierarchy = "valid_from"
    autocomplete_fields = ("site", "meter")
    save_as = True
    inlines = (Rates, Slabs, Fixed, Demands, Taxes)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """Say at once what keeps the tariff from being billed."""
        super().save_related(request, form, formsets, change)
        for problem in version_of(TariffVersion.objects.get(pk=form.instance.pk)).problems():
            self.message_user(request, f"This tariff cannot be billed yet. {problem}", messages.WARNING)


@admin.register(CarbonVersion)
class CarbonVersionAdmin(admin.ModelAdmin[CarbonVersion]):
    """Carbon factors by site and day."""

    list_display = ("site", "valid_from", "kg_per_kwh", "is_example", "note")
    list_filter = ("site",)
    list_select_related = ("site",)
    autocomplete_fields = ("site",)
