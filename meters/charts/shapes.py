"""The shapes of a load: hour by day, the load-duration curve, the typical week."""

import numpy as np
import pandas as pd

from meters.charts.frame import SPREAD, plain_frame
from meters.domain.duration import Duration
from meters.domain.profiles import HOURS_OF_WEEK, HourGrid
from twin_project.kit.figures import Figure, encode, thin
from twin_project.kit.theme import MEASURED

_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_HALF_DAY_MS = 43_200_000


def heatmap_figure(grid: HourGrid, *, day_address: str) -> Figure:
    """Hour by day in cividis; blank where nothing was measured. `day_address` and a date open that day."""
    trace = {
        "type": "heatmap",
        "name": "",
        "z": {**encode(grid.mean.ravel()), "shape": f"24, {grid.days}"},
        "x0": grid.first.isoformat(),
        "dx": 2 * _HALF_DAY_MS,
        "y": [f"{hour:02d}:00" for hour in range(24)],
        "colorscale": "Cividis",
        "zmin": 0,
        "zmax": brightest(grid),
        "hoverongaps": False,
        "hovertemplate": "%{x|%a %-d %b %Y}, hour from %{y}<br>%{z:.2f}\u2009kW<extra></extra>",
        "colorbar": _colour_bar(),
    }
    first = pd.Timestamp(grid.first)
    ends = [(first + pd.Timedelta(days=shift)).isoformat() for shift in (-0.5, grid.days - 0.5)]
    form = [{"dtickrange": [None, "M1"], "value": "%-d %b"}, {"dtickrange": ["M1", None], "value": "%b %Y"}]
    x = {"type": "date", "tickformatstops": form, "range": ends, "ticklabelmode": "instant", "nticks": 9}
    hours = {"tickmode": "array", "tickvals": ["00:00", "06:00", "12:00", "18:00", "23:00"]}
    y = {"type": "category", "range": [23.5, -0.5], **hours, "showgrid": False}
    layout = plain_frame(title="Mean power by hour and day, kW", x=x, y=y)
    layout["meta"]["day_address"] = day_address
    return {"data": [trace], "layout": {**layout, "hovermode": "closest"}}


def brightest(grid: HourGrid) -> float:
    """Where the scale ends: at the 99th percentile, so that one spike does not leave the year dark."""
    known = grid.mean[~np.isnan(grid.mean)]
    return float(np.quantile(known, 0.99)) if len(known) else 1.0


def duration_figure(duration: Duration) -> Figure:
    """Mean power over the share of the time in which it is reached or exceeded."""
    share, load = thin(np.r_[0.0, duration.share] * 100, np.r_[duration.load_kw[0], duration.load_kw])
    trace = {
        "type": "scatter",
        "mode": "lines",
        "name": "measured",
        "x": encode(share),
        "y": encode(load),
        "line": MEASURED,
        "fill": "tozeroy",
        "fillcolor": SPREAD,
        "hovertemplate": "%{y:.2f}\u2009kW or more for %{x:.1f}\u2009% of the time<extra></extra>",
    }
    x = {"range": [0, 100], "ticksuffix": "\u2009%", "title": {"text": "of the measured time"}, "nticks": 6}
    y = {"title": {"text": "kW"}, "rangemode": "tozero"}
    layout = plain_frame(title="Mean power reached or exceeded, by share of the time", x=x, y=y)
    return {"data": [trace], "layout": {**layout, "hovermode": "closest"}}


def week_figure(week: pd.DataFrame) -> Figure:
    """The median of each hour of the week over the band that holds 8 of 10 cases."""
    x = np.arange(HOURS_OF_WEEK, dtype=float) + 0.5
    low, median, high = (week[name].to_numpy(dtype=float) for name in ("low", "median", "high"))
    names = [f"{_DAYS[hour // 24]} {hour % 24:02d}:00" for hour in range(HOURS_OF_WEEK)]
    between = [
        [name, round(float(a), 2), round(float(b), 2), int(n)]
        for name, a, b, n in zip(names, low, high, week["n"], strict=True)
    ]
    edge = {"type": "scatter", "mode": "lines", "x": encode(x), "line": {"width": 0}, "hoverinfo": "skip"}
    traces: list[Figure] = [
        {**edge, "name": "low", "y": encode(low), "showlegend": False},
        {**edge, "name": "8 of 10 cases", "y": encode(high), "fill": "tonexty", "fillcolor": SPREAD},
        {
            "type": "scatter",
            "mode": "lines",
            "name": "median",
            "x": encode(x),
            "y": encode(median),
            "line": MEASURED,
            "customdata": between,
            "hovertemplate": "%{customdata[0]}: %{y:.2f}\u2009kW<br>8 of 10 between %{customdata[1]:.2f} and "
            "%{customdata[2]:.2f}\u2009kW<br>%{customdata[3]} readings<extra></extra>",
        },
    ]
    axis = {"tickmode": "array", "tickvals": [24 * day + 12 for day in range(7)], "ticktext": list(_DAYS)}
    ends = {"range": [0, HOURS_OF_WEEK], "ticklen": 0}
    y = {"title": {"text": "kW"}, "rangemode": "tozero"}
    layout = plain_frame(title="Mean power by hour of the week, kW", x={**axis, **ends}, y=y, legend=True)
    layout["shapes"] = [
        {"type": "line", "xref": "x", "yref": "paper", "x0": at, "x1": at, "y0": 0, "y1": 1, "line": _hairline()}
        for at in range(24, HOURS_OF_WEEK, 24)
    ]
    return {"data": traces, "layout": {**layout, "hovermode": "closest"}}


def _hairline() -> Figure:
    return {"color": "@hairline", "width": 1}


def _colour_bar() -> Figure:
    title = {"text": "kW", "font": {"color": "@muted", "size": 11}}
    bare = {"thickness": 10, "outlinewidth": 0, "len": 1, "ticklen": 0, "nticks": 5, "xpad": 6}
    return {**bare, "title": title, "tickfont": {"color": "@muted", "size": 11}}
