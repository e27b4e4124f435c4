"""The contract suite catches those who break it."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from forecasting.domain import conformance
from forecasting.domain.contract import QUANTILES, Forecaster, Known
from forecasting.domain.errors import CannotLoad
from forecasting.domain.example import example
from forecasting.domain.quantiles import BadForecast


# ruff: noqa: ARG002 - a forecaster need not use all that it is given
class Honest(Forecaster):
    """A constant with a spread; those below break one promise each."""

    title, summary, min_history = "Honest", "A constant.", timedelta(days=2)

    def _fit(self, load: "pd.Series[float]", known: Known) -> None:
        self._mean = float(load.mean())

    def _predict(self, load: "pd.Series[float]", known: Known, starts: pd.DatetimeIndex) -> pd.DataFrame:
        values = np.tile(self._mean * (0.5 + np.array(QUANTILES)), (len(starts), 1))
        return pd.DataFrame(values, index=starts, columns=list(QUANTILES))

    def _save(self, folder: Path) -> None:
        (folder / "mean.txt").write_text(repr(self._mean))

    def _restore(self, folder: Path) -> None:
        self._mean = float((folder / "mean.txt").read_text())


class Random(Honest):
    def _predict(self, load: Any, known: Any, starts: Any) -> pd.DataFrame:
        return super()._predict(load, known, starts) + np.random.default_rng().normal()


class ReadsLaterWeather(Honest):
    def _predict(self, load: Any, known: Known, starts: Any) -> pd.DataFrame:
        assert known.weather is not None
        return super()._predict(load, known, starts) + float(known.weather["temperature_c"].mean())


class Remembers(Honest):
    asked = 0

    def _predict(self, load: Any, known: Any, starts: Any) -> pd.DataFrame:
        self.asked += 1
        return super()._predict(load, known, starts) + self.asked


class WritesIntoWeather(Honest):
    def _fit(self, load: Any, known: Any) -> None:
        super()._fit(load, known)
        known.weather.iloc[0] = 99.0


class ForgetsOnSaving(Honest):
    def _restore(self, folder: Path) -> None:
        self._mean = 1.0


class CrashesWithoutWeather(Honest):
    def _fit(self, load: Any, known: Any) -> None:
        super()._fit(load, known)
        known.weather.mean()


@pytest.mark.parametrize(
    ("cheat", "check"),
    [
        (Random, conformance.the_same_seed_gives_the_same_numbers),
        (ReadsLaterWeather, conformance.nothing_after_the_cutoff_changes_the_forecast),
        (Remembers, conformance.earlier_questions_leave_no_trace),
        (WritesIntoWeather, conformance.inputs_are_untouched),
        (ForgetsOnSaving, conformance.a_saved_one_answers_like_the_first),
        (CrashesWithoutWeather, conformance.weather_may_be_missing),
        (Honest, conformance.odd_loads_get_a_sane_band),  # its band of a constant load is not constant
    ],
)
def test_a_broken_promise_is_noticed(cheat: type[Forecaster], check: Callable[[Any], None]) -> None:
    with pytest.raises((AssertionError, AttributeError)):
        check(cheat)


def test_an_answer_with_a_hole_or_for_other_hours_never_gets_out() -> None:
    class Holed(Honest):
        def _predict(self, load: Any, known: Any, starts: Any) -> pd.DataFrame:
            answer = super()._predict(load, known, starts)
            answer.iloc[3] = np.nan
            return answer

    class Shifted(Honest):
        def _predict(self, load: Any, known: Any, starts: Any) -> pd.DataFrame:
            return super()._predict(load, known, starts + timedelta(hours=1))

    case = example()
    for broken in (Holed, Shifted):
        trained = broken().fit(case.load, case.known)
        with pytest.raises(BadForecast):
            trained.predict(case.load, case.known, case.starts)


def test_crossing_quantiles_are_put_in_order() -> None:
    class Crossing(Honest):
        def _predict(self, load: Any, known: Any, starts: Any) -> pd.DataFrame:
            return super()._predict(load, known, starts).iloc[:, ::-1].set_axis(list(QUANTILES), axis=1)

    case = example()
    answer = Crossing().fit(case.load, case.known).predict(case.load, case.known, case.starts)
    assert (np.diff(answer.to_numpy(), axis=1) >= 0).all()


def test_a_damaged_or_foreign_save_is_refused_with_a_sentence(tmp_path: Path) -> None:
    case = example()
    folder = tmp_path / "saved"
    Honest().fit(case.load, case.known).save(folder)
    (folder / "mean.txt").write_text("rubbish")
    with pytest.raises(CannotLoad, match="train it again"):
        Honest.load(folder)
    (folder / "forecaster.json").write_text('{"forecaster": "other", "format_version": 1}')
    with pytest.raises(CannotLoad, match="other format 1"):
        Honest.load(folder)
    with pytest.raises(CannotLoad, match="no saved forecaster"):
        Honest.load(tmp_path / "nowhere")
