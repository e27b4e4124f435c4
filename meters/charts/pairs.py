"""Two things side by side: two periods, and the load against the temperature."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from meters.charts.frame import SECOND, plain_frame
from twin_project.kit.figures import MAX_POINTS, Figure, encode
from twin_project.kit.theme import MEASURED

_OTHER = {"color": "@muted", "width": 1.6, "dash": "5px,4px"}
_FEW_TICKS = 8


def compare_figure(
    this: "pd.Series[float]", other: "pd.Series[float]", *, names: tuple[str, str], labels: Sequence[str], bars: bool
) -> Figure:
    """Mean power of two periods by bucket: lines for hours, pairs of bars for days and months.

    The series are indexed by the number of the bucket; `labels` has the local name of each.
    """
    traces: list[Figure] = []
    place = np.arange(len(labels))
    for series, name, style in ((other, names[1], _OTHER), (this, names[0], MEASURED)):
        values = series.reindex(place).to_numpy(dtype=float)
        trace: Figure = {"name": name, "x": encode(place), "y": encode(values), "text": list(labels)}
        trace["hovertemplate"] = f"{name}, %{{text}}: %{{y:.2f}}\u2009kW<extra></extra>"
        if bars:
            trace |= {
                "type": "bar",
                "textposition": "none",
                "marker": {"color": style["color"], "opacity": 0.45 if style is _OTHER else 1},
            }
        else:
            trace |= {"type": "scatter", "mode": "lines", "line": style, "connectgaps": False}
        traces.append(trace)
    every = -(-len(labels) // _FEW_TICKS)
    if not bars:
        every = 24 if len(labels) > 48 else 6
    axis = {"tickmode": "array", "tickvals": place[::every].tolist(), "ticktext": list(labels[::every])}
    y = {"title": {"text": "kW"}, "rangemode": "tozero"}
    layout = plain_frame(title="Mean power of two periods, kW", x=axis, y=y, legend=True)
    layout |= {"hovermode": "closest", "bargap": 0.28, "bargroupgap": 0.08}
    layout["legend"] = {"traceorder": "reversed"}
    return {"data": traces, "layout": layout}


def response_figure(points: pd.DataFrame, bins: pd.DataFrame, *, each: str) -> Figure:
    """One open dot for each hour or day, and the median of each 2 °C that has enough of them."""
    shown = points.sample(MAX_POINTS, random_state=0) if len(points) > MAX_POINTS else points
    dots = {
        "type": "scatter",
        "mode": "markers",
        "name": f"one {each}",
        "x": encode(shown["temperature_c"]),
        "y": encode(shown["power_kw"]),
        "marker": {"size": 5, "color": "@measured", "opacity": 0.36},
        "hovertemplate": "%{y:.2f}\u2009kW at %{x:.1f}\u2009°C<extra></extra>",
    }
    middle = {
        "type": "scatter",
        "mode": "lines+markers",
        "name": "median of each 2\u2009°C",
        "x": encode(bins["middle_c"]),
        "y": encode(bins["power_kw"]),
        "customdata": bins["n"].tolist(),
        "line": {"color": SECOND, "width": 2.2},
        "marker": {"color": SECOND, "size": 6, "symbol": "square"},
        "hovertemplate": f"%{{y:.2f}}\u2009kW around %{{x:.0f}}\u2009°C, %{{customdata}} {each}s<extra></extra>",
    }
    x = {"title": {"text": "outdoor temperature"}, "ticksuffix": "\u2009°C", "nticks": 7}
    y = {"title": {"text": "kW"}, "rangemode": "tozero"}
    layout = plain_frame(title="Mean power against outdoor temperature", x=x, y=y, legend=True)
    return {"data": [dots, middle], "layout": {**layout, "hovermode": "closest"}}
