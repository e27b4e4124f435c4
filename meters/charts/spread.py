"""Voltage or current over long periods: between least and greatest, how often which, and when outside the band."""

from datetime import timedelta

import numpy as np
import pandas as pd

from meters.charts.frame import SPREAD, Band, allowed, plain_frame, time_frame
from meters.domain.spread import Histogram
from twin_project.kit.figures import Figure, Window, encode, line, minutes, missing_spans, missing_trace
from twin_project.kit.theme import MEASURED
from twin_project.kit.time_axis import clock_trace


def spread_figure(lines: pd.DataFrame, band: Band | None, window: Window, *, quantity: str, unit: str) -> Figure:
    """`low`, `mean` and `high` of each bucket: the mean as an ink line between least and greatest."""
    common: Figure = {"start": window.start, "step": window.step, "unit": unit, "digits": 1}
    mean = line(lines["mean"], name="mean", line=MEASURED, **common)
    edges = [line(lines[name], name=name, line={"width": 0.8, "color": "@muted"}, **common) for name in ("low", "high")]
    low = {**edges[0], "name": "least"}
    high = {**edges[1], "name": "greatest"}
    gaps = missing_trace(missing_spans(lines["mean"], window.step), start=window.start)
    middle = float(lines["mean"].mean()) if lines["mean"].notna().any() else 0.0
    clock = clock_trace(pd.DatetimeIndex(lines.index), middle, start=window.start, beside=mean)
    layout = time_frame(window, title=f"{quantity.capitalize()}: least, mean and greatest, {unit}", unit=unit)
    if band is not None:
        layout["shapes"] = [allowed(band)]
    return {"data": [clock, *gaps, *_between(lines, window), low, high, mean], "layout": layout}


def _between(lines: pd.DataFrame, window: Window) -> list[Figure]:
    """One closed shape for each unbroken run of buckets; a tint never spans what was not measured."""
    known = lines.dropna()
    run = (known.index.to_series().diff() > window.step).cumsum().to_numpy()
    xs: list[float] = []
    ys: list[float] = []
    for _, part in known.groupby(run):
        x = minutes(pd.DatetimeIndex(part.index), window.start)
        xs += [*x, *x[::-1], np.nan]
        ys += [*part["high"], *part["low"][::-1], np.nan]
    shape = {"type": "scatter", "mode": "lines", "x": encode(xs), "y": encode(ys), "line": {"width": 0}}
    return [{**shape, "fill": "toself", "fillcolor": SPREAD, "hoverinfo": "skip", "showlegend": False, "name": ""}]


def histogram_figure(found: Histogram, band: Band | None, *, quantity: str, unit: str) -> Figure:
    """How often each value was measured; the allowed band shaded, bars outside it marked by colour and hatching."""
    middle = (found.edges[:-1] + found.edges[1:]) / 2
    out = np.zeros(len(middle), dtype=bool)
    if band is not None:
        out = (middle < band.low_v) | (middle > band.high_v)
    trace = {
        "type": "bar",
        "name": quantity,
        "x": encode(middle),
        "y": encode(found.share * 100),
        "width": float(found.edges[1] - found.edges[0]) * 0.92,
        "marker": {
            "color": ["@bad" if flag else "@muted" for flag in out],
            "pattern": {"shape": ["/" if flag else "" for flag in out], "fillmode": "overlay", "size": 5},
        },
        "hovertemplate": f"%{{y:.1f}}\u2009% of the readings around %{{x:.1f}}\u2009{unit}<extra></extra>",
    }
    x: Figure = {"ticksuffix": f"\u2009{unit}", "nticks": 6}
    if band is not None:
        pad = (band.high_v - band.low_v) * 0.06
        x["range"] = [min(found.edges[0], band.low_v) - pad, max(found.edges[-1], band.high_v) + pad]
    y = {"ticksuffix": "\u2009%", "rangemode": "tozero"}
    layout = plain_frame(title=f"How often which {quantity}, {unit}", x=x, y=y)
    if band is not None:
        layout["shapes"] = [allowed(band, along="x"), *(_limit(at) for at in (band.low_v, band.high_v))]
    return {"data": [trace], "layout": {**layout, "hovermode": "closest"}}


def outside_figure(by_day: "pd.Series[float]", window: Window) -> Figure:
    """Minutes outside the band on each local day, as bars as wide as their day."""
    x = minutes(pd.DatetimeIndex(by_day.index), window.start)
    widths = np.diff([*x, x[-1] + 1440]) if len(x) else x
    trace = {
        "type": "bar",
        "name": "outside the band",
        "x": encode(x + widths / 2),
        "y": encode(by_day),
        "width": encode(widths * 0.86),
        "marker": {"color": "@bad"},
        "text": [f"{day.tz_convert(window.zone):%a %-d %b %Y}" for day in pd.DatetimeIndex(by_day.index)],
        "textposition": "none",
        "hovertemplate": "%{text}: %{y:.0f}\u2009min<extra></extra>",
    }
    layout = time_frame(window, title="Minutes outside the voltage band, by day", unit="min", legend=False)
    layout["yaxis"] |= {"rangemode": "tozero"}
    return {"data": [trace], "layout": {**layout, "hovermode": "closest"}}


def bucket_step(rule: str) -> timedelta:
    """The longest that a bucket can be: a local day has up to 25 hours, and is no gap then."""
    return timedelta(hours=25) if rule == "D" else timedelta(hours=1)


def _limit(at: float) -> Figure:
    place = {"xref": "x", "yref": "paper", "x0": at, "x1": at, "y0": 0, "y1": 1}
    return {"type": "line", **place, "line": {"color": "@good", "width": 1.2, "dash": "4px,3px"}}
