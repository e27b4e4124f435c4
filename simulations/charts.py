"""Figures of what-if: base and scenario with the difference filled, and a replay's told, untold and actual."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from twin_project.kit.figures import Figure, Window, encode, line, minutes
from twin_project.kit.theme import MEASURED, SCENARIO, TWIN
from twin_project.kit.time_axis import clock_trace, time_layout

BASE = {"color": "@muted", "width": 1.6, "dash": "5px,4px"}
MOST_POINTS = 1200
_FILL = "rgba(245,158,11,0.20)"
_RANGE = "rgba(245,158,11,0.13)"
_LINES = ("@scenario", "@twin", "#009e73", "#cc79a7")  # and a dash of its own for each
_DASHES = ("solid", "6px,3px", "2px,3px", "8px,3px,2px,3px")


@dataclass(frozen=True)
class Series:
    """One result by interval start, kW: frames with the columns p10, p50, p90."""

    base: pd.DataFrame
    scenario: pd.DataFrame
    change: pd.DataFrame


def result_figure(series: Series, window: Window, *, measured: "pd.Series[float] | None" = None) -> Figure:
    """Base grey and dashed, scenario amber with its 80 % range, what lies between them filled."""
    some = Series(*(_thinned(frame) for frame in (series.base, series.scenario, series.change)))
    step = max(window.step, (some.base.index[1] - some.base.index[0]).to_pytimedelta()) if len(some.base) > 1 else (
        window.step)  # fmt: skip
    words: dict[str, Any] = {"start": window.start, "step": step, "unit": "kW"}
    base = line(some.base["p50"], name="base", line=BASE, **words)
    scenario = line(some.scenario["p50"], name="scenario", line=SCENARIO, **words)
    between = [
        base | {"line": {"width": 0, "color": _FILL}, "showlegend": False, "hoverinfo": "skip", "hovertemplate": None},
        scenario | {"line": {"width": 0, "color": _FILL}, "fill": "tonexty", "fillcolor": _FILL, "showlegend": False,
                    "hoverinfo": "skip", "hovertemplate": None},
    ]  # fmt: skip
    traces = [clock_trace(pd.DatetimeIndex(some.base.index), 0, start=window.start, beside=base)]
    traces += [_band(some.scenario, window), *between]
    if measured is not None and measured.notna().any():
        traces.append(
            line(measured, name="measured", line={**MEASURED, "width": 1.1}, **{**words, "step": window.step})
        )
    return {"data": [*traces, base, scenario], "layout": _layout(window, "Base against scenario, kW")}


def change_figure(series: Series, window: Window) -> Figure:
    """Scenario less base with the range of the difference."""
    change = _thinned(series.change)
    step = window.step * max(len(series.change) // max(len(change), 1), 1)
    middle = line(change["p50"], start=window.start, step=step, name="change", unit="kW", line=SCENARIO)
    clock = clock_trace(pd.DatetimeIndex(change.index), 0, start=window.start, beside=middle)
    layout = _layout(window, "Change by the events, kW")
    layout["yaxis"] = {"title": {"text": "kW"}, "zeroline": True, "zerolinecolor": "@hairline"}
    return {"data": [clock, _band(change, window), middle], "layout": layout}


def compare_figure(named: "Sequence[tuple[str, pd.Series[float]]]", window: Window) -> Figure:
    """The middle change of up to four scenarios."""
    traces = [
        line(series, start=window.start, step=window.step, name=name, unit="kW",
             line={"color": _LINES[n % 4], "width": 1.8, "dash": _DASHES[n % 4]})
        for n, (name, series) in enumerate(named)
    ]  # fmt: skip
    clock = [clock_trace(pd.DatetimeIndex(named[0][1].index), 0, start=window.start)] if named else []
    layout = _layout(window, "Change by each scenario, kW")
    layout["yaxis"] = {"title": {"text": "kW"}, "zeroline": True, "zerolinecolor": "@hairline"}
    return {"data": [*clock, *traces], "layout": layout}


def replay_figure(told: pd.DataFrame, untold: "pd.Series[float]", actual: "pd.Series[float]", window: Window) -> Figure:
    """What came as ink, what the twin told with its range, what it would have said untold."""
    words: dict[str, Any] = {"start": window.start, "step": window.step, "unit": "kW"}
    lines = [
        line(untold, name="not told", line=BASE, **words),
        line(told["p50"], name="told", line=TWIN, **words),
        line(actual, name="measured", line=MEASURED, **words),
    ]
    band = _band(told, window) | {"fillcolor": "@band-outer", "name": "80\u2009% of cases, told"}
    clock = clock_trace(pd.DatetimeIndex(told.index), 0, start=window.start)
    return {"data": [clock, band, *lines], "layout": _layout(window, "A past event, told and not told, kW")}


def _band(frame: pd.DataFrame, window: Window) -> Figure:
    x = minutes(pd.DatetimeIndex(frame.index), window.start)
    return {
        "type": "scatter",
        "mode": "lines",
        "name": "80\u2009% of cases",
        "x": encode(np.concatenate([x, x[::-1]])),
        "y": encode(np.concatenate([frame["p90"], frame["p10"][::-1]])),
        "fill": "toself",
        "fillcolor": _RANGE,
        "line": {"width": 0, "color": _RANGE},
        "hoverinfo": "skip",
    }


def _thinned(frame: pd.DataFrame) -> pd.DataFrame:
    """A long period in buckets of equal length, at their means: the difference must stay what it is."""
    every = -(-len(frame) // MOST_POINTS)
    if every <= 1:
        return frame
    kept = frame.groupby(np.arange(len(frame)) // every).mean()
    return kept.set_index(frame.index[::every])


def _layout(window: Window, title: str) -> Figure:
    layout = time_layout(window.start, window.end, window.zone, showlegend=True)
    layout["meta"]["title"] = title
    layout["xaxis"]["unifiedhovertitle"] = {"text": "Mean power, kW"}
    layout["yaxis"] = {"title": {"text": "kW"}}
    return layout
