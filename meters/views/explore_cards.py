"""The cards of Explore about the load: one small function for each, None where the meter has not the quantity."""

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

import pandas as pd
from django.utils.html import format_html

from meters.charts import (
    brightest,
    compare_figure,
    duration_figure,
    heatmap_figure,
    load_figure,
    overview_strip,
    response_figure,
    week_figure,
)
from meters.domain.comparing import Bucket, Tally, bucket_for, by_bucket, tally
from meters.domain.duration import load_duration
from meters.domain.profiles import HOURS_OF_WEEK, hour_by_day, typical_week
from meters.domain.response import binned, load_by_temperature
from meters.views.exploring import Material
from twin_project.kit.figures import Figure
from twin_project.kit.periods import Period
from twin_project.kit.time_axis import Table, summary_table, zoomable

FEWEST_DAYS, FEWEST_FOR_WEEK, LONGEST_HOURLY = 3, 14, 45
DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_SHARES = (0.01, 0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.99)


@dataclass(frozen=True)
class Fact:
    """One figure under a chart."""

    word: str
    value: float | None
    unit: str
    digits: int = 2
    beside: str = ""


@dataclass(frozen=True)
class Card:
    """A chart with what stands around it. Without a chart, `why` says what is missing and `to` leads to it."""

    name: str
    title: str
    chart: Figure | None
    table: Table | None = None
    facts: tuple[Fact, ...] = ()
    note: str = ""
    width: str = ""
    height: str = "m"
    strip: Figure | None = None
    why: str = ""
    action: str = ""
    to: str = ""
    rows: tuple[list[str], list[list[Any]]] | None = field(default=None, repr=False)


def load_card(material: Material, address: str) -> Card:
    """The load curve over its overview strip, and the temperature where there is weather."""
    power, window = material.power, material.window
    weather = material.temperature
    figure = load_figure(
        power,
        window,
        estimated=material.recorded.estimated,
        suspect=material.recorded.suspect["power_kw"],
        temperature_c=weather,
    )
    columns = {"Mean power, kW": power} | ({"Temperature, °C": weather} if weather.notna().any() else {})
    title = "Mean power and outdoor temperature" if len(columns) > 1 else "Mean power"
    strip = overview_strip(power, window)
    table = summary_table(columns, window.zone)
    note = "by the hour; drag over a part to see each reading" if material.coarse else ""
    return Card("load", title, zoomable(figure, address, window), table, note=note, height="l", strip=strip)


def heatmap_card(material: Material, days_address: str) -> Card | None:
    """Hour by day; a click, or the link in the table, opens the day. None where a reading is longer than an hour."""
    if not material.hourly:
        return None
    period = material.period
    title = "Mean power by hour and day"
    if (period.after - period.first).days < FEWEST_DAYS:
        why = "The picture of hours by days needs three days or more."
        return Card("heatmap", title, None, width="of-4", why=why, action="Show the month", to=_month(period))
    last = material.until.astimezone(period.zone).date() + timedelta(days=1)
    grid = hour_by_day(material.power, first=period.first, after=min(period.after, last), zone=period.zone)
    figure = heatmap_figure(grid, day_address=days_address)
    day_names = [period.first + timedelta(days=day) for day in range(grid.days)]
    daily = pd.DataFrame(grid.mean).agg(["mean", "min", "max"]).T
    rows: list[tuple[str, list[float | None]]] = [
        (format_html('<a href="{}{}">{}</a>', days_address, day, f"{day:%a %-d %b %Y}"), [_number(v) for v in values])
        for day, values in zip(day_names, daily.to_numpy(), strict=True)
    ]
    table = Table("Day", ["Mean, kW", "Lowest hour, kW", "Highest hour, kW"], rows, 2)
    header = ["day", *(f"{hour:02d}:00_kw" for hour in range(24))]
    body = [[day.isoformat(), *(_number(v) for v in grid.mean[:, i])] for i, day in enumerate(day_names)]
    note = f"brightest: {brightest(grid):.1f} kW and more; blank: not measured; click a day to see it"
    return Card("heatmap", title, figure, table, note=note, height="m", rows=(header, body))


def week_card(material: Material) -> Card | None:
    """The median and the band of each hour of the week; None where a reading is longer than an hour."""
    if not material.hourly:
        return None
    title = "Typical week: mean power by hour"
    week = typical_week(material.power, material.period.zone)
    fewest = int(week["n"][week["n"] > 0].min()) if week["n"].any() else 0
    if (material.period.after - material.period.first).days < FEWEST_FOR_WEEK:
        why = "A typical week needs two weeks or more."
        return Card("week", title, None, width="of-4", why=why, action="Show the month", to=_month(material.period))
    names = [f"{DAYS[hour // 24]} {hour % 24:02d}:00" for hour in range(HOURS_OF_WEEK)]
    levels = week[["low", "median", "high"]].to_numpy()
    rows = [(name, [_number(value) for value in values]) for name, values in zip(names, levels, strict=True)]
    table = Table("Hour", ["Low (10 %), kW", "Median, kW", "High (90 %), kW"], rows, 2)
    note = f"tinted: 8 of 10 cases; {fewest} or more readings an hour"
    return Card("week", title, week_figure(week), table, note=note, width="of-8", height="l")


def duration_card(material: Material) -> Card | None:
    """The load-duration curve with its base load and load factor."""
    found = load_duration(material.power)
    if found is None:
        return None
    facts = (
        Fact("Highest", float(found.load_kw[0]), "kW"),
        Fact("Base load", found.exceeded(0.95), "kW", beside="reached 95 % of the time"),
        Fact("Load factor", None if found.load_factor is None else found.load_factor * 100, "%", 0, "mean of highest"),
    )
    rows: list[tuple[str, list[float | None]]] = [(f"{share:.0%}", [found.exceeded(share)]) for share in _SHARES]
    table = Table("Share of the time", ["Reached or exceeded, kW"], rows, 2)
    days = (material.period.after - material.period.first).days
    width = "of-8" if FEWEST_DAYS <= days < FEWEST_FOR_WEEK else "of-4"  # beside the typical week, or its empty card
    return Card("duration", "Load duration", duration_figure(found), table, facts=facts, width=width)


def compare_card(material: Material) -> Card | None:
    """Two periods on one clock, with how much of each was measured."""
    period, other = material.period, material.other
    if other is None:
        return None
    title = f"Compared with {other.title}"
    bucket = bucket_for((period.after - period.first).days)
    bucket = "day" if bucket == "hour" and not material.hourly else bucket
    step_s = int(material.step.total_seconds())
    pair = [(material.power, period), (material.other_power, other)]
    this, before = (
        tally(power, step_s=step_s, expected=int((p.end - p.start).total_seconds() // step_s)) for power, p in pair
    )
    if not before.known:
        why = f"Nothing was measured from {other.title}, so there is nothing to compare with."
        return Card("compare", title, None, why=why)
    lines = [by_bucket(power, first=p.first, zone=p.zone, bucket=bucket) for power, p in pair]
    labels = _labels(period, bucket)
    figure = compare_figure(lines[0], lines[1], names=(period.title, other.title), labels=labels, bars=bucket != "hour")
    both = pd.DataFrame(dict(enumerate(lines))).reindex(range(len(labels))).to_numpy()
    rows = [(label, [_number(value) for value in values]) for label, values in zip(labels, both, strict=True)]
    table = Table(bucket.capitalize(), [f"{period.title}, kW", f"{other.title}, kW"], rows, 2)
    note = f"mean power by {bucket} of the local clock"
    return Card(
        "compare",
        title,
        figure,
        table,
        facts=_differences(this, before, pd.DataFrame(dict(enumerate(lines))).dropna(), bucket),
        note=note,
        width="of-6",
    )


def response_card(material: Material) -> Card | None:
    """The load against the temperature outside; None without weather."""
    if not material.temperature.notna().any():
        return None
    hourly = material.hourly and (material.period.after - material.period.first).days <= LONGEST_HOURLY
    rule, each = ("h", "hour") if hourly else ("D", "day")
    local = [series.tz_convert(material.period.zone) for series in (material.power, material.temperature)]
    points = load_by_temperature(local[0], local[1], rule=rule)
    if points.empty:
        return None
    bins = binned(points)
    rows: list[tuple[str, list[float | None]]] = [
        (f"{middle - 1:.0f} to {middle + 1:.0f} °C", [float(power), float(n)])
        for middle, power, n in bins[["middle_c", "power_kw", "n"]].to_numpy(dtype=float)
    ]
    table = Table("Temperature", ["Median, kW", f"{each.capitalize()}s"], rows, 2)
    title = "Mean power against outdoor temperature"
    note = f"{len(points)} {each}s; a median only of five or more"
    return Card(
        "temperature", title, response_figure(points, bins, each=each), table, note=note, width="of-6", height="l"
    )


def _differences(this: Tally, other: Tally, common: pd.DataFrame, bucket: Bucket) -> tuple[Fact, ...]:
    """The difference counts only buckets that both periods have: half a year says nothing against a whole one."""
    means = common.mean()
    change = float(means[0] / means[1] - 1) * 100 if len(common) and means[1] else None
    plural = "s" if len(common) != 1 else ""
    return (
        Fact("Mean, these days", this.mean_kw, "kW", 2, f"{this.known:,} of {this.expected:,} readings"),
        Fact("Mean, compared with", other.mean_kw, "kW", 2, f"{other.known:,} of {other.expected:,} readings"),
        Fact("Difference", change, "%", 1, f"over {len(common)} {bucket}{plural} of both"),
    )


def _labels(period: Period, bucket: Bucket) -> list[str]:
    days = (period.after - period.first).days
    if bucket == "hour":
        form = "%a %-d %H:00" if days > 1 else "%H:00"
        hours = pd.date_range(period.first, periods=24 * days, freq="h")  # of the wall, which has every hour once
        return list(hours.strftime(form))
    if bucket == "day":
        return [f"{period.first + timedelta(days=day):%-d %b}" for day in range(days)]
    months = (period.last.year - period.first.year) * 12 + period.last.month - period.first.month + 1
    return [f"{_month_after(period.first, shift):%b %Y}" for shift in range(months)]


def _month_after(first: date, months: int) -> date:
    number = first.year * 12 + first.month - 1 + months
    return date(number // 12, number % 12 + 1, 1)


def _month(period: Period) -> str:
    return f"?period=month&date={period.first.isoformat()}"


def _number(value: float) -> float | None:
    return None if pd.isna(value) else float(value)
