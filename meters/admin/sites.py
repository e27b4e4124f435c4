"""Sites, meters and sources: to edit, except what readings already name."""

from urllib.parse import urlencode

from django.contrib import admin
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from meters.models import Meter, Site, Source
from meters.selectors import data_through
from twin_project.kit.read_only_admin import ReadOnlyAdmin


@admin.register(Site)
class SiteAdmin(admin.ModelAdmin[Site]):
    """Places."""

    list_display = ("name", "zone", "country", "subdivision", "nominal_voltage_v", "voltage_tolerance_pct")
    list_filter = ("country", "zone")
    search_fields = ("name", "slug")
    prepopulated_fields = {"slug": ("name",)}


@admin.register(Meter)
class MeterAdmin(admin.ModelAdmin[Meter]):
    """Meters, with how far their readings go."""

    list_display = ("name", "site", "reference", "interval_s", "phases", "is_simulated", "through", "readings")
    list_filter = ("site", "phases", "is_simulated")
    list_select_related = ("site",)
    search_fields = ("name", "slug", "reference", "site__name")
    autocomplete_fields = ("site", "parent")
    prepopulated_fields = {"slug": ("name",)}

    @admin.display(description="data through (UTC)")
    def through(self, meter: Meter) -> str:
        """End of the last reading."""
        at = data_through(meter)
        return "–" if at is None else f"{at:%Y-%m-%d %H:%M}"

    @admin.display(description="readings")
    def readings(self, meter: Meter) -> SafeString:
        """The way to its readings."""
        address = reverse("admin:meters_browsedreading_changelist")
        return format_html('<a href="{}?{}">look</a>', address, urlencode({"meter": meter.pk}))


@admin.register(Source)
class SourceAdmin(ReadOnlyAdmin):
    """Who gave readings; sources make themselves."""

    list_display = ("label", "kind", "created_at")
    list_filter = ("kind",)
    search_fields = ("label",)
    date_hierarchy = "created_at"
