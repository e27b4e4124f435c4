"""The list of meters, the page of one, and its readings as a file."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pandas as pd
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET

from meters.charts import Band, load_figure, voltage_figure
from meters.selectors import all_meters, gaps, load_series, phase_series
from meters.selectors.coverage import covered_period
from meters.selectors.export import HEADER, readings_rows
from meters.views.cards import FORGOTTEN, Freshness, freshness_of
from twin_project.kit.csv_files import csv_file
from twin_project.kit.figures import Figure, Window
from twin_project.kit.periods import Period, bar_of, read_period
from twin_project.kit.time_axis import Table, summary_table

if TYPE_CHECKING:
    from meters.models import Meter

LISTED_GAPS = 30


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
    """Every meter with its freshness and its last day."""
    now = timezone.now()
    return render(request, "meters/meter_list.html", {"rows": [_row(meter, now) for meter in all_meters()]})


@require_GET
def meter(request: HttpRequest, slug: str) -> HttpResponse:
    """What one meter measured over the days of the date bar."""
    row = _find(slug)
    now, zone = timezone.now(), ZoneInfo(row.site.zone)
    fresh = freshness_of(row, now=now)
    today = _last_day(fresh, now).astimezone(zone).date()
    period = read_period(request.GET.dict(), today=today, zone=zone)
    since, until = _measured_part(row, period)
    power = load_series(meter=row, start=since, end=until)
    missing = gaps(row, since, until)
    context = {
        "meter": row,
        "zone": zone,
        "fresh": fresh,
        "charts": _charts(row, power, period, (since, until)),
        "energy_kwh": float(power.sum() * row.interval_s / 3600) if power.notna().any() else None,
        "peak_kw": float(power.max()) if power.notna().any() else None,
        "peak_at": power.index[int(power.argmax())].to_pydatetime() if power.notna().any() else None,
        "complete": float(power.notna().mean()) if len(power) else 0.0,
        "gaps": [(start, end, (end - start).total_seconds()) for start, end in missing[:LISTED_GAPS]],
        "gaps_n": len(missing),
        "csv": f"{reverse('meters:readings_csv', args=[row.slug])}?{period.query}",
        **bar_of(period, today=today),
    }
    return render(request, "meters/meter.html", context)


@require_GET
def readings_csv(request: HttpRequest, slug: str) -> StreamingHttpResponse:
    """The readings of the date bar's days, as they are stored."""
    row = _find(slug)
    today = timezone.now().astimezone(ZoneInfo(row.site.zone)).date()
    period = read_period(request.GET.dict(), today=today, zone=ZoneInfo(row.site.zone))
    name = f"readings-{row.slug}-{period.first}-{period.last}.csv"
    return csv_file(name, HEADER, readings_rows(meter=row, start=period.start, end=period.end))


def _find(slug: str) -> "Meter":
    row = all_meters().filter(slug=slug).first()
    if row is None:
        raise Http404
    return row


def _row(row: "Meter", now: datetime) -> Row:
    fresh = freshness_of(row, now=now)
    if fresh.through_at is None:
        return Row(row, ZoneInfo(row.site.zone), fresh, None, 0.0)
    power = load_series(meter=row, start=fresh.through_at - timedelta(days=1), end=fresh.through_at)
    known = power.notna()
    energy = float(power.sum() * row.interval_s / 3600) if known.any() else None
    return Row(row, ZoneInfo(row.site.zone), fresh, energy, float(known.mean()) if len(power) else 0.0)


def _charts(row: "Meter", power: "pd.Series[float]", period: Period, part: tuple[datetime, datetime]) -> list[Chart]:
    """Power, and voltage and current where the meter has them."""
    window = Window(period.start, period.end, period.zone, timedelta(seconds=row.interval_s))
    if not power.notna().any():
        return []
    load = Chart("load", "Mean power", load_figure(power, window), summary_table({"kW": power}, period.zone))
    charts = [load]
    for quantity, unit in (("voltage", "V"), ("current", "A")):
        phases = phase_series(meter=row, start=part[0], end=part[1], quantity=quantity)
        if phases:
            named = {quantity if name == "L" else name: series for name, series in phases.items()}
            band = Band(*row.site.voltage_band_v) if unit == "V" else None
            figure = voltage_figure(named, band, window, quantity=quantity, unit=unit)
            table = summary_table({f"{name}, {unit}": series for name, series in named.items()}, period.zone, digits=1)
            charts.append(Chart(quantity, quantity.capitalize(), figure, table))
    return charts


def _measured_part(row: "Meter", period: Period) -> tuple[datetime, datetime]:
    """The period from the meter's first reading to its last: before and after them nothing is missing."""
    covered = covered_period(row)
    if covered is None:
        return period.start, period.start
    since = min(max(period.start, covered[0]), period.end)
    return since, max(min(period.end, covered[1]), since)


def _last_day(fresh: Freshness, now: datetime) -> datetime:
    """Where the bar begins: today, or the end of the data of a meter that has long been silent."""
    silent = fresh.through_at is not None and now - fresh.through_at > FORGOTTEN
    return fresh.through_at - timedelta(seconds=1) if silent and fresh.through_at else now
