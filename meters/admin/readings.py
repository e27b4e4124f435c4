"""Readings, revisions and weather: to look at only, one meter and one period at a time."""

from datetime import timedelta
from typing import Any

from django.contrib import admin
from django.db.models import Max, QuerySet
from django.http import HttpRequest

from meters.models import BrowsedReading, BrowsedRevision, BrowsedWeather, Meter, Site
from meters.models.browsing import parts_of
from twin_project.kit.read_only_admin import ReadOnlyAdmin

PERIODS = {"1": "last day", "7": "last 7 days", "31": "last 31 days", "all": "all"}


class OneOf(admin.SimpleListFilter):
    """One meter (or site) at a time: without a choice the first, since all rows together are too many to list."""

    model: type[Meter] | type[Site]

    def lookups(self, _request: HttpRequest, _model_admin: Any) -> list[tuple[str, str]]:
        """By name."""
        return [(str(row.pk), str(row)) for row in self.model._default_manager.order_by("name")]

    def value(self) -> str | None:
        """The chosen one, or the first."""
        chosen = super().value()
        return chosen if chosen is not None else next((key for key, _ in self.lookup_choices), None)

    def choices(self, changelist: Any) -> Any:
        """No "all"."""
        return list(super().choices(changelist))[1:]

    def queryset(self, _request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Rows of the chosen one."""
        value = self.value()
        if value is None or not value.isdecimal():
            return queryset.none()
        return queryset.filter(**{f"{self.parameter_name}_id": int(value)})


class OneMeter(OneOf):
    """One meter at a time."""

    title, parameter_name, model = "meter", "meter", Meter


class OneSite(OneOf):
    """One site at a time."""

    title, parameter_name, model = "site", "site", Site


class Period(admin.SimpleListFilter):
    """A period that ends with the last row of those chosen."""

    title, parameter_name = "period", "days"

    def lookups(self, _request: HttpRequest, _model_admin: Any) -> list[tuple[str, str]]:
        """From short to long."""
        return list(PERIODS.items())

    def value(self) -> str:
        """A week, unless chosen."""
        chosen = super().value()
        return chosen if chosen in PERIODS else "7"

    def choices(self, changelist: Any) -> Any:
        """No "all" of Django's: it is one of ours."""
        return list(super().choices(changelist))[1:]

    def queryset(self, _request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Rows of the period."""
        if self.value() == "all":
            return queryset
        last = queryset.order_by().aggregate(last=Max("start_at"))["last"]
        return queryset if last is None else queryset.filter(start_at__gt=last - timedelta(days=int(self.value())))


class Browsed(ReadOnlyAdmin):
    """A view with a text key: listed without counting the table, opened by the table's own key."""

    show_full_result_count = False
    list_per_page = 96
    ordering = ("-start_at",)
    owner = "meter_id"
    instants: tuple[str, ...] = ("start_at",)

    def get_object(self, request: HttpRequest, object_id: str, _from_field: str | None = None) -> Any:
        """The row that a key names; a text comparison would read the whole table."""
        try:
            owner, instants = parts_of(object_id)
            names = dict(zip(self.instants, instants, strict=True))
        except (ValueError, OverflowError):
            return None
        return self.get_queryset(request).filter(**{self.owner: owner}, **names).first()


@admin.register(BrowsedReading)
class BrowsedReadingAdmin(Browsed):
    """Readings."""

    list_display = ("start_at", "interval_s", "energy_kwh", "power_kw", "voltage_v", "current_a", "quality", "source")
    list_filter = (OneMeter, Period, "quality")
    list_select_related = ("meter", "source")


@admin.register(BrowsedRevision)
class BrowsedRevisionAdmin(Browsed):
    """What readings said before."""

    list_display = ("start_at", "replaced_at", "energy_kwh", "power_kw", "voltage_v", "current_a", "quality", "source")
    list_filter = (OneMeter, Period)
    list_select_related = ("meter", "source")
    instants = ("start_at", "replaced_at")


@admin.register(BrowsedWeather)
class BrowsedWeatherAdmin(Browsed):
    """Weather observations."""

    list_display = (
        "start_at",
        "temperature_c",
        "relative_humidity_pct",
        "irradiance_w_m2",
        "wind_speed_ms",
        "source",
    )
    list_filter = (OneSite, Period)
    list_select_related = ("site", "source")
    owner = "site_id"
