"""Windows: what the network looks at for one block of 24 hours, gathered for many at once, in physical units.

A block begins `gap` days after the cut-off (0 is the next 24 hours). Of each hour of it the seven latest days known
at the same wall time are its lags. The load is read from the week before the cut-off and from nothing else.
"""

from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from forecasting.domain.grid import Seconds
from forecasting.domain.network.calendar_table import HOUR_S, PAST, Table

CONTEXT, BLOCK, LAGS = 168, 24, 7
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
    """For each window: its meter, calendar, place of the temperature, hour of the cut-off on the axis, gap in days."""

    meter: Seconds
    calendar: Seconds
    place: Seconds
    cutoff: Seconds
    gap: Seconds

    def __len__(self) -> int:
        return len(self.cutoff)

    def some(self, chosen: "slice | Seconds") -> "Ask":
        """Only some of the windows."""
        return Ask(*(getattr(self, field.name)[chosen] for field in fields(self)))


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
    tables = of.tables
    return Windows(
        load=load,
        lags=np.where((column < 0) | (column >= CONTEXT), np.nan, lags.reshape(column.shape)),
        past_calendar=tables[calendar, _inside(tables, past)][..., PAST],
        calendar=tables[calendar, _inside(tables, ahead)],
        lag_calendar=tables[calendar[..., None], _inside(tables, back)][..., 2:10],
        past_temperature=_at(of.temperature[..., 0], place, past),
        temperature=_at(of.temperature, place, ahead),
        lag_temperature=_at(of.temperature, place[..., None], back),
        gap=ask.gap.astype(np.float32),
    )


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
