"""The time axis of figures, and the table under a chart: both in the site's own zone.

Plotly knows no time zones, and local clock times run backwards on one night a year. So the x of every
figure is *minutes since the figure's start*, an axis without folds on which a 25-hour day is 25 hours
wide; the ticks and the clock times that a person reads are of the site's zone.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd

from twin_project.kit.figures import MAX_POINTS, Figure, Window, decode, encode, minutes

# (the longest period in hours, step in hours, format of the local time)
_HOUR_STEPS = ((3, 0.5, "%H:%M"), (8, 1, "%H:%M"), (15, 2, "%H:%M"), (30, 3, "%H:%M"), (54, 6, "%H:%M"))
_DAY_STEPS = ((8, 1, "%a\u2009%-d"), (15, 2, "%a\u2009%-d"), (35, 5, "%-d\u2009%b"), (100, 14, "%-d\u2009%b"))


def ticks(start: datetime, end: datetime, zone: ZoneInfo) -> tuple[list[float], list[str]]:
    """Positions in minutes since `start`, and their labels, at round local clock times or local midnights."""
    hours = (end - start).total_seconds() / 3600
    for limit, step, form in _HOUR_STEPS:
        if hours <= limit:
            return _hour_ticks(start, end, zone, step, form)
    return _day_ticks(start, end, zone, hours / 24)


def _hour_ticks(
    start: datetime, end: datetime, zone: ZoneInfo, step: float, form: str
) -> tuple[list[float], list[str]]:
    """Every `step` hours by the local clock; walked in UTC, so a repeated hour is passed once only."""
    at: list[float] = []
    labels: list[str] = []
    first = pd.Timestamp(start).tz_convert("UTC").ceil("15min")
    for moment in pd.date_range(first, end, freq="15min"):
        local = moment.tz_convert(zone)
        if local.fold == 0 and (local.hour + local.minute / 60) % step == 0:
            at.append((moment - pd.Timestamp(start)).total_seconds() / 60)
            midnight = local.hour == 0 and local.minute == 0
            labels.append(local.strftime("%a\u2009%-d" if midnight and step > 2 else form))
    return at, labels


def _day_ticks(start: datetime, end: datetime, zone: ZoneInfo, days: float) -> tuple[list[float], list[str]]:
    step, form = next(((s, f) for limit, s, f in _DAY_STEPS if days <= limit), (0, "%b\u2009%Y"))
    at: list[float] = []
    labels: list[str] = []
    day = start.astimezone(zone).date()
    last = end.astimezone(zone).date()
    count = 0
    while day <= last:
        midnight = datetime(day.year, day.month, day.day, tzinfo=zone)
        if midnight >= start and ((step and count % step == 0) or (not step and day.day == 1)):
            at.append((midnight - start).total_seconds() / 60)
            labels.append(midnight.strftime(form))
        count += midnight >= start
        day += timedelta(days=1)
    return at, labels


def time_layout(start: datetime, end: datetime, zone: ZoneInfo, **layout: Any) -> Figure:
    """A layout whose x axis shows the local clock of `zone`, and what the page's script needs to know of it."""
    at, labels = ticks(start, end, zone)
    total = (end - start).total_seconds() / 60
    xaxis = {"type": "linear", "range": [0, total], "tickmode": "array", "tickvals": at, "ticktext": labels}
    hidden = {"overlaying": "y", "range": [0, 1], "visible": False, "fixedrange": True}
    meta = {"start_ms": round(start.timestamp() * 1000), "zone": zone.key}
    return {"xaxis": xaxis, "yaxis2": hidden, "meta": meta, **layout}


def clock_trace(index: pd.DatetimeIndex, y: float, *, start: datetime, beside: Figure | None = None) -> Figure:
    """An unseen trace whose hover is the local time; the page's script writes the times in the site's zone.

    Its points are those of the trace `beside`, where given, so that both speak of the same instant.
    """
    x = decode(beside["x"]) if beside else minutes(index, start)[:: -(-len(index) // MAX_POINTS) or 1]
    return {
        "type": "scatter",
        "mode": "lines",
        "name": "clock",
        "x": encode(x),
        "y": encode(np.full(len(x), y)),
        "line": {"width": 0, "color": "rgba(0,0,0,0)"},
        "showlegend": False,
        "hovertemplate": "%{customdata}<extra></extra>",
        "meta": "clock",
    }


def zoomable(figure: Figure, address: str, window: Window) -> Figure:
    """The figure with its x open to zoom: the script asks `address` (`?from=..&to=..`) for the part dragged over."""
    layout = figure["layout"]
    meta = {**layout["meta"], "zoom": address, "step_min": window.step.total_seconds() / 60}
    xaxis = {**layout["xaxis"], "fixedrange": False}
    return {**figure, "layout": {**layout, "xaxis": xaxis, "meta": meta, "dragmode": "zoom"}}


def marker_line(at: datetime, label: str, *, start: datetime, colour: str = "@muted") -> tuple[Figure, Figure]:
    """A thin upright line with a word at its head: (shape, annotation)."""
    x = (at - start).total_seconds() / 60
    place = {"xref": "x", "yref": "paper"}
    shape = {"type": "line", **place, "x0": x, "x1": x, "y0": 0, "y1": 1, "line": {"color": colour, "width": 1}}
    font = {"size": 11, "color": colour}
    note = {**place, "x": x, "y": 1, "text": label, "showarrow": False, "xanchor": "left", "yanchor": "top"}
    return shape, {**note, "xshift": 4, "font": font}


@dataclass(frozen=True)
class Table:
    """The table under a chart: a local hour or day, and one figure for each title (None: nothing there)."""

    first: str
    titles: list[str]
    rows: list[tuple[str, list[float | None]]]
    digits: int


def summary_table(columns: Mapping[str, "pd.Series[float]"], zone: ZoneInfo, *, digits: int = 2) -> Table:
    """Means by local hours up to eight days, by local days beyond."""
    frame = pd.DataFrame({name: series.astype(float) for name, series in columns.items()}).sort_index()
    if frame.empty:
        return Table("Hour", list(columns), [], digits)
    index = pd.DatetimeIndex(frame.index)
    if index[-1] - index[0] <= pd.Timedelta(days=8):
        first, form = "Hour", "%a %-d %b, %H:%M"
        midnight = index[0].tz_convert(zone).normalize().tz_convert("UTC")
        grouped = frame.tz_convert("UTC").resample("h", origin=midnight).mean()
    else:
        first, form = "Day", "%a %-d %b %Y"
        grouped = frame.tz_convert(zone).resample("D").mean()
    local = pd.DatetimeIndex(grouped.index).tz_convert(zone)
    rows = [
        (moment.strftime(form), [None if np.isnan(value) else float(value) for value in values])
        for moment, values in zip(local, grouped.to_numpy(), strict=True)
    ]
    return Table(first, list(columns), rows, digits)
