"""The figure of a proposal: what its recipe read, one quantity at a time."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pandas as pd

from twin_project.kit.figures import Figure, Window, line, missing_spans, missing_trace
from twin_project.kit.theme import MEASURED
from twin_project.kit.time_axis import clock_trace, time_layout


def preview_figure(values: pd.Series, zone: ZoneInfo, *, name: str, unit: str, interval_s: int) -> Figure:
    """The rows of a proposal as a line; `values` by the start of the interval in UTC."""
    step = timedelta(seconds=interval_s)
    index = pd.DatetimeIndex(values.index)
    start, end = _moment(index[0]), _moment(index[-1]) + step
    window = Window(start, end, zone, step)
    trace = line(values, start=start, step=step, name=name, unit=unit, line={**MEASURED, "width": 1.5}, digits=3)
    gaps = missing_trace(missing_spans(values, step), start=start)
    clock = clock_trace(index, float(values.mean()) if values.notna().any() else 0.0, start=start)
    layout = time_layout(window.start, window.end, window.zone, showlegend=False)
    layout["margin"] = {"l": 8, "r": 10, "t": 10, "b": 8}
    layout["meta"]["title"] = f"{name} as the recipe read it, {unit}"
    layout["yaxis"] = {"title": {"text": unit}}
    return {"data": [clock, *gaps, trace], "layout": layout}


def _moment(at: pd.Timestamp) -> datetime:
    return at.to_pydatetime()
