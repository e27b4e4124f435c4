"""The list of meters, the page of one, and its readings as a file."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET

from meters.charts import load_figure
from meters.selectors import gaps, load_series, meters_like
from meters.selectors.export import HEADER, readings_rows
from meters.views.cards import Freshness, freshness_of, last_day
from meters.views.exploring import HOUR, UNITS, Material, material_of
from meters.views.finding import find_meter
from meters.views.supply_cards import supply_figure
from twin_project.kit.csv_files import csv_file
from twin_project.kit.figures import Figure
from twin_project.kit.periods import bar_of, read_period
from twin_project.kit.time_axis import Table, summary_table, zoomable

if TYPE_CHECKING:
    from meters.models import Meter

LISTED_GAPS = 30
A_PAGE = 25


@dataclass(frozen=True)
class Row:
    """One meter of the list."""

    meter: "Meter"
    zone: ZoneInfo
    fresh: Freshness
    day_kwh: float | None
    complete: float


@dataclass(frozen=True)
class Chart:
    """A figure with its table."""

    name: str
    title: str
    figure: Figure
    table: Table


@require_GET
def meter_list(request: HttpRequest) -> HttpResponse:
    """Meters with their freshness and their last day, a page at a time; `?q=` looks in names, references, sites."""
    now, wanted = timezone.now(), request.GET.get("q", "").strip()
    page = Paginator(meters_like(wanted), A_PAGE).get_page(request.GET.get("page"))
    rows = [_row(meter, now) for meter in page]
    context = {"rows": rows, "page": page, "wanted": wanted, "searchable": wanted or page.has_other_pages()}
    return render(request, "meters/meter_list.html", context)


@require_GET
def meter(request: HttpRequest, slug: str) -> HttpResponse:
    """What one meter measured over the days of the date bar."""
    row = find_meter(slug)
    now, zone = timezone.now(), ZoneInfo(row.site.zone)
    fresh = freshness_of(row, now=now)
    today = last_day(fresh, now).astimezone(zone).date()
    period = read_period(request.GET.dict(), today=today, zone=zone)
    material = material_of(row, period)
    power, peak, missing = material.power, material.peak, gaps(row, material.since, material.until)
    context = {
        "meter": row,
        "zone": zone,
        "fresh": fresh,
        "charts": _charts(material),
        "energy_kwh": float(power.sum() * (material.step / HOUR)) if power.notna().any() else None,
        "peak_kw": float(peak.max()) if power.notna().any() else None,
        "peak_at": peak.index[int(peak.argmax())].to_pydatetime() if power.notna().any() else None,
        "complete": material.complete,
        "estimated_n": material.estimated_n,
        "suspect_n": material.suspect_n,
        "gaps": [(start, end, (end - start).total_seconds()) for start, end in missing[:LISTED_GAPS]],
        "gaps_n": len(missing),
        "csv": f"{reverse('meters:readings_csv', args=[row.slug])}?{period.query}",
        **bar_of(period, today=today),
    }
    return render(request, "meters/meter.html", context)


@require_GET
def readings_csv(request: HttpRequest, slug: str) -> StreamingHttpResponse:
    """The readings of the date bar's days, as they are stored."""
    row = find_meter(slug)
    today = timezone.now().astimezone(ZoneInfo(row.site.zone)).date()
    period = read_period(request.GET.dict(), today=today, zone=ZoneInfo(row.site.zone))
    name = f"readings-{row.slug}-{period.first}-{period.last}.csv"
    return csv_file(name, HEADER, readings_rows(meter=row, start=period.start, end=period.end))


def _row(row: "Meter", now: datetime) -> Row:
    fresh = freshness_of(row, now=now)
    if fresh.through_at is None:
        return Row(row, ZoneInfo(row.site.zone), fresh, None, 0.0)
    power = load_series(meter=row, start=fresh.through_at - timedelta(days=1), end=fresh.through_at)
    known = power.notna()
    energy = float(power.sum() * row.interval_s / 3600) if known.any() else None
    return Row(row, ZoneInfo(row.site.zone), fresh, energy, float(known.mean()) if len(power) else 0.0)


def _charts(material: Material) -> list[Chart]:
    """Power, and voltage and current where the meter has them."""
    if not material.power.notna().any():
        return []
    window, slug = material.window, material.meter.slug
    power = load_figure(
        material.power,
        window,
        estimated=material.recorded.estimated,
        suspect=material.recorded.suspect["power_kw"],
    )
    tables = {"load": summary_table({"kW": material.power}, window.zone)}
    figures = {"load": power}
    for quantity, unit in UNITS.items():
        phases = material.phases(quantity)
        if len(phases.columns):
            figures[quantity] = supply_figure(material, phases, quantity, window.start, window.end)
            named = {f"{name}, {unit}": phases[name] for name in phases.columns}
            tables[quantity] = summary_table(named, window.zone, digits=1)
    titles = {"load": "Mean power", "voltage": "Voltage", "current": "Current"}
    address = {name: reverse("meters:figure_json", args=[slug, name]) for name in figures}
    return [
        Chart(name, titles[name], zoomable(figure, address[name], window), tables[name])
        for name, figure in figures.items()
    ]
