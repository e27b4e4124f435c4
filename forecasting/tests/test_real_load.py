"""On the readings of a real household the forest beats the naive and its bands hold."""

from datetime import timedelta
from pathlib import Path

import pandas as pd
import pytest

from forecasting.domain.backtest import Maker, Plan, backtest
from forecasting.domain.contract import Known
from forecasting.domain.errors import NotEnoughHistory
from forecasting.domain.folds import Origins
from forecasting.domain.known import holidays_between
from forecasting.forecasters.random_forest import RandomForest
from forecasting.forecasters.seasonal_naive import SeasonalNaive

DATA = Path(__file__).parents[3] / "shared" / "data" / "sceaux_hourly.parquet"
ERRORS = ["mae_kw", "rmse_kw", "nrmse_pct", "mase", "pinball_kw", "pinball_scaled"]


@pytest.fixture(scope="module")
def household() -> "tuple[pd.Series[float], Known]":
    if not DATA.exists():
        pytest.skip(f"{DATA} is not here")
    table = pd.read_parquet(DATA).dropna(subset=["timestamp"]).set_index("timestamp").asfreq("h")
    weather = table[["temperature_c_daily"]].astype(float).set_axis(["temperature_c"], axis=1)
    known = Known("Europe/Paris", holidays_between("FR", "", 2006, 2010), weather)
    return table["kwh"].astype(float).rename("power_kw"), known


def test_the_forest_beats_the_naive_on_every_error_and_its_bands_hold(
    household: "tuple[pd.Series[float], Known]",
) -> None:
    load, known = household
    first = pd.Timestamp("2009-03-01", tz="Europe/Paris")
    origins = Origins(first, first + pd.Timedelta(days=59), zone="Europe/Paris")
    quick = RandomForest.Params(trees=40)
    makers: dict[str, Maker] = {"forest": lambda: RandomForest(quick), "naive": SeasonalNaive}
    scores = backtest(makers, load, known, Plan(origins, refit_every=timedelta(days=60))).scores
    forest, naive = scores.loc["forest"], scores.loc["naive"]
    assert (forest[ERRORS] < 0.85 * naive[ERRORS]).all()
    assert 74 < scores["coverage80_pct"].iloc[0] < 88


def test_a_short_history_limit_is_told_in_days(household: "tuple[pd.Series[float], Known]") -> None:
    load, known = household
    with pytest.raises(NotEnoughHistory, match="21 of 28 days"):
        RandomForest().fit(load.loc["2009-03-01":"2009-03-21"], known)


def test_the_reasons_are_in_words_that_a_person_knows(household: "tuple[pd.Series[float], Known]") -> None:
    load, known = household
    forest = RandomForest(RandomForest.Params(trees=20)).fit(load.loc["2009-01":"2009-04"], known)
    words = [driver.words for driver in forest.drivers()]
    assert "the load at this hour on the last days alike" in words[:4]
    assert all("_" not in phrase for phrase in words)
