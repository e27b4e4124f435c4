"""Outdoor temperature as a building feels it: now, and smoothed over hours and days (thermal memory).

Each column can also be told as it would have been at a cut-off with the weather ahead persisted (each hour as the day
before): that is how a forecaster learns, from weather that came, the errors it will make without a weather forecast.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from forecasting.domain.balance import Balance
from forecasting.domain.grid import DAY_S, Floats, Grid, Seconds

HALF_LIVES_H = (3, 8, 24, 72)
_BENDS = (-8.0, -4.0, 0.0)  # around the heating point; mirrored around the cooling point, and further up


@dataclass(frozen=True)
class Heat:
    """Temperature and its smoothed courses on one grid; `columns` begins with the temperature itself."""

    grid: Grid
    courses: tuple[Floats, ...]
    balance: Balance

    @classmethod
    def of(cls, temperature: Grid, balance: Balance) -> "Heat":
        """Smooth a temperature without gaps."""
        series, steps_h = pd.Series(temperature.values), 3600 / temperature.step_s
        smooth = [series.ewm(halflife=hours * steps_h, adjust=False).mean().to_numpy() for hours in HALF_LIVES_H]
        return cls(temperature, (temperature.values, *smooth), balance)

    def felt(self, at_s: Seconds, cutoff_s: Seconds | None = None) -> Floats:
        """(rows, courses) in °C; with a cut-off as if the weather from there on repeated the last day."""
        now = np.stack([course[self._place(at_s)] for course in self.courses], axis=1)
        if cutoff_s is None:
            return now
        ahead = at_s - cutoff_s
        days = np.maximum(1, -(-(ahead + self.grid.step_s) // DAY_S)) * DAY_S
        before = np.stack([course[self._place(at_s - days)] for course in self.courses], axis=1)
        last = cutoff_s - self.grid.step_s
        step = np.stack(
            [course[self._place(last)] - course[self._place(last - days)] for course in self.courses], axis=1
        )
        # A smoothed course forgets the difference at the cut-off by half in each half-life: exact on the first day.
        passed_h = (ahead + self.grid.step_s)[:, None] / 3600
        left = np.concatenate([np.zeros((len(at_s), 1)), 0.5 ** (passed_h / np.array(HALF_LIVES_H))], axis=1)
        return before + left * step

    def columns(self, felt: Floats) -> Floats:
        """The courses bent at temperatures around the balance points, for a linear model."""
        heating, cooling = self.balance
        bends = [heating + bend for bend in _BENDS] + [cooling - bend for bend in (0.0, -4.0, -8.0, -12.0)]
        parts = [felt]
        parts += [np.maximum(felt - bend, 0.0) for bend in bends]
        long = felt[:, -2]  # a hot hour after hot days, a cold one after cold days
        parts.append((np.maximum(felt[:, 0] - cooling, 0.0) * np.maximum(long - cooling + 3, 0.0))[:, None] / 10)
        parts.append((np.maximum(heating - felt[:, 0], 0.0) * np.maximum(heating - 3 - long, 0.0))[:, None] / 10)
        return np.concatenate(parts, axis=1)

    def _place(self, at_s: Seconds) -> Seconds:
        return np.clip(self.grid.position(at_s), 0, len(self.grid.values) - 1)
