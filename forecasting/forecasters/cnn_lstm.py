"""A network that learned on many other meters: works on a week of readings, and tunes itself to the meter's own."""

import json
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Self

import numpy as np
import pandas as pd

from forecasting.domain.contract import QUANTILES, CannotLoad, Driver, Forecaster, Known, Request
from forecasting.domain.network import answering, calibration, reasons, tuning, weights
from forecasting.domain.network.answering import Fitted
from forecasting.domain.network.hours import SHAPE_DAYS
from forecasting.domain.network.machine import machine
from twin_project.kit.params import param

FOLDER = Path(__file__).resolve().parents[1] / "artifacts" / "cnn_lstm"


class CnnLstm(Forecaster):
    """Convolutions and an LSTM over the last week, with calendar and temperature; docs/network.md has its card."""

    title = "Pre-trained network"
    summary = "Learned on many other meters; needs a day of readings, is good from a week on, tunes itself to yours."
    min_history = timedelta(days=1)
    format_version = 2
    pretrained = True
    context = timedelta(days=SHAPE_DAYS + 2)

    @dataclass(frozen=True)
    class Params:
        """How far it is fitted to the meter."""

        calibrate: bool = param(True, "Calibrate", "Moves the bands to where they would have held in the last weeks.")
        fine_tune_steps: int = param(
            0, "Fine-tuning", "How long it learns on this meter's own year.", unit="steps", minimum=0, maximum=500
        )

    def _fit(self, load: "pd.Series[float]", known: Known) -> None:
        shipped = machine(FOLDER)
        own: tuning.Own | None = None
        past = answering.days_before(load, known, tuning.DAYS if self.params.fine_tune_steps else calibration.DAYS)
        if self.params.fine_tune_steps and len(past) >= tuning.LEAST_DAYS + calibration.DAYS:
            taught = past[: -calibration.DAYS]  # the days that calibrate must not have been learned
            own = tuning.tuned(shipped, *answering.lesson(taught, load), self.params.fine_tune_steps, self.seed)
        self._fitted = Fitted(shipped, own, calibration.NOTHING)
        late = past[-calibration.DAYS :]
        frames = self._predict_many(late) if late else []
        self._drivers = reasons.drivers(late, frames, self._predict_many)
        if self.params.calibrate and len(late) >= calibration.LEAST_DAYS:
            self._fitted = Fitted(shipped, own, calibration.shifts(frames, load))

    def drivers(self) -> list[Driver]:
        """How much its answers about the meter's last weeks move when one thing is hidden from it."""
        return self._drivers

    def _predict(self, load: "pd.Series[float]", known: Known, starts: pd.DatetimeIndex) -> pd.DataFrame:
        return self._predict_many([Request(load, known, starts)])[0]

    def _predict_many(self, requests: list[Request]) -> list[pd.DataFrame]:
        return answering.answers([(self._fitted, request) for request in requests])

    @classmethod
    def _predict_each(cls, trained: list[Self], requests: list[Request]) -> list[pd.DataFrame]:
        return answering.answers([(one._fitted, request) for one, request in zip(trained, requests, strict=True)])

    def _save(self, folder: Path) -> None:
        learned = {
            "shifts": self._fitted.shifts.tolist(),
            "drivers": self._drivers,
            "network": weights.read_card(FOLDER)["sha256"],
        }
        (folder / "calibration.json").write_text(json.dumps(learned))
        if self._fitted.own is not None:
            self._fitted.own.save(folder)

    def _restore(self, folder: Path) -> None:
        learned = json.loads((folder / "calibration.json").read_text())
        if learned["network"] != weights.read_card(FOLDER)["sha256"]:
            raise CannotLoad("The network was trained anew since it was calibrated on this meter; train it again.")
        self._drivers = [Driver(*pair) for pair in learned["drivers"]]
        shifts = np.array(learned["shifts"]).reshape(len(QUANTILES))
        self._fitted = Fitted(machine(FOLDER), tuning.Own.read(folder), shifts)
