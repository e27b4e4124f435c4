"""Rolling origins: the moments at which a backtest pretends to stand."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

import pandas as pd

from forecasting.domain.errors import BadSeries


@dataclass(frozen=True)
class Origins:
    """Data cut-offs from `first` to `last` (both included), `stride` apart, each forecast for `horizon`.

    A stride of whole days keeps the wall time of `zone`, so that daily origins stay at local midnight through
    a clock change; any other stride is plain time.
    """

    first: datetime
    last: datetime
    stride: timedelta = timedelta(days=1)
    horizon: timedelta = timedelta(days=1)
    zone: str = "UTC"

    def __post_init__(self) -> None:
        if self.first.tzinfo is None or self.last.tzinfo is None:
            raise BadSeries("The first and last origin need a time zone.")
        if self.last < self.first or self.stride <= timedelta(0) or self.horizon <= timedelta(0):
            raise BadSeries("The last origin must not come before the first; stride and horizon must be above 0.")

    def __iter__(self) -> Iterator[pd.Timestamp]:
        return iter(self._instants())

    def __len__(self) -> int:
        return len(self._instants())

    def starts(self, origin: pd.Timestamp, step: timedelta) -> pd.DatetimeIndex:
        """The interval starts to forecast from one origin: a day's horizon has 23 or 25 hours when the day has."""
        end = self._later(origin, self.horizon)
        return pd.date_range(origin, end, freq=step, inclusive="left")

    def _instants(self) -> pd.DatetimeIndex:
        found, count = [], 0
        origin = first = pd.Timestamp(self.first).tz_convert("UTC")
        while origin <= self.last:
            found.append(origin)
            count += 1
            origin = self._later(first, count * self.stride)
        return pd.DatetimeIndex(found)

    def _later(self, origin: pd.Timestamp, span: timedelta) -> pd.Timestamp:
        if span % timedelta(days=1):
            return origin + span
        local = origin.tz_convert(self.zone)
        wall = local.tz_localize(None) + span
        moved = wall.tz_localize(self.zone, ambiguous=False, nonexistent="shift_forward")
        return moved.tz_convert("UTC")
