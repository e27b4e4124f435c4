"""A weather-aware random forest: direct, with quantiles out of its leaves."""

import json
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from forecasting.domain import drivers
from forecasting.domain.balance import Balance
from forecasting.domain.calibrated import Answers, Calibrated
from forecasting.domain.contract import QUANTILES, Driver, Known
from forecasting.domain.corrected_line import RECENT_DAYS, CorrectedLine, Lessons
from forecasting.domain.enhanced_forest import EnhancedForest
from forecasting.domain.features import MEMORY, Site
from forecasting.domain.forest import Growth
from forecasting.domain.grid import DAY_S, seconds
from forecasting.domain.line_forecaster import LineForecaster, Taught
from forecasting.domain.load_line import Ground, recent_part
from forecasting.domain.quantiles import MEDIAN
from forecasting.domain.series import last_start_s, step_of
from forecasting.domain.thermal import Climate
from twin_project.kit.params import param

_DAY = timedelta(days=1)


class RandomForest(LineForecaster):
    """Two forests on one line: one for the next 24 hours, where yesterday is known, and one for the days after."""

    title = "Random forest"
    summary = "Calendar, holidays, weather and the load of the last days; bands out of the trees' leaves."
    min_history = timedelta(days=28)
    format_version = 3

    @dataclass(frozen=True)
    class Params:
        """How many trees, how fine, on how much history."""

        trees: int = param(100, "Trees", "More is steadier, slower and larger.", minimum=10, maximum=500)
        min_samples_leaf: int = param(5, "Readings in a leaf", "Fewer is finer and noisier.", minimum=2, maximum=200)
        history_days: int = param(
            1096, "History", "Older readings are not learned.", unit="days", minimum=28, maximum=3660
        )

    def _learn(self, taught: Taught) -> None:
        load, known, ground, climate, _, _, near, far = taught
        site = Site.of(load, known, last_start_s(load) + 1, climate)
        self._near = self._grow(site, near, self.params.trees)
        self._far = self._grow(site, far, max(10, self.params.trees * 3 // 5)) if far else self._near
        self._near_bands = _bands(ground, near)
        self._far_bands = _bands(ground, far) if far else self._near_bands

    def _grow(self, site: Site, lessons: Lessons, trees: int) -> EnhancedForest:
        rows = site.rows(lessons.at_s, lessons.cut_s)
        self._names = (*rows.names, "line")
        growth = Growth(trees, self.params.min_samples_leaf, self.seed)
        day = site.calendar.wall.day(lessons.at_s)
        return EnhancedForest.grown(rows, lessons.said_kw, lessons.actual_kw, day, growth)

    def _predict(self, load: "pd.Series[float]", known: Known, starts: pd.DatetimeIndex) -> pd.DataFrame:
        load = load[load.index >= load.index[-1] - MEMORY]
        at, ends = seconds(starts), int(seconds(starts)[-1]) + int(step_of(load).total_seconds())
        ground = Ground.of(recent_part(load, RECENT_DAYS), known, ends, self._climate, self._balance)
        site = Site.of(load, known, ends, self._climate)
        rows = site.rows(at, np.full(len(at), site.past.load.end_s))
        said = self._line.said(ground, at)[1]
        near = at - site.past.load.end_s < DAY_S
        found = np.empty((len(at), len(QUANTILES)))
        for forest, bands, mask in ((self._near, self._near_bands, near), (self._far, self._far_bands, ~near)):
            if mask.any():
                band = forest.quantiles(rows.where(mask), said[mask])
                middle, wider = band[:, [QUANTILES.index(MEDIAN)]], bands.stretch(ground, at[mask], known.ahead)
                found[mask] = middle + wider[:, None] * (band - middle)
        return pd.DataFrame(found, index=starts, columns=list(QUANTILES))

    def drivers(self) -> list[Driver]:
        """What the next day's forest splits on, by the error that its splits take away."""
        if not self.fitted:
            return []
        return [Driver(*pair) for pair in drivers.in_words(self._names, self._near.forest.importance)]

    def _save(self, folder: Path) -> None:
        self._line.save(folder)
        self._near.save(folder, "near")
        self._far.save(folder, "far")
        climate = self._climate and self._climate.coefficients
        learned: dict[str, Any] = {"names": self._names, "climate": climate, "balance": list(self._balance)}
        learned |= {"near": self._near_bands.told(), "far": self._far_bands.told()}
        (folder / "features.json").write_text(json.dumps(learned))

    def _restore(self, folder: Path) -> None:
        learned = json.loads((folder / "features.json").read_text())
        self._names = tuple(learned["names"])
        self._climate = Climate(tuple(learned["climate"])) if learned["climate"] else None
        self._balance = Balance(*learned["balance"])
        self._line = CorrectedLine.load(folder)
        self._near_bands, self._far_bands = Calibrated.of(learned["near"]), Calibrated.of(learned["far"])
        self._near, self._far = EnhancedForest.load(folder, "near"), EnhancedForest.load(folder, "far")


def _bands(ground: Ground, lessons: Lessons) -> Calibrated:
    """How wrong the line is with the weather known and with it persisted: the trees' own bands know only the first."""
    told = (lessons.at_s, lessons.cut_s, lessons.actual_kw, lessons.said_kw, lessons.persisted_kw)
    return Calibrated.fitted(ground, Answers(*told))
