"""Traces of plain Plotly figures: arrays, thinning and gaps, built without importing plotly.

The x of every trace is *minutes since the figure's start*; `time_axis` says why.
"""

import base64
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt
import pandas as pd

from twin_project.kit.theme import MISSING

Figure = dict[str, Any]
Floats = npt.NDArray[np.float64]
MAX_POINTS = 2000


@dataclass(frozen=True)
class Window:
    """What a figure shows: `[start, end)`, on the clock of `zone`, in intervals of `step`."""

    start: datetime
    end: datetime
    zone: ZoneInfo
    step: timedelta


def encode(values: npt.ArrayLike) -> dict[str, str]:
    """Pack numbers as Plotly's base64 float32; NaN stays NaN, which Plotly draws as a gap."""
    return {"dtype": "f4", "bdata": base64.b64encode(np.asarray(values, dtype="<f4").tobytes()).decode()}


def decode(packed: dict[str, str]) -> npt.NDArray[np.float32]:
    """The numbers of `encode`."""
    return np.frombuffer(base64.b64decode(packed["bdata"]), dtype="<f4")


def minutes(index: pd.DatetimeIndex, start: datetime) -> Floats:
    """Minutes from `start` to each instant of an aware index."""
    return np.asarray((index - pd.Timestamp(start)) / pd.Timedelta(minutes=1), dtype=float)


def open_gaps(series: pd.Series, step: timedelta) -> pd.Series:
    """Put one NaN into each hole of a series, so that no line is drawn across what was not measured."""
    if len(series) < 2:
        return series
    index = pd.DatetimeIndex(series.index)
    late = np.flatnonzero(index[1:] - index[:-1] > pd.Timedelta(step))
    holes = pd.Series(np.nan, index=index[late] + pd.Timedelta(step), dtype=float)
    return pd.concat([series.astype(float), holes]).sort_index()


def missing_spans(series: pd.Series, step: timedelta) -> list[tuple[pd.Timestamp, pd.Timestamp]]:
    """The half-open spans between the first and the last instant of a series that hold no number."""
    known = series.dropna().sort_index()
    index = pd.DatetimeIndex(known.index)
    width = pd.Timedelta(step)
    return [(a + width, b) for a, b in pairwise(index) if b - a > width]


def thin(x: Floats, y: Floats, limit: int = MAX_POINTS) -> tuple[Floats, Floats]:
    """At most about `limit` points of a line: the least and the greatest of each bucket, gaps kept.

    A peak or a dip of one interval is on the chart however long the period is.
    """
    if len(x) <= limit:
        return x, y
    keep: list[int] = []
    for bucket in np.array_split(np.arange(len(x)), max(limit // 3, 1)):
        known = bucket[~np.isnan(y[bucket])]
        picks = {int(known[np.argmin(y[known])]), int(known[np.argmax(y[known])])} if len(known) else set()
        if len(known) < len(bucket):
            picks.add(int(bucket[np.argmax(np.isnan(y[bucket]))]))
        keep += sorted(picks)
    return x[keep], y[keep]


def line(series: pd.Series, *, start: datetime, step: timedelta, name: str, unit: str, **style: Any) -> Figure:
    """A scatter trace of a series: gaps open, thinned, its hover in figures with a unit."""
    opened = open_gaps(series, step)
    x, y = thin(minutes(pd.DatetimeIndex(opened.index), start), opened.to_numpy(dtype=float))
    digits = style.pop("digits", 2)
    return {
        "type": "scatter",
        "mode": "lines",
        "name": name,
        "x": encode(x),
        "y": encode(y),
        "connectgaps": False,
        "hovertemplate": f"%{{y:.{digits}f}}\u2009{unit}",
        **style,
    }


def missing_trace(spans: Sequence[tuple[datetime, datetime]], *, start: datetime) -> list[Figure]:
    """Hatched rectangles of full height (on the hidden axis y2) over each span without readings."""
    if not spans:
        return []
    xs: list[float] = []
    ys: list[float] = []
    for begin, end in spans:
        a, b = ((moment - start).total_seconds() / 60 for moment in (begin, end))
        xs += [a, a, b, b, np.nan]
        ys += [0, 1, 1, 0, np.nan]
    trace = {
        "type": "scatter",
        "mode": "lines",
        "name": "missing",
        "x": encode(xs),
        "y": encode(ys),
        "yaxis": "y2",
        "fill": "toself",
        "fillpattern": dict(MISSING),
        "line": {"width": 0, "color": "@missing"},
        "hoverinfo": "skip",
    }
    return [trace]
