"""What the meter did at this time a week before, with bands from how wrong that used to be."""

import json
from datetime import timedelta
from pathlib import Path

import numpy as np
import pandas as pd

from forecasting.domain import lags
from forecasting.domain.contract import QUANTILES, Forecaster, Known
from forecasting.domain.features import MEMORY
from forecasting.domain.grid import DAY_S, Floats, Grid, Seconds, seconds
from forecasting.domain.lags import Past
from forecasting.domain.local_calendar import LocalCalendar
from forecasting.domain.quantiles import MEDIAN
from forecasting.domain.series import step_of
from forecasting.domain.wall_time import WallTime

_LEAST = 20  # residuals below which an hour borrows those of the whole day


class SeasonalNaive(Forecaster):
    """The bar that every other forecaster has to clear. Its median is the naive value itself."""

    title = "Same time last week"
    summary = "The load of the same weekday and time a week before; needs eight days and no weather."
    min_history = timedelta(days=8)
    context = timedelta(days=60)

    def _fit(self, load: "pd.Series[float]", known: Known) -> None:
        past = _past(load, known)
        at = past.load.start_s + np.arange(len(load), dtype=np.int64) * past.load.step_s
        at = at[np.isfinite(past.load.values) & (at >= at[0] + 7 * DAY_S)]
        wrong = past.load.values[past.load.position(at)] - _naive(past, at, at)
        hour = _hour(past, at)
        whole = _spread(wrong)
        by_hour = [wrong[hour == number] for number in range(24)]
        self._residuals = np.array([_spread(some) if len(some) >= _LEAST else whole for some in by_hour])

    def _predict(self, load: "pd.Series[float]", known: Known, starts: pd.DatetimeIndex) -> pd.DataFrame:
        past = _past(load[load.index >= load.index[-1] - MEMORY], known)
        at = seconds(starts)
        value = _naive(past, at, np.full(len(at), past.load.end_s))
        return pd.DataFrame(value[:, None] + self._residuals[_hour(past, at)], index=starts, columns=list(QUANTILES))

    def _save(self, folder: Path) -> None:
        (folder / "residuals.json").write_text(json.dumps(self._residuals.tolist()))

    def _restore(self, folder: Path) -> None:
        self._residuals = np.array(json.loads((folder / "residuals.json").read_text())).reshape(24, len(QUANTILES))


def _past(load: "pd.Series[float]", known: Known) -> Past:
    grid = Grid.of(load, int(step_of(load).total_seconds()))
    wall = WallTime.over(known.zone, grid.start_s - 40 * DAY_S, grid.end_s + 15 * DAY_S)
    return Past.of(grid, LocalCalendar.of(wall, known.holidays))


def _hour(past: Past, at_s: Seconds) -> Seconds:
    return past.calendar.wall.local(at_s) % DAY_S // 3600


def _naive(past: Past, at_s: Seconds, cutoff_s: Seconds) -> Floats:
    """A week before; where that is missing the latest same time of day, else the level of the last week."""
    when, values = past.same_time(at_s, cutoff_s)
    day, then = past.calendar.wall.day(at_s), past.calendar.wall.day(when)
    week = lags.mean_where(values, lags.first_known(values, (day[:, None] - then) % 7 == 0, 1))
    latest = lags.mean_where(values, lags.first_known(values, np.ones(values.shape, dtype=bool), 1))
    return lags.first_finite(week, latest, past.level(cutoff_s, 7), past.level(cutoff_s, 28), np.zeros(len(at_s)))


def _spread(wrong: Floats) -> Floats:
    """Quantiles of the errors, moved so that the median stays the naive value."""
    if not len(wrong):
        return np.zeros(len(QUANTILES))
    found = np.quantile(wrong, QUANTILES)
    below = np.array(QUANTILES) < MEDIAN
    found = np.where(below, np.minimum(found, 0.0), np.maximum(found, 0.0))
    found[QUANTILES.index(MEDIAN)] = 0.0
    return np.asarray(found)
