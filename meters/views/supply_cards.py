"""The cards of Explore about voltage and current: over time, how often which, and minutes outside the band."""

from datetime import datetime, timedelta

import numpy as np
import pandas as pd

from meters.charts import histogram_figure, outside_figure, spread_figure, voltage_figure
from meters.charts.spread import bucket_step
from meters.domain.spread import histogram, minutes_by_day, outside, spread
from meters.views.explore_cards import Card, Fact
from meters.views.exploring import UNITS, Material
from twin_project.kit.figures import Figure, Window
from twin_project.kit.time_axis import Table, summary_table, zoomable

_PLAIN, _BY_HOUR = timedelta(days=4), timedelta(days=62)


def supply_cards(material: Material, addresses: dict[str, str]) -> list[Card]:
    """Up to five cards; none for a quantity that the meter does not have."""
    cards: list[Card] = []
    for quantity in ("voltage", "current"):
        phases = material.phases(quantity)
        if len(phases.columns):
            cards.append(_over_time(material, phases, quantity, addresses[quantity]))
            if material.coarse:
                continue  # an hour does not say how often which value stood in it
            cards.append(_how_often(material, phases, quantity))
            if quantity == "voltage":
                cards += _minutes(material, phases)
    return cards


def supply_figure(material: Material, phases: pd.DataFrame, quantity: str, start: datetime, end: datetime) -> Figure:
    """Each phase over some days; beyond, the least, the mean and the greatest of each hour or day."""
    band, unit = (material.band if quantity == "voltage" else None), UNITS[quantity]
    window = Window(start, end, material.period.zone, material.step)
    if end - start <= _PLAIN:
        lines = {str(name): phases[name] for name in phases.columns}
        return voltage_figure(lines, band, window, quantity=quantity, unit=unit)
    rule = "h" if end - start <= _BY_HOUR else "D"
    wide = Window(start, end, window.zone, max(bucket_step(rule), material.step))
    return spread_figure(
        spread(material.extremes(quantity), zone=window.zone, rule=rule), band, wide, quantity=quantity, unit=unit
    )


def _over_time(material: Material, phases: pd.DataFrame, quantity: str, address: str) -> Card:
    window, unit = material.window, UNITS[quantity]
    figure = supply_figure(material, phases, quantity, window.start, window.end)
    lines, words = material.extremes(quantity), {"low": "Least", "mean": "Mean", "high": "Greatest"}
    table = summary_table({f"{word}, {unit}": lines[name] for name, word in words.items()}, window.zone, digits=1)
    plain = window.end - window.start <= _PLAIN
    title = quantity.capitalize() if plain else f"{quantity.capitalize()}: least, mean and greatest"
    note = "shaded: what the supply may have; drag over a part to see it closer" if quantity == "voltage" else ""
    return Card(quantity, title, zoomable(figure, address, window), table, note=note, width="of-8", height="l")


def _how_often(material: Material, phases: pd.DataFrame, quantity: str) -> Card:
    band, unit = (material.band if quantity == "voltage" else None), UNITS[quantity]
    found = histogram(phases)
    assert found is not None  # a quantity without a reading has no card
    share = [
        (f"{low:.1f} to {high:.1f} {unit}", [float(part) * 100])
        for low, high, part in zip(found.edges[:-1], found.edges[1:], found.share, strict=True)
    ]
    rows: list[tuple[str, list[float | None]]] = [(when, list(values)) for when, values in share]
    table = Table(quantity.capitalize(), ["Share of readings, %"], rows, 2)
    values = phases.to_numpy(dtype=float)
    facts: tuple[Fact, ...] = (
        Fact("Least", float(np.nanmin(values)), unit, 1),
        Fact("Greatest", float(np.nanmax(values)), unit, 1),
    )
    if band is not None:
        out = outside(phases, low=band.low_v, high=band.high_v)
        facts += (Fact("In band", float((~out).mean()) * 100, "%", 2, f"{band.low_v:.0f} to {band.high_v:.0f} V"),)
    else:
        facts += (Fact("Mean", float(np.nanmean(values)), unit, 1),)
    figure = histogram_figure(found, band, quantity=quantity, unit=unit)
    return Card(f"{quantity}-often", f"{quantity.capitalize()} distribution", figure, table, facts=facts, width="of-4")


def _minutes(material: Material, phases: pd.DataFrame) -> list[Card]:
    band, window = material.band, material.window
    out = outside(phases, low=band.low_v, high=band.high_v)
    if not out.any():
        return []
    by_day = minutes_by_day(out, step=material.step, zone=window.zone)
    listed = [(day.tz_convert(window.zone), float(value)) for day, value in by_day.items()]  # type: ignore[attr-defined]
    rows: list[tuple[str, list[float | None]]] = [(f"{day:%a %-d %b %Y}", [value]) for day, value in listed]
    table = Table("Day", ["Minutes outside"], rows, 0)
    facts = (
        Fact("Together", float(by_day.sum()), "min", 0),
        Fact("Days with any", float((by_day > 0).sum()), "days", 0),
    )
    title = f"Minutes outside {band.low_v:.0f} to {band.high_v:.0f}\u2009V, by day"
    return [Card("outside", title, outside_figure(by_day, window), table, facts=facts)]
