"""The windows of an evaluation: a meter's record cut into meter-years, and each of those into origins.

The rules are BuildingsBench's (Emami et al. 2023): a meter-year stands alone, so its first context lies within it;
one with more than a tenth missing is left out; gaps of up to a week are straight lines. A line that is drawn over a
gap in which an origin lies would end in a reading that comes later: there the last day known stands in.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

import numpy as np
import pandas as pd

from forecasting.domain.errors import BadSeries
from forecasting.domain.grid import Floats
from forecasting.domain.known import Weather

MISSING = 0.1
LONGEST_GAP = pd.Timedelta(days=7)
STUB = pd.Timedelta(days=28)  # a piece of a year shorter than this tells nothing where there are longer ones


@dataclass(frozen=True)
class Protocol:
    """Context, horizon, stride and season in hours; the period `[first, last)` and the end of training, if any."""

    context_h: float = 168
    horizon_h: float = 24
    stride_h: float = 24
    season_h: float = 24
    first: datetime | None = None
    last: datetime | None = None
    train_until: datetime | None = None
    weather: Weather = "none"

    def __post_init__(self) -> None:
        if min(self.context_h, self.horizon_h, self.stride_h, self.season_h) <= 0:
            raise BadSeries("Context, horizon, stride and season are hours above 0.")
        if self.first and self.last and self.last <= self.first:
            raise BadSeries("The period to evaluate ends before it begins.")
        if self.train_until and self.last and self.last <= self.train_until:
            raise BadSeries("Nothing is left to evaluate: the period ends before the training does.")

    def steps(self, hours: float, step: pd.Timedelta) -> int:
        """Intervals in so many hours, at least 1; raises BadSeries where they do not fit."""
        count = pd.Timedelta(hours=hours) / step
        if count < 1 or count % 1:
            raise BadSeries(f"{hours:g} hours are no whole number of intervals of {step}.")
        return int(count)

    @property
    def begins(self) -> pd.Timestamp | None:
        """No origin lies before this."""
        given = [pd.Timestamp(at) for at in (self.first, self.train_until) if at is not None]
        return max(given) if given else None


@dataclass(frozen=True)
class MeterYear:
    """One meter in one year: `origins` are places in the whole record, where forecasts begin."""

    meter: str
    year: int
    origins: "np.ndarray[tuple[int], np.dtype[np.int64]]"


@dataclass(frozen=True)
class Record:
    """A meter's load on its grid, as it was measured and with short gaps filled; both span the same index."""

    meter: str
    load: "pd.Series[float]"
    filled: Floats

    @classmethod
    def of(cls, meter: str, load: "pd.Series[float]") -> "Record":
        """Fill gaps of up to a week by straight lines."""
        index = pd.DatetimeIndex(load.index)
        missing = load.isna().to_numpy()
        run = np.cumsum(np.diff(missing, prepend=False) != 0)
        long = np.bincount(run, weights=missing) * (index[1] - index[0]) > LONGEST_GAP
        line = load.interpolate(limit_area="inside").to_numpy(dtype=np.float64)
        return cls(meter, load, np.where(long[run] & missing, np.nan, line))

    @property
    def step(self) -> pd.Timedelta:
        """The length of an interval."""
        return pd.Timedelta(self.load.index[1] - self.load.index[0])

    def context(self, origin: int, length: int) -> Floats:
        """The filled load before an origin; a gap that is still open there takes the day before again."""
        first = max(0, origin - length)
        values = self.filled[first:origin]
        known = np.isfinite(self.load.to_numpy()[first:origin])
        if not len(known) or known[-1] or not known.any():
            return values
        closed = int(np.flatnonzero(known)[-1]) + 1
        day = min(closed, max(1, round(pd.Timedelta(days=1) / self.step)))
        again = closed - day + np.arange(len(values) - closed) % day
        return np.concatenate([values[:closed], values[again]])


def meter_years(record: Record, protocol: Protocol) -> Iterator[MeterYear | str]:
    """Meter-years worth scoring; for each that is not, a sentence instead."""
    index = pd.DatetimeIndex(record.load.index)
    begins, ends = protocol.begins, protocol.last
    wanted = np.ones(len(index), dtype=bool)
    if begins is not None:
        wanted &= np.asarray(index >= begins)
    if ends is not None:
        wanted &= np.asarray(index < pd.Timestamp(ends))
    pieces = [(int(year), np.flatnonzero(wanted & (index.year == year))) for year in np.unique(index[wanted].year)]
    longest = max((len(places) for _, places in pieces), default=0) * record.step
    for year, places in pieces:
        if len(places) * record.step < min(STUB, longest):
            yield f"{record.meter} in {year}: only {len(places) * record.step} of it."
        else:
            yield _meter_year(record, year, places, protocol)
    if not pieces:
        yield f"{record.meter}: no reading in the period asked for."


def _meter_year(
    record: Record, year: int, places: "np.ndarray[tuple[int], np.dtype[np.int64]]", protocol: Protocol
) -> MeterYear | str:
    context, horizon, stride = (
        protocol.steps(hours, record.step) for hours in (protocol.context_h, protocol.horizon_h, protocol.stride_h)
    )
    missing = float(record.load.iloc[places].isna().mean())
    if missing > MISSING:
        return f"{record.meter} in {year}: {missing:.0%} of the readings are missing."
    named = protocol.begins is not None and year == pd.Timestamp(protocol.begins).year
    first = int(places[0]) if named and places[0] >= context else int(places[0]) + context
    origins = np.arange(first, int(places[-1]) + 2 - horizon, stride)
    whole = np.concatenate([[0], np.cumsum(np.isnan(record.filled))])
    usable = whole[origins + horizon] == whole[np.maximum(origins - context, 0)]
    if not usable.any():
        return f"{record.meter} in {year}: no {protocol.context_h + protocol.horizon_h:g} hours without a long gap."
    return MeterYear(record.meter, year, origins[usable])
