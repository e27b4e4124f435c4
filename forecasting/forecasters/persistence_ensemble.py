"""The mean of the same hour over the last seven days: the bar of the BuildingsBench comparison.

Emami et al. 2023 (arXiv 2307.00142). A surprisingly hard one on buildings, and it needs a week of readings only.
"""

import json
from datetime import timedelta
from pathlib import Path

import numpy as np
import pandas as pd

from forecasting.domain import lags
from forecasting.domain.contract import QUANTILES, Forecaster, Known, Request
from forecasting.domain.grid import DAY_S, Floats, Grid, Seconds, seconds
from forecasting.domain.quantiles import with_mean
from forecasting.domain.series import step_of
from forecasting.domain.wall_time import WallTime, usual_clock

DAYS = 7
_MEMORY = timedelta(days=16)  # days that are missing are replaced by earlier ones, to this age
# Quantiles of (load - mean) / spread over 86 university buildings and 222 households, the shape of a meter with
# less than four weeks of its own; see `_spread`.
_USUAL = np.array((-1.31, -0.98, -0.60, -0.36, -0.19, -0.05, 0.09, 0.27, 0.55, 1.04, 1.61))
_OWN_AFTER = 21  # days of errors
_FLOOR = 0.03  # of the level: the least spread


class PersistenceEnsemble(Forecaster):
    """Its mean is the mean of the days exactly; the spread of the days gives the band, past errors its shape."""

    title = "Mean of the last seven days"
    summary = "The same time of day over the last week, averaged; bands from how much those days differ."
    min_history = timedelta(days=7)
    context = _MEMORY

    def _fit(self, load: "pd.Series[float]", known: Known) -> None:
        grid = Grid.of(load, int(step_of(load).total_seconds()))
        at = grid.start_s + np.arange(len(load), dtype=np.int64) * grid.step_s
        at = at[np.isfinite(grid.values) & (at >= at[0] + DAYS * DAY_S)][-365 * DAY_S // grid.step_s :]
        self._shape = _USUAL
        if len(at) * grid.step_s >= _OWN_AFTER * DAY_S:
            # Each reading is asked at its own midnight's distance: a day ahead.
            mean, spread = _days(grid, usual_clock(known.zone), at, at - at % DAY_S)
            wrong = (grid.values[grid.position(at)] - mean) / np.where(spread > 0, spread, 1.0)
            self._shape = np.quantile(wrong, QUANTILES)

    def _predict(self, load: "pd.Series[float]", known: Known, starts: pd.DatetimeIndex) -> pd.DataFrame:
        return self._predict_many([Request(load, known, starts)])[0]

    def _predict_many(self, requests: list[Request]) -> list[pd.DataFrame]:
        told = [_asked(request) for request in requests]
        mean, spread = (np.concatenate(parts) for parts in zip(*told, strict=True))
        floor = 0.0 if self._never_negative else None
        values = with_mean(mean[:, None] + spread[:, None] * self._shape, mean, floor)
        ends = np.cumsum([len(request.starts) for request in requests])[:-1]
        return [
            pd.DataFrame(part, index=request.starts, columns=list(QUANTILES))
            for part, request in zip(np.split(values, ends), requests, strict=True)
        ]

    def _save(self, folder: Path) -> None:
        (folder / "shape.json").write_text(json.dumps(self._shape.tolist()))

    def _restore(self, folder: Path) -> None:
        self._shape = np.array(json.loads((folder / "shape.json").read_text())).reshape(len(QUANTILES))


def _asked(request: Request) -> tuple[Floats, Floats]:
    load = request.load.iloc[-int(_MEMORY / step_of(request.load)) :]
    grid, at = Grid.of(load, int(step_of(load).total_seconds())), seconds(request.starts)
    return _days(grid, usual_clock(request.known.zone), at, np.full(len(at), grid.end_s))


def _days(grid: Grid, wall: WallTime, at_s: Seconds, cutoff_s: Seconds) -> tuple[Floats, Floats]:
    """Mean and spread at the same wall time over the last days known at the cut-off."""
    ahead = np.maximum(1, -(-(at_s + grid.step_s - cutoff_s) // DAY_S))
    back = ahead[:, None] + np.arange(2 * DAYS + 1, dtype=np.int64)[None, :]
    values = grid.at(wall.days_before(at_s[:, None], back), cutoff_s[:, None])
    use = lags.first_known(values, np.ones(values.shape, dtype=bool), DAYS)
    level = float(np.nanmean(np.abs(grid.values)))
    mean = lags.first_finite(lags.mean_where(values, use), np.full(len(at_s), float(np.nanmean(grid.values))))
    own = lags.mean_where((values - mean[:, None]) ** 2, use)
    whole = np.nanmean(own) if np.isfinite(own).any() else 0.0
    # Seven days tell an hour's own spread badly, so half of it is that of all hours asked for.
    spread = (np.sqrt(np.where(np.isfinite(own), own, whole)) + np.sqrt(whole)) / 2
    return mean, np.where(spread > 0, spread + _FLOOR * level, 0.0)
