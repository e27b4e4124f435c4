"""Windows: what the network looks at for one block of 24 hours, gathered for many at once, in physical units.

A block begins `gap` days after the cut-off (0 is the next 24 hours). Of each hour of it the seven latest days known
at the same wall time are its lags. The load is read from the week before the cut-off and from nothing else.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from forecasting.domain.grid import Floats, Seconds
from forecasting.domain.network.calendar_table import HOUR_S, PAST, Table

CONTEXT, BLOCK, LAGS = 168, 24, 7
_FARTHEST = 6  # days of gap seen in training
MEMORIES = 3  # temperature: now, mean of the last day, mean of the last three

F32 = NDArray[np.float32]


@dataclass(frozen=True)
class Timelines:
    """Rows of many meters on one hourly axis, and the calendars and temperatures that they may be looked at with.

    `load` (meters, hours) in kW and `temperature` (places, hours, MEMORIES) in °C hold NaN where unknown. `tables`
    (calendars, hours, columns) and `offsets_s` (calendars, hours) are what `calendar_table.table` gives.
    """

    load: F32
    temperature: F32
    tables: Table
    offsets_s: Seconds


@dataclass(frozen=True)
class Ask:
    """For each window: its meter, calendar, place of the temperature, hour of the cut-off on the axis, gap in days.

    `warm` is the hour of the cut-off on the temperature's axis, where that is another one.
    """

    meter: Seconds
    calendar: Seconds
    place: Seconds
    cutoff: Seconds
    gap: Seconds
    warm: Seconds | None = None

    def __len__(self) -> int:
        return len(self.cutoff)


@dataclass(frozen=True)
class Windows:
    """Shapes: load, temperature (n, CONTEXT); lags (n, BLOCK, LAGS); and so on as `gather` says."""

    load: F32
    lags: F32
    past_calendar: F32
    calendar: F32
    lag_calendar: F32
    past_temperature: F32
    temperature: F32
    lag_temperature: F32
    gap: F32


def contexts(of: Timelines, ask: Ask) -> F32:
    """The load of the CONTEXT hours before each cut-off, kW; NaN off the axis."""
    return _at(of.load, ask.meter[:, None], ask.cutoff[:, None] + np.arange(-CONTEXT, 0))


def gather(of: Timelines, ask: Ask, load: F32) -> Windows:
    """Windows of the asked cut-offs; all that they know of the load is `load`, as `contexts` gives it."""
    calendar, place = ask.calendar[:, None], ask.place[:, None]
    past = ask.cutoff[:, None] + np.arange(-CONTEXT, 0)
    ahead = ask.cutoff[:, None] + ask.gap[:, None] * 24 + np.arange(BLOCK)
    back = _lags(of, calendar, ahead, ask.gap[:, None])
    column = back - ask.cutoff[:, None, None] + CONTEXT
    lags = np.take_along_axis(load, np.clip(column, 0, CONTEXT - 1).reshape(len(load), -1), axis=1)
    warm = np.zeros_like(place) if ask.warm is None else (ask.warm - ask.cutoff)[:, None]
    tables = of.tables
    return Windows(
        load=load,
        lags=np.where((column < 0) | (column >= CONTEXT), np.nan, lags.reshape(column.shape)),
        past_calendar=tables[calendar, _inside(tables, past)][..., PAST],
        calendar=tables[calendar, _inside(tables, ahead)],
        lag_calendar=tables[calendar[..., None], _inside(tables, back)][..., 2:10],
        past_temperature=_at(of.temperature[..., 0], place, past + warm),
        temperature=_at(of.temperature, place, ahead + warm),
        lag_temperature=_at(of.temperature, place[..., None], back + warm[..., None]),
        gap=np.minimum(ask.gap, _FARTHEST).astype(np.float32),
    )


def with_memories(temperature: Floats) -> F32:
    """Temperature now, mean of the day that ends now, mean of the three: (rows, hours, MEMORIES).

    NaN where it is not known now; the means are over what is known.
    """
    known = np.isfinite(temperature)
    sums = np.pad(np.where(known, temperature, 0.0).cumsum(axis=1, dtype=np.float64), ((0, 0), (1, 0)))
    counts = np.pad(known.cumsum(axis=1), ((0, 0), (1, 0)))
    end = np.arange(1, temperature.shape[1] + 1)
    found = [np.where(known, temperature, np.nan)]
    for hours in (24, 72):
        start = np.maximum(end - hours, 0)
        total, count = sums[:, end] - sums[:, start], counts[:, end] - counts[:, start]
        found.append(np.where(known, total / np.maximum(count, 1), np.nan))
    return np.stack(found, axis=2).astype(np.float32)


def truth(of: Timelines, ask: Ask) -> F32:
    """What came: (n, BLOCK) in kW."""
    ahead = ask.cutoff[:, None] + ask.gap[:, None] * 24 + np.arange(BLOCK)
    return _at(of.load, ask.meter[:, None], ahead)


def _lags(of: Timelines, calendar: Seconds, ahead: Seconds, gap: Seconds) -> Seconds:
    """Hour numbers (n, BLOCK, LAGS) of the same wall time 1 + gap .. 7 + gap days before."""
    flat = ahead[..., None] - 24 * (1 + gap[..., None] + np.arange(LAGS))
    offsets = of.offsets_s
    now = offsets[calendar, _inside(offsets, ahead)][..., None]
    then = offsets[calendar[..., None], _inside(offsets, flat)]
    return np.asarray(flat + (now - then) // HOUR_S)


def _inside(of: "NDArray[np.generic]", hour: Seconds) -> Seconds:
    return np.clip(hour, 0, of.shape[1] - 1)


def _at(values: F32, row: Seconds, hour: Seconds) -> F32:
    found = values[row, _inside(values, hour)]
    outside = (hour < 0) | (hour >= values.shape[1])
    if outside.any():
        found[outside] = np.nan
    return found
