"""A weather-aware random forest: direct, with quantiles out of its leaves."""

import json
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import numpy as np
import pandas as pd

from forecasting.domain import drivers
from forecasting.domain.contract import QUANTILES, Driver, Forecaster, Known, NotEnoughHistory
from forecasting.domain.enhanced_forest import EnhancedForest
from forecasting.domain.features import MEMORY, Site, cut_offs
from forecasting.domain.forest import Growth
from forecasting.domain.grid import seconds
from forecasting.domain.series import days_known, last_start_s, step_of
from forecasting.domain.thermal import Climate
from twin_project.kit.params import param

_DAY = timedelta(days=1)
_NEAR, _FAR = (timedelta(0), _DAY), (_DAY, 8 * _DAY)
_WARM_UP = timedelta(days=7)  # rows before this would know next to nothing of the past
_MOST_ROWS = 120_000


class RandomForest(Forecaster):
    """Two forests: one for the next 24 hours, where yesterday is known, and one for the days after."""

    title = "Random forest"
    summary = "Calendar, holidays, weather and the load of the last days; bands out of the trees' leaves."
    min_history = timedelta(days=28)

    @dataclass(frozen=True)
    class Params:
        """How many trees, how fine, on how much history."""

        trees: int = param(100, "Trees", "More is steadier, slower and larger.", minimum=10, maximum=500)
        min_samples_leaf: int = param(5, "Readings in a leaf", "Fewer is finer and noisier.", minimum=2, maximum=200)
        history_days: int = param(
            1096, "History", "Older readings are not learned.", unit="days", minimum=28, maximum=3660
        )

    def _fit(self, load: "pd.Series[float]", known: Known) -> None:
        load = load[load.index >= load.index[-1] - timedelta(days=self.params.history_days)]
        if (have := days_known(load)) < self.min_history / _DAY:  # the rest is older than history_days
            raise NotEnoughHistory(self.title, have, self.min_history // _DAY)
        self._climate = _climate(load, known)
        site = Site.of(load, known, last_start_s(load) + 1, self._climate)
        self._near = self._grow(site, _NEAR, self.params.trees)
        self._far = self._grow(site, _FAR, max(10, self.params.trees * 3 // 5))

    def _grow(self, site: Site, leads: tuple[timedelta, timedelta], trees: int) -> EnhancedForest:
        grid = site.past.load
        draw = np.random.default_rng([self.seed, int(leads[0].total_seconds())])
        at = grid.start_s + np.flatnonzero(np.isfinite(grid.values)) * grid.step_s
        cut = cut_offs(at, grid.step_s, leads, draw)
        usable = np.flatnonzero(cut >= grid.start_s + _WARM_UP.total_seconds())
        chosen = np.sort(draw.permutation(usable)[:_MOST_ROWS])
        rows = site.rows(at[chosen], cut[chosen])
        self._names = rows.names
        growth = Growth(trees, self.params.min_samples_leaf, self.seed)
        load_kw = grid.values[grid.position(at[chosen])]
        return EnhancedForest.grown(rows, load_kw, site.calendar.wall.day(at[chosen]), growth)

    def _predict(self, load: "pd.Series[float]", known: Known, starts: pd.DatetimeIndex) -> pd.DataFrame:
        load = load[load.index >= load.index[-1] - MEMORY]
        at, step_s = seconds(starts), int(step_of(load).total_seconds())
        site = Site.of(load, known, int(at[-1]) + step_s, self._climate)
        rows = site.rows(at, np.full(len(at), site.past.load.end_s))
        near = at - site.past.load.end_s < _DAY.total_seconds()
        found = np.empty((len(at), len(QUANTILES)))
        for forest, mask in ((self._near, near), (self._far, ~near)):
            if mask.any():
                found[mask] = forest.quantiles(rows.where(mask))
        return pd.DataFrame(found, index=starts, columns=list(QUANTILES))

    def drivers(self) -> list[Driver]:
        """What the next day's forest splits on, by the error that its splits take away."""
        if not self.fitted:
            return []
        return [Driver(*pair) for pair in drivers.in_words(self._names, self._near.forest.importance)]

    def _save(self, folder: Path) -> None:
        self._near.save(folder, "near")
        self._far.save(folder, "far")
        learned = {"names": self._names, "climate": self._climate and self._climate.coefficients}
        (folder / "features.json").write_text(json.dumps(learned))

    def _restore(self, folder: Path) -> None:
        learned = json.loads((folder / "features.json").read_text())
        self._names = tuple(learned["names"])
        self._climate = Climate(tuple(learned["climate"])) if learned["climate"] else None
        self._near, self._far = EnhancedForest.load(folder, "near"), EnhancedForest.load(folder, "far")


def _climate(load: "pd.Series[float]", known: Known) -> Climate | None:
    """None where temperature covers less than half of the history: then the forest learns without it."""
    if known.weather is None or "temperature_c" not in known.weather:
        return None
    seen: pd.Series[float] = known.weather["temperature_c"].loc[load.index[0] : load.index[-1]].dropna()
    days = pd.DatetimeIndex(seen.index).floor("D").nunique()
    return Climate.fitted(seen) if 2 * days >= (load.index[-1] - load.index[0]) / _DAY else None
