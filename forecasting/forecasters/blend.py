"""A weighted mean of the trained forecasters, weighted by how they did on past origins they had not seen."""

import json
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import numpy as np
import pandas as pd

from forecasting.domain.blending import Blending, learned
from forecasting.domain.contract import QUANTILES, Driver, Forecaster, Known
from forecasting.domain.grid import Floats
from forecasting.domain.known import as_known_at
from forecasting.domain.line_forecaster import Classroom, LineForecaster
from forecasting.domain.load_line import recent_part
from forecasting.domain.series import step_of
from forecasting.forecasters.gradient_boosting import GradientBoosting
from forecasting.forecasters.load_temperature import LoadTemperature
from forecasting.forecasters.random_forest import RandomForest
from twin_project.kit.params import param

_DAY = timedelta(days=1)
_ORIGIN_STRIDE = timedelta(hours=31)  # origins wander through the hours of the day


class Blend(Forecaster):
    """What one member gets wrong another often gets right; two of three follow heat beyond any seen."""

    title = "Blend"
    summary = "Line, boosted trees and forest together, each weighted by its last weeks; trained twice, so slow."
    min_history = timedelta(days=35)
    format_version = 2

    @dataclass(frozen=True)
    class Params:
        """How the members are judged."""

        trees: int = param(160, "Trees", "Of the boosted trees; the forest has five eighths.", minimum=16, maximum=800)
        judged_days: int = param(
            28, "Days to judge by", "The last days, not learned.", unit="days", minimum=7, maximum=90
        )
        history_days: int = param(
            1096, "History", "Older readings are not learned.", unit="days", minimum=35, maximum=3660
        )

    def _members(self, share: float) -> list[LineForecaster]:
        days, trees = self.params.history_days, max(10, int(self.params.trees * share))
        return [
            LoadTemperature(LoadTemperature.Params(history_days=days), seed=self.seed),
            GradientBoosting(GradientBoosting.Params(trees=trees, history_days=days), seed=self.seed),
            RandomForest(RandomForest.Params(trees=max(10, trees * 5 // 8), history_days=days), seed=self.seed),
        ]

    def _fit(self, load: "pd.Series[float]", known: Known) -> None:
        load = recent_part(load, self.params.history_days)
        self._blending = self._judged(load, known)
        room = Classroom()
        self._trained = [member.fit_in(room, load, known) for member in self._members(1.0)]

    def _judged(self, load: "pd.Series[float]", known: Known) -> Blending:
        """Weights from the last days, by members (of half the trees) that end before them."""
        span = (load.index[-1] - load.index[0]) / _DAY
        days = int(min(self.params.judged_days, span / 4))
        first, step = load.index[-1] - days * _DAY, step_of(load)
        before = load.loc[load.index < first]
        room, known_then = Classroom(far=False), as_known_at(known, first, first, "actual")
        members = [member.fit_in(room, before, known_then) for member in self._members(0.5)]
        frames: list[list[Floats]] = [[] for _ in members]
        actual: list[Floats] = []
        stride = max(step, _ORIGIN_STRIDE // step * step)
        for origin in pd.date_range(first, load.index[-1], freq=stride):
            seen = load.loc[load.index < origin]
            starts = pd.date_range(origin, min(origin + _DAY, load.index[-1] + step), freq=step, inclusive="left")
            if seen.dropna().empty or not len(starts):
                continue
            then = as_known_at(known, origin, starts[-1] + step, "actual")
            for own, member in zip(frames, members, strict=True):
                own.append(member.predict(seen, then, starts).to_numpy())
            actual.append(load.reindex(starts).to_numpy())
        return learned([np.concatenate(own) for own in frames], np.concatenate(actual), days)

    def _predict(self, load: "pd.Series[float]", known: Known, starts: pd.DatetimeIndex) -> pd.DataFrame:
        frames = [member.predict(load, known, starts).to_numpy() for member in self._trained]
        return pd.DataFrame(self._blending.blended(frames), index=starts, columns=list(QUANTILES))

    def drivers(self) -> list[Driver]:
        """The weights of the members."""
        if not self.fitted:
            return []
        pairs = zip(self._trained, self._blending.weights, strict=True)
        shares = [Driver(f"the forecast of \u201c{member.title}\u201d", weight) for member, weight in pairs]
        return sorted(shares, key=lambda driver: -driver.share)

    def _save(self, folder: Path) -> None:
        for member in self._trained:
            member.save(folder / member.key)
        told = {"weights": self._blending.weights, "width": self._blending.width}
        (folder / "blending.json").write_text(json.dumps(told))

    def _restore(self, folder: Path) -> None:
        told = json.loads((folder / "blending.json").read_text())
        self._blending = Blending(tuple(told["weights"]), told["width"])
        self._trained = [type(member).load(folder / member.key) for member in self._members(1.0)]
