"""The page of a site: its weather and who brings it, its tariffs, and a bill part by part."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from meters.charts.weather import temperature_figure
from meters.domain.billing import CannotBill
from meters.domain.tariff import Version, digits_of
from meters.models import CarbonVersion, Meter, Site, TariffVersion
from meters.selectors import Cost, all_meters, cost, load_weather, tariffs_at, weather_as_of, weather_state
from meters.selectors.billing import version_of
from meters.views.tariff_words import Part, parts_of, rows_of
from twin_project.kit.access import operators_only
from twin_project.kit.figures import Figure, Window
from twin_project.kit.htmx import choice_of
from twin_project.kit.jobs.services import enqueue
from twin_project.kit.periods import Period, bar_of, read_period
from twin_project.kit.time_axis import Table, summary_table

BEHIND, AHEAD = timedelta(days=4), timedelta(days=3)
STALE = timedelta(days=2)


@dataclass(frozen=True)
class Tariff:
    """A version with its parts in words; `now` marks the one in force."""

    row: TariffVersion
    parts: list[Part]
    problems: list[str]
    now: bool


@require_GET
def site(request: HttpRequest, slug: str) -> HttpResponse:
    """Weather, tariffs, and the bill of `?meter=` (the first) over the days of the date bar."""
    row = get_object_or_404(Site, slug=slug)
    now, zone = timezone.now(), ZoneInfo(row.zone)
    today = now.astimezone(zone).date()
    choice = choice_of(all_meters().filter(site=row), request.GET.get("meter"))
    meter = choice.row
    period = read_period(request.GET.dict(), today=today, zone=zone, default="month")
    tariffs = [_tariff(one) for one in tariffs_at(row)]
    context = {
        "site": row,
        "zone": zone,
        "now": now,
        "choice": choice,
        "meter": meter,
        "tariffs": _in_force(tariffs, meter, today),
        "carbon": CarbonVersion.objects.filter(site=row).order_by("-valid_from"),
        "may_edit": request.user.is_staff and request.user.has_perm("meters.change_tariffversion"),
        **_weather(row, now, zone),
        **_bill(meter, period, today, now),
        **bar_of(period, today=today, keep={"meter": meter.pk} if meter else None),
    }
    return render(request, "meters/site.html", context)


@require_POST
@operators_only
def fetch_weather(request: HttpRequest, slug: str) -> HttpResponse:
    """Ask the provider now; the job's page shows how it goes."""
    row = get_object_or_404(Site, slug=slug, weather_feed__isnull=False)
    assert isinstance(request.user, User)  # the gate lets nobody else pass
    job = enqueue(kind="fetch_weather", params={"feed_id": row.weather_feed.pk}, by=request.user)
    return redirect("jobs:job", job.pk)


def _weather(row: Site, now: datetime, zone: ZoneInfo) -> dict[str, Any]:
    """The state of the source, and some days of temperature around now."""
    state = weather_state(row)
    observed = load_weather(site=row, start=now - BEHIND, end=now)["temperature_c"]
    known = weather_as_of(site=row, cutoff=now, start=now - BEHIND, end=now + AHEAD)["temperature_c"]
    ahead = known[~known.index.isin(observed.index)]
    chart: Figure | None = None
    table: Table | None = None
    if len(known):
        window = Window(now - BEHIND, now + AHEAD if len(ahead) else now, zone, timedelta(hours=1))
        chart = temperature_figure(observed, ahead, window)
        table = summary_table({"observed, °C": observed, "forecast, °C": ahead}, zone, digits=1)
    return {
        "weather": state,
        "weather_chart": chart,
        "weather_table": table,
        "weather_stale": state.last is not None and now - state.last.start_at > STALE,
    }


def _bill(meter: Meter | None, period: Period, today: date, now: datetime) -> dict[str, Any]:
    """The bill of the period's days up to today, or why there is none."""
    if meter is None:
        return {"cost": None, "why": "The site has no meter yet."}
    after = min(period.after, today + timedelta(days=1))
    if after <= period.first:
        return {"cost": None, "why": "These days have not begun."}
    try:
        found: Cost = cost(meter=meter, start=period.first, end=after, now=now)
    except CannotBill as error:
        return {"cost": None, "why": str(error)}
    if found.bill is None or not found.bill.currency:
        return {
            "cost": found,
            "rows": [],
            "why": "No tariff was in force on these days, so there is nothing to add up.",
        }
    return {
        "cost": found,
        "rows": rows_of(found.bill),
        "money_digits": digits_of(found.bill.currency),
        "why": "",
        "so_far": after < period.after,
    }


def _tariff(row: TariffVersion) -> Tariff:
    version: Version = version_of(row)
    return Tariff(row, list(parts_of(version)), version.problems(), now=False)


def _in_force(tariffs: list[Tariff], meter: Meter | None, today: date) -> list[Tariff]:
    """The one that prices the chosen meter today is marked; a meter with its own has none of the site's."""
    own = [one for one in tariffs if meter is not None and one.row.meter_id == meter.pk]
    candidates = own or [one for one in tariffs if one.row.meter_id is None]
    begun = [one for one in candidates if one.row.valid_from <= today]
    current = max(begun, key=lambda one: one.row.valid_from, default=None)
    return [Tariff(one.row, one.parts, one.problems, now=one is current) for one in tariffs]
