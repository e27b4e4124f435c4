"""The features of a direct load forecast: one row for each (interval, cut-off) pair.

Nothing in a row depends on a load after its cut-off, so that rows for training, made by pretending that
the cut-off was earlier, look exactly like the rows of a real forecast. Past loads are told relative to `base`
(what the last days alike had at this time) and in units of `scale` (the meter's mean size of the last four
weeks), so that a meter that grows does not leave the range seen in training. docs/forecasting.md lists them.
"""

from dataclasses import dataclass
from datetime import timedelta

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from forecasting.domain import lags, thermal
from forecasting.domain.contract import Known
from forecasting.domain.grid import DAY_S, Flags, Floats, Grid, Seconds
from forecasting.domain.local_calendar import LocalCalendar
from forecasting.domain.series import step_of
from forecasting.domain.wall_time import WallTime

MEMORY = timedelta(days=430)  # no feature looks further back, so a forecast needs no more of the history


@dataclass(frozen=True)
class Rows:
    """`matrix` is float32 (rows, names), NaN where unknown; `base` in kW, `scale` in kW and above 0."""

    names: tuple[str, ...]
    matrix: NDArray[np.float32]
    base: Floats
    scale: Floats

    def where(self, mask: Flags) -> "Rows":
        """Only some of the rows."""
        return Rows(self.names, self.matrix[mask], self.base[mask], self.scale[mask])


@dataclass(frozen=True)
class Site:
    """All that the features of one meter are made of, prepared once for many rows."""

    past: lags.Past
    calendar: LocalCalendar
    temperature: Grid | None

    @classmethod
    def of(cls, load: "pd.Series[float]", known: Known, end_s: int, climate: thermal.Climate | None) -> "Site":
        """Prepare a checked load for intervals up to `end_s`. Without a `climate` there is no temperature."""
        step_s = int(step_of(load).total_seconds())
        grid = Grid.of(load, step_s)
        wall = WallTime.over(known.zone, grid.start_s - 40 * DAY_S, end_s)
        calendar = LocalCalendar.of(wall, known.holidays)
        weather = thermal.on_grid(known.weather, grid.start_s, end_s, step_s, climate) if climate else None
        return cls(lags.Past.of(grid, calendar), calendar, weather)

    def rows(self, at_s: Seconds, cutoff_s: Seconds) -> Rows:
        """Features of the intervals that start at `at_s`, as known at `cutoff_s`."""
        when, values = self.past.same_time(at_s, cutoff_s)
        day, then = self.calendar.wall.day(at_s), self.calendar.wall.day(when)
        same_kind = self.calendar.is_off(then) == self.calendar.is_off(day)[:, None]
        alike = lags.first_known(values, same_kind, lags.ALIKE_DAYS)
        level = self.past.level(cutoff_s, lags.PROFILE_DAYS)
        profile = lags.mean_where(values[:, : lags.PROFILE_DAYS])
        base = lags.first_finite(lags.mean_where(values, alike), lags.mean_where(values), level, np.zeros(len(at_s)))
        scale = self.past.scale(cutoff_s)
        relative = (values - base[:, None]) / scale[:, None]
        week = np.argmax((day[:, None] - then) % 7 == 0, axis=1)
        columns = {
            "lead_hours": (at_s - cutoff_s) / 3600,
            **self.calendar.features(at_s),
            **{f"lag_{n}": relative[:, n - 1] for n in (1, 2, 3)},
            "lag_week": relative[np.arange(len(week)), week],
            "lag_1_off": self.calendar.is_off(then[:, 0]),
            "spread": lags.spread(relative),
            "profile": (profile - base) / scale,
            "base": base / scale,
            "level": (level - base) / scale,
            "level_change": (level - self.past.level(cutoff_s, lags.LEVEL_DAYS)) / scale,
            "surprise_hours": self.past.surprise_before(cutoff_s, lags.HOURS_S) / scale,
            "surprise_day": self.past.surprise_before(cutoff_s, DAY_S) / scale,
            **self.past.year_ago(at_s, cutoff_s, scale),
            **self._weather(at_s, when, alike),
        }
        matrix = np.stack([np.asarray(column, dtype=np.float32) for column in columns.values()], axis=1)
        return Rows(tuple(columns), matrix, base, scale)

    def _weather(self, at_s: Seconds, when: Seconds, alike: Flags) -> dict[str, Floats]:
        if self.temperature is None:
            return {}
        columns = thermal.features(self.temperature, at_s)
        return {**columns, **thermal.against(self.temperature, columns, when, alike)}


def cut_offs(at_s: Seconds, step_s: int, leads: tuple[timedelta, timedelta], draw: np.random.Generator) -> Seconds:
    """For each interval a cut-off drawn on the grid, such that lead (start less cut-off) is in `[low, high)`."""
    low, high = (round(lead.total_seconds()) // step_s for lead in leads)
    return at_s - step_s * draw.integers(low, max(low + 1, high), len(at_s))
