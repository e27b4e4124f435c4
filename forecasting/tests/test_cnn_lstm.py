"""The pre-trained network as a forecaster; the contract itself is held in tests/contracts."""

from datetime import timedelta
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from forecasting.domain.contract import QUANTILES, CannotLoad, Known, Request
from forecasting.domain.errors import BadSeries
from forecasting.domain.example import DAY, Example, example
from forecasting.domain.network import calibration, weights
from forecasting.domain.network.machine import machine
from forecasting.forecasters import cnn_lstm
from forecasting.forecasters.cnn_lstm import CnnLstm


def _mae(trained: CnnLstm, case: Example, came: "pd.Series[float]") -> float:
    return float((trained.predict(case.load, case.known, case.starts)[0.5] - came).abs().mean())


@pytest.fixture(scope="module")
def fitted() -> CnnLstm:
    case = example()
    return CnnLstm().fit(case.load, case.known)


def test_with_a_week_it_knows_the_working_day_of_a_meter_it_never_saw() -> None:
    whole = example(days=8)
    case = whole.earlier(24, 24)  # a Monday: the day before was a day off
    came = whole.load.reindex(case.starts)
    trained = CnnLstm().fit(case.load, case.known)
    mean = float(case.load.mean())
    assert _mae(trained, case, came) < 0.6 * float((came - mean).abs().mean())


def test_three_days_are_enough_to_answer_and_less_than_one_is_not() -> None:
    short = example(days=3)
    answer = CnnLstm().fit(short.load, short.known).predict(short.load, short.known, short.starts)
    assert np.isfinite(answer.to_numpy()).all()
    with pytest.raises(BadSeries, match="fewer than two readings"):
        CnnLstm().fit(short.load.iloc[:1], short.known)


def test_meters_of_many_zones_asked_at_once_are_answered_as_one_by_one(fitted: CnnLstm) -> None:
    zones = ("Europe/Paris", "Asia/Kolkata", "Australia/Sydney", "America/New_York")
    cases = [example(zone=zone, until=f"2010-0{month}-11", ahead=3 * DAY) for month, zone in enumerate(zones, start=3)]
    requests = [Request(case.load, case.known, case.starts) for case in cases]
    for request, answer in zip(requests, fitted.predict_many(requests), strict=True):
        pd.testing.assert_frame_equal(answer, fitted.predict(*request), rtol=1e-4)


def test_it_reads_the_last_week_and_nothing_older_once_it_is_fitted(fitted: CnnLstm) -> None:
    case = example()
    older = case.load.copy()
    older.iloc[: -7 * 24] = 77.0
    pd.testing.assert_frame_equal(
        fitted.predict(older, case.known, case.starts), fitted.predict(case.load, case.known, case.starts)
    )


def test_five_minutes_and_days_are_answered_in_their_own_interval() -> None:
    for step, days, count in ((timedelta(minutes=5), 9, 288), (DAY, 60, 1)):
        case = example(step=step, days=days)
        answer = CnnLstm().fit(case.load, case.known).predict(case.load, case.known, case.starts)
        assert len(answer) == count
        assert 0.3 * case.load.mean() < answer[0.5].mean() < 2 * case.load.mean()


def test_calibration_widens_bands_that_did_not_hold() -> None:
    index = pd.date_range("2020-01-01", periods=24 * 40, freq="h", tz="UTC")
    load = pd.Series(np.random.default_rng(0).normal(10, 2, len(index)), index=index)
    narrow = 10 + np.linspace(-0.5, 0.5, len(QUANTILES))
    frames = [pd.DataFrame([narrow] * 24, index=index[k : k + 24], columns=list(QUANTILES)) for k in range(0, 960, 24)]
    by = calibration.shifts(frames, load)
    assert by[0] < 0 < by[-1]
    wide = calibration.moved(np.array([narrow]), by)
    assert np.ptp(wide) > np.ptp(narrow)
    np.testing.assert_array_equal(calibration.shifts(frames[:3], load), calibration.NOTHING)


def test_it_says_what_moves_its_answers_and_nothing_that_it_is_not_told(fitted: CnnLstm) -> None:
    told = dict(fitted.drivers())
    assert sum(told.values()) == pytest.approx(1)
    assert max(told, key=lambda words: told[words]).startswith("the load of")
    assert {"the temperature", "holidays and the days around them"} <= set(told)
    case = example()
    blind = CnnLstm().fit(case.load, Known(case.known.zone)).drivers()
    assert {words for words, _ in blind} == {words for words in told if words.startswith("the load of")}
    week = example(days=7)
    assert CnnLstm().fit(week.load, week.known).drivers() == []


def test_fine_tuning_learns_what_the_network_could_not_know_and_is_kept(tmp_path: Path) -> None:
    index = pd.date_range("2010-01-01", periods=24 * 200, freq="h", tz="UTC")
    odd = (np.arange(len(index)) // 24 % 3 == 0) & (np.asarray(index.hour) > 12)  # a three-day week
    load = pd.Series(2 + 5.0 * odd + np.random.default_rng(3).gamma(2, 0.1, len(index)), index=index, name="power_kw")
    known, cut = Known("UTC"), 24 * 180
    plain = CnnLstm(CnnLstm.Params(calibrate=False)).fit(load.iloc[:cut], known)
    tuned = CnnLstm(CnnLstm.Params(calibrate=False, fine_tune_steps=150)).fit(load.iloc[:cut], known)
    requests = [Request(load.iloc[:at], known, index[at : at + 24]) for at in range(cut, len(load), 24)]
    wrong = [
        float(
            np.mean([(answer[0.5] - load.reindex(answer.index)).abs().mean() for answer in one.predict_many(requests)])
        )
        for one in (plain, tuned)
    ]
    assert wrong[1] < wrong[0]
    tuned.save(tmp_path / "tuned")
    again = CnnLstm.load(tmp_path / "tuned")
    pd.testing.assert_frame_equal(tuned.predict(*requests[0]), again.predict(*requests[0]))


def test_the_shipped_weights_are_those_of_their_card_and_small() -> None:
    card = weights.read_card(cnn_lstm.FOLDER)
    assert weights.read(cnn_lstm.FOLDER)
    assert (cnn_lstm.FOLDER / weights.WEIGHTS).stat().st_size < 3_000_000
    assert {entry["licence"] for entry in card["data"]} >= {"MIT", "CC BY 4.0"}
    taught = set(card["meters"]["train"]["university"]) | set(card["meters"]["train"]["household"])
    held_back = set(card["meters"]["validation"]["university"]) | set(card["meters"]["validation"]["household"])
    assert not taught & held_back


def test_weights_that_cannot_be_used_are_told_in_a_sentence(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    case = example(days=8)
    monkeypatch.setattr(cnn_lstm, "FOLDER", tmp_path / "none")
    with pytest.raises(CannotLoad, match="missing or damaged"):
        CnnLstm().fit(case.load, case.known)
    weights.write(tmp_path / "other", [[np.ones((2, 2))]], {})
    with pytest.raises(CannotLoad, match="of another architecture"):
        machine(tmp_path / "other")


def test_a_calibration_of_earlier_weights_is_not_used(fitted: CnnLstm, tmp_path: Path) -> None:
    fitted.save(tmp_path / "kept")
    text = (tmp_path / "kept" / "calibration.json").read_text()
    digest = weights.read_card(cnn_lstm.FOLDER)["sha256"]
    (tmp_path / "kept" / "calibration.json").write_text(text.replace(digest, "0" * 64))
    with pytest.raises(CannotLoad, match="trained anew"):
        CnnLstm.load(tmp_path / "kept")
