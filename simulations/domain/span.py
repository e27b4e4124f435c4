"""When an event holds: aware, half-open, `[start, end)`."""

from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from simulations.domain.errors import BadScenario


@dataclass(frozen=True)
class Span:
    """A stretch of time. Raises BadScenario where it ends before it starts."""

    start: datetime
    end: datetime

    def __post_init__(self) -> None:
        if self.start.tzinfo is None or self.end.tzinfo is None:
            raise BadScenario("start", "Give the time with its zone.")
        if self.end <= self.start:
            raise BadScenario("end", f"The end, {self.end:%Y-%m-%d %H:%M}, must come after the start.")

    @property
    def length(self) -> timedelta:
        """From start to end."""
        return self.end - self.start

    def holds(self, starts: pd.DatetimeIndex) -> NDArray[np.bool_]:
        """Which intervals begin within it."""
        at = starts.as_unit("us").asi8
        return np.asarray((at >= _us(self.start)) & (at < _us(self.end)))

    def longer(self, after: timedelta) -> "Span":
        """The same with something added at its end."""
        return Span(self.start, self.end + after)

    def overlaps(self, other: "Span") -> bool:
        """Whether some instant is in both."""
        return self.start < other.end and other.start < self.end


def _us(at: datetime) -> int:
    return pd.Timestamp(at).value // 1000
