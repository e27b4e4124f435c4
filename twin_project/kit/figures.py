"""Traces of plain Plotly figures: arrays, thinning and gaps, built without importing plotly.

The x of every trace is *minutes since the figure's start*; `time_axis` says why.
"""

import base64
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt
import pandas as pd
from tsdownsample import MinMaxLTTBDownsampler

from twin_project.kit.theme import MISSING

Figure = dict[str, Any]
Floats = npt.NDArray[np.float64]
MAX_POINTS = 2000
_DOWNSAMPLER = MinMaxLTTBDownsampler()  # type: ignore[no-untyped-call]  # the package left it untyped


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
    late = np.flatnonzero(index[1:] - index[:-1] > width)
    return list(zip(index[late] + width, index[late + 1], strict=True))


def thin(x: Floats, y: Floats, limit: int = MAX_POINTS) -> tuple[Floats, Floats]:
    """At most `limit` points of a line, chosen by MinMaxLTTB (arXiv 2305.00332); one NaN for each gap between them.

    The greatest and the least of all stay, however long the period is: the algorithm weighs areas and does not
    promise it.
    """
    if len(x) <= limit:
        return x, y
    known = np.flatnonzero(~np.isnan(y))
    if not len(known):
        return x[:1], y[:1]
    room = limit - min(int((np.diff(known) > 1).sum()), limit // 2) - 4  # the extremes and the open ends
    ys = np.ascontiguousarray(y[known], dtype=float)
    xs = np.ascontiguousarray(x[known], dtype=float)
    picked = _DOWNSAMPLER.downsample(xs, ys, n_out=room) if len(known) > room else np.arange(len(known))
    kept = np.union1d(known[picked], known[[int(ys.argmin()), int(ys.argmax())]])
    unknown = np.concatenate([[0], np.isnan(y).cumsum()])
    opened = kept[:-1][unknown[kept[1:]] > unknown[kept[:-1]]]
    holes = np.array([_first_hole(y, int(place)) for place in opened], dtype=np.intp)
    whole = np.union1d(kept, holes)
    return x[whole], y[whole]


def _first_hole(y: Floats, place: int) -> int:
    """The place of the first NaN after `place`."""
    while not np.isnan(y[place]):
        place += 1
    return place


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
