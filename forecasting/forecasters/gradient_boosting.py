"""Boosted trees and a Gaussian process on the line of calendar by temperature: the line extrapolates, they bend it."""

import json
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import numpy as np
import pandas as pd

from forecasting.domain import drivers
from forecasting.domain.balance import Balance
from forecasting.domain.boosted_line import NAMES, BoostedLine
from forecasting.domain.boosting import Growth
from forecasting.domain.calibrated import Calibrated
from forecasting.domain.contract import QUANTILES, Driver, Known
from forecasting.domain.corrected_line import RECENT_DAYS, CorrectedLine
from forecasting.domain.features import MEMORY, Site
from forecasting.domain.grid import DAY_S, seconds
from forecasting.domain.line_forecaster import LineForecaster, Taught
from forecasting.domain.load_line import Ground, recent_part
from forecasting.domain.series import last_start_s, step_of
from forecasting.domain.smooth_line import View
from forecasting.domain.thermal import Climate
from twin_project.kit.params import param

_FAR_TREES = 0.25  # of the trees: what lies days ahead has less to be learned of


class GradientBoosting(LineForecaster):
    """Two ranges of leads, the next day and the days after; bands from errors on weeks that were left out."""

    title = "Gradient boosting"
    summary = "Boosted trees and a smooth process over calendar, weather and recent load, on a line that follows heat."
    min_history = timedelta(days=28)
    format_version = 2

    @dataclass(frozen=True)
    class Params:
        """How many trees, how fine, on how much history."""

        trees: int = param(160, "Trees", "More is finer and slower.", minimum=10, maximum=2000)
        leaves: int = param(31, "Leaves of a tree", "Fewer is coarser.", minimum=3, maximum=255)
        history_days: int = param(
            1096, "History", "Older readings are not learned.", unit="days", minimum=28, maximum=3660
        )

    def _learn(self, taught: Taught) -> None:
        load, known, ground, climate, _, near, far = taught
        site = Site.of(load, known, last_start_s(load) + 1, climate)
        self._names = (*site.rows(near.at_s[:1], near.cut_s[:1]).names, *NAMES)
        growth = Growth(self.params.trees, self.params.leaves, self.seed)
        self._near, answers = BoostedLine.grown(ground, site, near, growth)
        self._near_bands = Calibrated.fitted(ground, answers)
        self._far, self._far_bands = self._near, self._near_bands
        if far is not None:
            fewer = growth._replace(trees=max(10, int(_FAR_TREES * growth.trees)))
            self._far, answers = BoostedLine.grown(ground, site, far, fewer)
            self._far_bands = Calibrated.fitted(ground, answers)

    def _predict(self, load: "pd.Series[float]", known: Known, starts: pd.DatetimeIndex) -> pd.DataFrame:
        at, ends = seconds(starts), int(seconds(starts)[-1]) + int(step_of(load).total_seconds())
        ground = Ground.of(recent_part(load, RECENT_DAYS), known, ends, self._climate, self._balance)
        site = Site.of(load.loc[load.index >= load.index[-1] - MEMORY], known, ends, self._climate)
        rows, view = site.rows(at, np.full(len(at), ground.load.end_s)), View(*self._line.said(ground, at))
        found = np.empty((len(at), len(QUANTILES)))
        near = at - ground.load.end_s < DAY_S
        for trees, bands, some in ((self._near, self._near_bands, near), (self._far, self._far_bands, ~near)):
            if some.any():
                point = trees.said(ground, rows.where(some), View(*(column[some] for column in view)), at[some])
                found[some] = bands.quantiles(ground, at[some], known.ahead, point)
        return pd.DataFrame(found, index=starts, columns=list(QUANTILES))

    def drivers(self) -> list[Driver]:
        """What the next day's trees split on, by how often."""
        if not self.fitted:
            return []
        counts = self._near.bent.importance(len(self._names))[: len(self._names)]
        return [Driver(*pair) for pair in drivers.in_words(self._names, counts)]

    def _save(self, folder: Path) -> None:
        self._line.save(folder)
        self._near.save(folder, "near")
        self._far.save(folder, "far")
        told = {
            "names": self._names,
            "climate": self._climate and self._climate.coefficients,
            "balance": list(self._balance),
            "near": self._near_bands.told(),
            "far": self._far_bands.told(),
        }
        (folder / "learned.json").write_text(json.dumps(told))

    def _restore(self, folder: Path) -> None:
        told = json.loads((folder / "learned.json").read_text())
        self._names = tuple(told["names"])
        self._climate = Climate(tuple(told["climate"])) if told["climate"] else None
        self._balance = Balance(*told["balance"])
        self._near_bands, self._far_bands = Calibrated.of(told["near"]), Calibrated.of(told["far"])
        self._line = CorrectedLine.load(folder)
        self._near, self._far = (BoostedLine.load(folder, name) for name in ("near", "far"))
