"""Boosted trees and a Gaussian process on the line of calendar by temperature: the line extrapolates, they bend it."""

import json
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import numpy as np
import pandas as pd

from forecasting.domain import drivers
from forecasting.domain.balance import Balance
from forecasting.domain.boosted_line import NAMES, BoostedLine, Grove, Sight
from forecasting.domain.boosting import Growth
from forecasting.domain.contract import QUANTILES, Driver, Known
from forecasting.domain.corrected_line import RECENT_DAYS, CorrectedLine, Lessons
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
    format_version = 3

    @dataclass(frozen=True)
    class Params:
        """How many trees, how fine, on how much history."""

        trees: int = param(160, "Trees", "More is finer and slower.", minimum=10, maximum=2000)
        leaves: int = param(31, "Leaves of a tree", "Fewer is coarser.", minimum=3, maximum=255)
        history_days: int = param(
            1096, "History", "Older readings are not learned.", unit="days", minimum=28, maximum=3660
        )

    def _learn(self, taught: Taught) -> None:
        load, known, ground, climate, _, usual, near, far = taught
        site = Site.of(load, known, last_start_s(load) + 1, climate)
        self._names = (*site.rows(near.at_s[:1], near.cut_s[:1]).names, *NAMES)
        growth = Growth(self.params.trees, self.params.leaves, self.seed)

        def learned(lessons: Lessons, grove: Grove | None, growth: Growth) -> BoostedLine:
            sight = Sight.of(ground, site, View(lessons.direct_kw, lessons.said_kw, lessons.news_kw), lessons)
            grove = grove or Grove.grown(ground, lessons, sight, growth)
            return BoostedLine.fitted(ground, site, lessons, sight, grove, seed=growth.seed)

        self._near = self._far = learned(near, None, growth)
        self._usual = learned(usual, self._near.grove, growth)
        if far is not None:
            fewer = growth._replace(trees=max(10, int(_FAR_TREES * growth.trees)))
            self._far = learned(far, None, fewer)

    def _predict(self, load: "pd.Series[float]", known: Known, starts: pd.DatetimeIndex) -> pd.DataFrame:
        at, ends = seconds(starts), int(seconds(starts)[-1]) + int(step_of(load).total_seconds())
        ground = Ground.of(recent_part(load, RECENT_DAYS), known, ends, self._climate, self._balance)
        site = Site.of(load.loc[load.index >= load.index[-1] - MEMORY], known, ends, self._climate)
        rows, view = site.rows(at, np.full(len(at), ground.load.end_s)), View(*self._line.said(ground, at))
        found = np.empty((len(at), len(QUANTILES)))
        near = at - ground.load.end_s < DAY_S
        soon = self._usual if self._line.is_usual(ground) else self._near
        for boosted, some in ((soon, near), (self._far, ~near)):
            if some.any():
                seen = View(*(column[some] for column in view))
                found[some] = boosted.quantiles(ground, rows.where(some), seen, at[some], known.ahead)
        return pd.DataFrame(found, index=starts, columns=list(QUANTILES))

    def drivers(self) -> list[Driver]:
        """What the next day's trees split on, by how often."""
        if not self.fitted:
            return []
        counts = self._near.grove.bent.importance(len(self._names))[: len(self._names)]
        return [Driver(*pair) for pair in drivers.in_words(self._names, counts)]

    def _save(self, folder: Path) -> None:
        self._line.save(folder)
        for name, boosted in (("usual", self._usual), ("near", self._near), ("far", self._far)):
            boosted.save(folder, name)
        self._near.grove.save(folder, "near")
        self._far.grove.save(folder, "far")
        told = {
            "names": self._names,
            "climate": self._climate and self._climate.coefficients,
            "balance": list(self._balance),
        }
        (folder / "learned.json").write_text(json.dumps(told))

    def _restore(self, folder: Path) -> None:
        told = json.loads((folder / "learned.json").read_text())
        self._names = tuple(told["names"])
        self._climate = Climate(tuple(told["climate"])) if told["climate"] else None
        self._balance = Balance(*told["balance"])
        self._line = CorrectedLine.load(folder)
        near, far = Grove.load(folder, "near"), Grove.load(folder, "far")
        self._usual, self._near = (BoostedLine.load(folder, name, near) for name in ("usual", "near"))
        self._far = BoostedLine.load(folder, "far", far)
