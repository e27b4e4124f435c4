"""How forecasts erred: by lead time, by hour and weekday, by temperature, and whether the bands hold."""

from collections.abc import Sequence

import numpy as np

from forecasting.charts.frame import NAIVE_LINE, plain_frame
from twin_project.kit.figures import Figure, encode

_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
Leads = Sequence[tuple[float, float, int]]


def lead_figure(own: Leads, naive: Leads, *, names: tuple[str, str]) -> Figure:
    """Mean absolute error by hours from the cut-off; each point `(hours, kW, n)`. The naive is the dashed line."""
    traces: list[Figure] = []
    for points, name, style in (
        (naive, names[1], NAIVE_LINE),
        (own, names[0], {"color": "@twin", "width": 2}),
    ):
        if points:
            hours, errors = ([point[side] for point in points] for side in (0, 1))
            traces.append(
                {
                    "type": "scatter",
                    "mode": "lines",
                    "name": name,
                    "x": encode(hours),
                    "y": encode(errors),
                    "line": style,
                    "hovertemplate": f"{name}, %{{x:.0f}}\u2009h ahead: %{{y:.3f}}\u2009kW<extra></extra>",
                }
            )
    x = {"title": {"text": "hours from the last reading known"}, "nticks": 9, "rangemode": "tozero"}
    y = {"title": {"text": "MAE, kW"}, "rangemode": "tozero"}
    return {"data": traces, "layout": plain_frame(title="Mean absolute error by lead time, kW", x=x, y=y, legend=True)}


def hours_figure(grid: Sequence[Sequence[float | None]]) -> Figure:
    """Mean absolute error by hour of the local clock (24 rows) and weekday (7 columns), in cividis."""
    values = np.array([[np.nan if value is None else value for value in row] for row in grid], dtype=float)
    trace = {
        "type": "heatmap",
        "name": "",
        "z": {**encode(values.ravel()), "shape": "24, 7"},
        "x": list(_DAYS),
        "y": [f"{hour:02d}:00" for hour in range(24)],
        "colorscale": "Cividis",
        "zmin": 0,
        "hoverongaps": False,
        "hovertemplate": "%{x}, hour from %{y}: %{z:.3f}\u2009kW<extra></extra>",
        "colorbar": {
            "thickness": 10,
            "outlinewidth": 0,
            "len": 1,
            "ticklen": 0,
            "nticks": 5,
            "xpad": 6,
            "title": {"text": "kW", "font": {"color": "@muted", "size": 11}},
            "tickfont": {"color": "@muted", "size": 11},
        },
    }
    hours = {"tickmode": "array", "tickvals": ["00:00", "06:00", "12:00", "18:00", "23:00"]}
    y = {"type": "category", "range": [23.5, -0.5], **hours, "showgrid": False}
    title = "Mean absolute error by hour and weekday, kW"
    return {"data": [trace], "layout": plain_frame(title=title, x={"type": "category", "showline": False}, y=y)}


def calibration_figure(points: Sequence[tuple[float, float, int]]) -> Figure:
    """The share of cases below each quantile against what it promises; on the diagonal the bands hold."""
    levels, below = ([100 * point[side] for point in points] for side in (0, 1))
    diagonal = {
        "type": "scatter",
        "mode": "lines",
        "name": "as promised",
        "x": encode([0, 100]),
        "y": encode([0, 100]),
        "line": NAIVE_LINE,
        "hoverinfo": "skip",
    }
    own = {
        "type": "scatter",
        "mode": "lines+markers",
        "name": "as it came",
        "x": encode(levels),
        "y": encode(below),
        "line": {"color": "@twin", "width": 2},
        "marker": {"color": "@twin", "size": 7},
        "hovertemplate": "below the %{x:.0f}\u2009% quantile: %{y:.1f}\u2009% of cases<extra></extra>",
    }
    axis = {"range": [0, 100], "ticksuffix": "\u2009%", "nticks": 6}
    x, y = {**axis, "title": {"text": "promised"}}, {**axis, "title": {"text": "came"}}
    title = "Share of readings below each quantile, against what was promised"
    return {"data": [diagonal, own], "layout": plain_frame(title=title, x=x, y=y, legend=True)}


def temperature_figure(bins: Sequence[tuple[float, float, int]], *, width_c: float) -> Figure:
    """Mean absolute error by outdoor temperature; each bin `(from, kW, n)`."""
    at, errors = [start + width_c / 2 for start, _, _ in bins], [error for _, error, _ in bins]
    trace = {
        "type": "bar",
        "name": "MAE",
        "x": encode(at),
        "y": encode(errors),
        "width": width_c * 0.86,
        "marker": {"color": "@twin", "opacity": 0.75},
        "customdata": [n for _, _, n in bins],
        "hovertemplate": "around %{x:.0f}\u2009°C: %{y:.3f}\u2009kW, %{customdata} intervals<extra></extra>",
    }
    x = {"title": {"text": "outdoor temperature"}, "ticksuffix": "\u2009°C", "nticks": 8}
    y = {"title": {"text": "MAE, kW"}, "rangemode": "tozero"}
    title = "Mean absolute error by outdoor temperature, kW"
    return {"data": [trace], "layout": plain_frame(title=title, x=x, y=y)}
