"""Evaluating on any file: the protocol's rules, what was published, and sentences for what is wrong."""

import json
from datetime import UTC, datetime
from io import StringIO
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from django.core.management import CommandError, call_command

from forecasting.domain.contract import Known
from forecasting.domain.errors import BadSeries
from forecasting.domain.evaluation import REFERENCE, evaluate
from forecasting.domain.evaluation_windows import MeterYear, Protocol, Record, meter_years
from forecasting.domain.load_files import MeterFile, read_loads
from forecasting.domain.quantiles import QUANTILES, expected, with_mean
from forecasting.forecasters.persistence_ensemble import PersistenceEnsemble
from forecasting.forecasters.random_forest import RandomForest
from forecasting.forecasters.seasonal_naive import SeasonalNaive

SHARED = Path(__file__).parents[3] / "shared" / "data"


def _load(days: int = 60, start: str = "2021-01-01") -> "pd.Series[float]":
    index = pd.date_range(start, periods=24 * days, freq="h", tz="UTC")
    values = 3 + np.sin(index.hour.to_numpy() / 4) + np.random.default_rng(3).gamma(2, 0.3, len(index))
    return pd.Series(values, index=index, name="power_kw")


def _file(path: Path, load: "pd.Series[Any]", column: str = "kwh", meter: str = "m1") -> Path:
    table = pd.DataFrame({"timestamp": load.index, "meter_id": meter, column: load.to_numpy()})
    table.to_parquet(path)
    return path


def test_the_mean_of_a_distribution_is_what_its_quantiles_integrate_to() -> None:
    normal = np.array([-1.645, -1.282, -0.842, -0.524, -0.253, 0, 0.253, 0.524, 0.842, 1.282, 1.645])
    exponential = -np.log(1 - np.array(QUANTILES))
    frame = pd.DataFrame([5 + 2 * normal, exponential], columns=list(QUANTILES))
    np.testing.assert_allclose(expected(frame), [5.0, 1.0], atol=0.02)


def test_a_floor_takes_nothing_from_the_mean() -> None:
    rows = np.array([0.2, 1.0, 5.0])[:, None] + np.linspace(-1, 2, len(QUANTILES))
    kept = with_mean(rows, np.array([0.2, 1.0, 5.0]), 0.0)
    np.testing.assert_allclose(expected(pd.DataFrame(kept, columns=list(QUANTILES))), [0.2, 1.0, 5.0], atol=1e-6)
    assert kept.min() >= 0
    assert (np.diff(kept, axis=1) >= 0).all()


def test_the_reference_is_the_mean_of_the_same_hour_over_seven_days() -> None:
    load = _load(20)
    starts = pd.date_range(load.index[-1] + pd.Timedelta(hours=1), periods=24, freq="h")
    frame = PersistenceEnsemble().fit(load, Known()).predict(load, Known(), starts)
    week = load.to_numpy()[-168:].reshape(7, 24).mean(axis=0)
    np.testing.assert_allclose(expected(frame), week, atol=1e-6)


@pytest.mark.parametrize(("year", "published"), [(2007, 73.9), (2008, 69.9), (2009, 62.9)])
def test_the_published_bar_of_the_household_is_met(year: int, published: float) -> None:
    path = SHARED / "sceaux_hourly.parquet"
    if not path.exists():
        pytest.skip(f"{path} is not here")
    protocol = Protocol(last=datetime(year + 1, 1, 1, tzinfo=UTC))
    meter = next(read_loads(path))
    part = MeterFile(meter.meter, meter.load.loc[f"{year}-01-01" : f"{year}-12-31"], None)
    done = evaluate([part], {REFERENCE: PersistenceEnsemble}, protocol, Known())
    assert done.rows[0].nrmse_pct == pytest.approx(published, abs=0.1)


def test_previous_day_of_victoria_is_the_published_one() -> None:
    path = SHARED / "vic_elec_30min.parquet"
    if not path.exists():
        pytest.skip(f"{path} is not here")
    meter = next(read_loads(path, in_kw=False)).averaged(pd.Timedelta(hours=1))
    load = meter.load.shift(freq=pd.Timedelta(hours=1))  # the tutorial stamps hours at their end
    error = (load - load.shift(24)).abs().loc["2014-12-01":"2014-12-30 23:00"]
    assert (len(error), meter.unit) == (720, "MW")
    assert error.mean() == pytest.approx(308.375, abs=0.001)


def test_a_year_with_a_tenth_missing_is_left_out_and_a_short_gap_is_a_line() -> None:
    load = _load(730)
    load.iloc[100:130] = np.nan
    load.loc["2022-03":"2022-05"] = np.nan
    record = Record.of("m1", load)
    kept, left_out = meter_years(record, Protocol())
    assert isinstance(kept, MeterYear)
    assert (kept.year, len(kept.origins)) == (2021, 358)
    assert left_out == "m1 in 2022: 25% of the readings are missing."
    assert np.isfinite(record.filled[100:130]).all()
    assert np.isnan(record.filled[load.index.get_loc(pd.Timestamp("2022-04-01", tz="UTC"))])


def test_a_gap_that_is_open_at_the_origin_is_not_filled_from_what_comes_later() -> None:
    load = _load(40)
    load.iloc[500:530] = np.nan
    altered = load.copy()
    altered.iloc[530:] = 1e6
    contexts = [Record.of("m1", some).context(520, 168) for some in (load, altered)]
    np.testing.assert_array_equal(contexts[0], contexts[1])
    np.testing.assert_array_equal(contexts[0][-20:], load.to_numpy()[476:496])


def test_one_that_needs_training_is_refused_with_a_sentence_until_it_may_train() -> None:
    meters = [MeterFile("m1", _load(), None)]
    makers = {REFERENCE: PersistenceEnsemble, "seasonal_naive": SeasonalNaive, "random_forest": RandomForest}
    zero_shot = evaluate(meters, makers, Protocol(), Known())
    assert {row.forecaster for row in zero_shot.rows} == {REFERENCE}
    assert "--train-until" in zero_shot.refused["random_forest"]
    protocol = Protocol(train_until=datetime(2021, 2, 20, tzinfo=UTC))
    trained = evaluate(meters, {"seasonal_naive": SeasonalNaive}, protocol, Known())
    assert [(row.forecaster, row.windows) for row in trained.rows] == [("seasonal_naive", 10)]


def test_nothing_to_score_is_a_sentence() -> None:
    with pytest.raises(BadSeries, match="Nothing could be scored"):
        evaluate([MeterFile("m1", _load(5), None)], {REFERENCE: PersistenceEnsemble}, Protocol(), Known())
    with pytest.raises(BadSeries, match="hours above 0"):
        Protocol(horizon_h=0)
    with pytest.raises(BadSeries, match="no whole number"):
        Protocol().steps(1.5, pd.Timedelta(hours=1))


def test_the_command_scores_a_file_without_a_database(tmp_path: Path) -> None:
    path, rows, said = _file(tmp_path / "f.parquet", _load()), tmp_path / "rows.csv", StringIO()
    words = f"--data {path} --forecaster {REFERENCE} seasonal_naive --context 240 --per-meter {rows} --json"
    call_command("evaluate", *words.split(), stdout=said)
    told = json.loads(said.getvalue())
    bar, _ = sorted(told["forecasters"], key=lambda one: one["forecaster"])
    assert (bar["forecaster"], bar["median_of_ratios"], bar["windows"]) == (REFERENCE, 1.0, 50)
    assert 60 < bar["coverage80_pct"] < 95
    assert pd.read_csv(rows)["meter"].tolist() == ["m1"] * 2


def test_what_is_wrong_with_a_file_is_a_sentence(tmp_path: Path) -> None:
    load = _load()
    wrong = {
        "There is no file": tmp_path / "nowhere.parquet",
        "needs a column timestamp and one of": _file(tmp_path / "a.parquet", load, "watts"),
        "holds something that is no number": _file(tmp_path / "b.parquet", load.astype(str) + "x"),
    }
    scattered = load.iloc[np.sort(np.random.default_rng(0).permutation(len(load))[:900])]
    scattered.index += pd.to_timedelta(np.arange(900) * 37, unit="s")
    wrong["not the starts of intervals of one length"] = _file(tmp_path / "c.parquet", scattered)
    for words, path in wrong.items():
        with pytest.raises(CommandError, match=words):
            call_command("evaluate", data=path, forecaster=[REFERENCE])
    good = _file(tmp_path / "d.parquet", load)
    for more, words in (({"zone": "Mars"}, "no time zone"), ({"meter_id": ["m9"]}, "no meter m9")):
        with pytest.raises(CommandError, match=words):
            call_command("evaluate", data=good, forecaster=[REFERENCE], **more)
