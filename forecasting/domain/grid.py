"""Values on a regular UTC grid, looked up by instant, with one gate in front of the future."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

Floats = NDArray[np.floating[Any]]
Seconds = NDArray[np.int64]
Flags = NDArray[np.bool_]

DAY_S = 86_400


def seconds(index: pd.DatetimeIndex) -> Seconds:
    """UTC seconds since 1970 of an aware index."""
    return np.asarray(index.as_unit("s").asi8, dtype=np.int64)


@dataclass(frozen=True)
class Grid:
    """`values[i]` is the mean over `[start_s + i * step_s, start_s + (i + 1) * step_s)`; NaN is unknown."""

    start_s: int
    step_s: int
    values: Floats

    @classmethod
    def of(cls, series: "pd.Series[float]", step_s: int) -> "Grid":
        """The grid of a regular UTC series of the given step."""
        index = pd.DatetimeIndex(series.index)
        return cls(int(seconds(index[:1])[0]), step_s, series.to_numpy(dtype=np.float64))

    @property
    def end_s(self) -> int:
        """The end of the last interval: nothing is known from here on."""
        return self.start_s + len(self.values) * self.step_s

    def position(self, at_s: Seconds) -> Seconds:
        """The number of the interval that contains each instant; may lie outside the grid."""
        return (at_s - self.start_s) // self.step_s

    def known(self, at_s: Seconds, cutoff_s: Seconds | int) -> Flags:
        """Whether the interval that contains the instant lies on the grid and had ended by the cut-off."""
        place = self.position(at_s)
        ended = self.start_s + (place + 1) * self.step_s <= cutoff_s
        return np.asarray(ended & (place >= 0) & (place < len(self.values)))

    def at(self, at_s: Seconds, cutoff_s: Seconds | int) -> Floats:
        """The value at each instant; NaN where it was not known by the cut-off.

        Every lag goes through here: it is the only way to the load, so the future cannot slip in.
        """
        place = np.clip(self.position(at_s), 0, max(len(self.values) - 1, 0))
        return np.where(self.known(at_s, cutoff_s), self.values[place], np.nan)


@dataclass(frozen=True)
class Trailing:
    """Means over windows that end at an instant, by running sums: O(1) for each question."""

    grid: Grid
    sums: Floats
    counts: Seconds

    @classmethod
    def of(cls, grid: Grid) -> "Trailing":
        """Running sums over the known values of a grid."""
        known = np.isfinite(grid.values)
        return cls(
            grid,
            np.concatenate([[0.0], np.cumsum(np.where(known, grid.values, 0.0))]),
            np.concatenate([[0], np.cumsum(known)]).astype(np.int64),
        )

    def mean(self, end_s: Seconds, window_s: int, share: float = 0.25) -> Floats:
        """The mean over `[end - window, end)`; NaN where under `share` of the window is known."""
        steps = max(1, window_s // self.grid.step_s)
        end = np.clip(self.grid.position(end_s), 0, len(self.grid.values))
        begin = np.clip(self.grid.position(end_s) - steps, 0, len(self.grid.values))
        count = self.counts[end] - self.counts[begin]
        with np.errstate(invalid="ignore", divide="ignore"):
            mean = (self.sums[end] - self.sums[begin]) / count
        return np.where(count >= max(1.0, share * steps), mean, np.nan)
