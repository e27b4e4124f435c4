"""Figures of forecasts: series and quantiles in, plain Plotly figures out."""

from collections.abc import Sequence
from datetime import datetime, timedelta

import numpy as np
import pandas as pd

from twin_project.kit.figures import Figure, Window, encode, line, minutes, missing_spans, missing_trace
from twin_project.kit.theme import MEASURED, PAST_TWIN, TWIN
from twin_project.kit.time_axis import clock_trace, marker_line, time_layout

MAX_BAND_POINTS = 700
STRIP_MARGIN = {"l": 4, "r": 4, "t": 4, "b": 4}


def forecast_figure(
    history: pd.Series,
    quantiles: pd.DataFrame | None,
    *,
    window: Window,
    now: datetime,
    data_through: datetime | None = None,
    past: Sequence[pd.DataFrame] = (),
    unit: str = "kW",
) -> Figure:
    """History as a solid ink line, the twin as a dashed sky one over its bands.

    `quantiles` and each frame of `past` have an aware index and one column a quantile (0.1, 0.5, ..);
    those of `past` are earlier runs, drawn as they were issued. What is missing stays open and hatched.
    """
    traces: list[Figure] = []
    for frame in past:
        traces += _run(frame, window, unit=unit, past=True)
    if quantiles is not None and len(quantiles):
        traces += _run(quantiles, window, unit=unit, past=False)
    _name_once(traces)
    measured = line(history, start=window.start, step=window.step, name="measured", unit=unit, line=MEASURED)
    gaps = missing_trace(missing_spans(history, window.step), start=window.start)
    index = _every_index([history, *past, *([quantiles] if quantiles is not None else [])])
    clock = clock_trace(index, 0, start=window.start)
    return {"data": [clock, *gaps, *traces, measured], "layout": _layout(window, now, data_through, unit)}


def day_strip(quantiles: pd.DataFrame, *, window: Window, unit: str = "kW") -> Figure:
    """One forecast day as a strip: the twin over its bands, without legend or grid."""
    traces = _run(quantiles, window, unit=unit, past=False)
    clock = clock_trace(pd.DatetimeIndex(quantiles.index), 0, start=window.start)
    layout = _layout(window, window.end, None, unit)
    layout["meta"]["title"] = f"The twin’s forecast of the day, {unit}"
    layout["yaxis"] = {"showgrid": False, "nticks": 3, "rangemode": "tozero"}
    return {"data": [clock, *traces], "layout": layout | {"showlegend": False, "margin": STRIP_MARGIN}}


def bands(columns: Sequence[float]) -> list[tuple[float, float]]:
    """The pairs of quantiles to tint, wide then narrow: those nearest to 80 % of cases and to 45 %."""
    lows = sorted(low for low in columns if low < 0.5 and any(abs(low + high - 1) < 1e-6 for high in columns))
    pairs = [(low, next(high for high in columns if abs(low + high - 1) < 1e-6)) for low in lows]
    if len(pairs) < 2:
        return pairs
    wide = min(pairs, key=lambda pair: abs(pair[1] - pair[0] - 0.8))
    inside = [pair for pair in pairs if pair[0] > wide[0]]
    return [wide, *([min(inside, key=lambda pair: abs(pair[1] - pair[0] - 0.45))] if inside else [])]


def cover(pair: tuple[float, float]) -> str:
    """The share of cases that a band should hold, in words: "80 %"."""
    return f"{(pair[1] - pair[0]) * 100:.0f}\u2009%"


def _run(frame: pd.DataFrame, window: Window, *, unit: str, past: bool) -> list[Figure]:
    frame = _coarser(frame[(frame.index >= window.start) & (frame.index < window.end)])
    if frame.empty:
        return []
    columns = [float(column) for column in frame.columns]
    traces: list[Figure] = []
    pairs = bands(columns)
    for tint, pair in zip(("@band-outer", "@band-inner"), pairs[:1] if past else pairs, strict=False):
        traces.append(_band(frame, pair, tint, window, past=past))
    style = PAST_TWIN if past else TWIN
    name = "past forecasts" if past else "twin"
    trace = line(frame[0.5], start=window.start, step=_step_of(frame, window.step), name=name, unit=unit, line=style)
    if pairs and not past:
        edges = frame[list(pairs[0])].to_numpy(dtype=float)
        low, high = (np.round(edges[:, i], 2).tolist() for i in (0, 1))
        trace["customdata"] = [list(pair) for pair in zip(low, high, strict=True)]
        between = f"%{{customdata[0]:.2f}} to %{{customdata[1]:.2f}}\u2009{unit}"
        trace["hovertemplate"] += f" ({cover(pairs[0])}: {between})"
        trace |= {"x": encode(minutes(pd.DatetimeIndex(frame.index), window.start)), "y": encode(frame[0.5])}
    return [*traces, trace]


def _band(frame: pd.DataFrame, pair: tuple[float, float], tint: str, window: Window, *, past: bool) -> Figure:
    """One closed shape: along the upper edge and back along the lower one."""
    x = minutes(pd.DatetimeIndex(frame.index), window.start)
    return {
        "type": "scatter",
        "mode": "lines",
        "name": f"{cover(pair)} of cases{', past' if past else ''}",
        "x": encode(np.concatenate([x, x[::-1]])),
        "y": encode(np.concatenate([frame[pair[1]], frame[pair[0]][::-1]])),
        "fill": "toself",
        "fillcolor": tint,
        "line": {"width": 0, "color": tint},
        "hoverinfo": "skip",
    }


def _coarser(frame: pd.DataFrame) -> pd.DataFrame:
    """A long run in buckets: the band as wide as its widest step, the median at its mean."""
    every = -(-len(frame) // MAX_BAND_POINTS)
    if every <= 1:
        return frame
    bucket = np.arange(len(frame)) // every
    levels = [float(column) for column in frame.columns]
    kept = frame.groupby(bucket).agg(
        {level: "min" if level < 0.5 else "max" if level > 0.5 else "mean" for level in levels}
    )
    return kept.set_index(frame.index[::every])


def _step_of(frame: pd.DataFrame, step: timedelta) -> timedelta:
    return max(step, (frame.index[1] - frame.index[0]).to_pytimedelta()) if len(frame) > 1 else step


def _name_once(traces: list[Figure]) -> None:
    seen: set[str] = set()
    for trace in traces:
        trace["legendgroup"] = trace["name"]
        trace["showlegend"] = trace["name"] not in seen and not trace["name"].endswith(", past")
        seen.add(trace["name"])


def _every_index(parts: Sequence[pd.Series | pd.DataFrame]) -> pd.DatetimeIndex:
    known = [pd.DatetimeIndex(part.index) for part in parts if len(part)]
    whole = known[0] if known else pd.DatetimeIndex([], tz="UTC")
    for index in known[1:]:
        whole = pd.DatetimeIndex(whole.union(index))
    return whole


def _layout(window: Window, now: datetime, data_through: datetime | None, unit: str) -> Figure:
    title = f"Measured power and the twin’s forecast, {unit}"
    layout = time_layout(window.start, window.end, window.zone, showlegend=True)
    layout["meta"]["title"] = title
    layout["xaxis"]["unifiedhovertitle"] = {"text": f"Mean power, {unit}"}
    layout["yaxis"] = {"title": {"text": unit}, "rangemode": "tozero"}
    lines = [(now, "now", "@muted")]
    if data_through is not None and now - data_through > timedelta(hours=2):
        lines.append((data_through, "data through", "@muted"))
    marks = [
        marker_line(at, word, start=window.start, colour=c) for at, word, c in lines if window.start <= at < window.end
    ]
    return {**layout, "shapes": [shape for shape, _ in marks], "annotations": [note for _, note in marks]}
