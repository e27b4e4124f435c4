"""A linear model of calendar by temperature with thermal memory, put right by its own recent errors."""

import json
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import numpy as np
import pandas as pd

from forecasting.domain.balance import Balance
from forecasting.domain.calibrated import Answers, Calibrated
from forecasting.domain.contract import QUANTILES, Known
from forecasting.domain.corrected_line import RECENT_DAYS, CorrectedLine, Lessons
from forecasting.domain.grid import DAY_S, seconds
from forecasting.domain.line_forecaster import LineForecaster, Taught
from forecasting.domain.load_line import Ground, recent_part
from forecasting.domain.series import step_of
from forecasting.domain.thermal import Climate
from twin_project.kit.params import param


class LoadTemperature(LineForecaster):
    """It extrapolates: a heatwave beyond all that was seen raises the answer further along the learned slope."""

    title = "Load by calendar and temperature"
    summary = "A line for each hour over calendar, daylight and remembered warmth; follows heat beyond any seen."
    min_history = timedelta(days=28)
    format_version = 2

    @dataclass(frozen=True)
    class Params:
        """Which past is used."""

        recent: bool = param(True, "Recent errors", "Without them only calendar and temperature count (what if?).")
        history_days: int = param(
            1096, "History", "Older readings are not learned.", unit="days", minimum=28, maximum=3660
        )

    def _learn(self, taught: Taught) -> None:
        self._near = Calibrated.fitted(taught.ground, self._answers(taught.near))
        self._far = Calibrated.fitted(taught.ground, self._answers(taught.far)) if taught.far else self._near

    def _answers(self, lessons: Lessons) -> Answers:
        known, persisted = lessons.said_kw, lessons.persisted_kw
        if not self.params.recent:
            known, persisted = lessons.direct_kw, lessons.persisted_direct_kw
        return Answers(lessons.at_s, lessons.cut_s, lessons.actual_kw, known, persisted)

    def _predict(self, load: "pd.Series[float]", known: Known, starts: pd.DatetimeIndex) -> pd.DataFrame:
        load, at = recent_part(load, RECENT_DAYS), seconds(starts)
        ground = Ground.of(load, known, int(at[-1]) + int(step_of(load).total_seconds()), self._climate, self._balance)
        direct, corrected, _ = self._line.said(ground, at)
        point = corrected if self.params.recent else direct
        found = np.empty((len(at), len(QUANTILES)))
        near = at - ground.load.end_s < DAY_S
        for bands, rows in ((self._near, near), (self._far, ~near)):
            if rows.any():
                found[rows] = bands.quantiles(ground, at[rows], known.ahead, point[rows])
        return pd.DataFrame(found, index=starts, columns=list(QUANTILES))

    def _save(self, folder: Path) -> None:
        self._line.save(folder)
        told = {
            "climate": self._climate and self._climate.coefficients,
            "balance": list(self._balance),
            "near": self._near.told(),
            "far": self._far.told(),
        }
        (folder / "learned.json").write_text(json.dumps(told))

    def _restore(self, folder: Path) -> None:
        told = json.loads((folder / "learned.json").read_text())
        self._climate = Climate(tuple(told["climate"])) if told["climate"] else None
        self._balance = Balance(*told["balance"])
        self._near, self._far = Calibrated.of(told["near"]), Calibrated.of(told["far"])
        self._line = CorrectedLine.load(folder)
