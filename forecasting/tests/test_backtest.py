"""Rolling origins: who sees what, when it is trained again, and what comes out."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import pandas as pd
import pytest

from forecasting.domain.backtest import Plan, Result, backtest, folds
from forecasting.domain.errors import BadSeries
from forecasting.domain.example import DAY, HOUR, example
from forecasting.domain.folds import Origins
from forecasting.domain.known import WEATHERS, as_known_at, holidays_between, persist_weather
from forecasting.forecasters.seasonal_naive import SeasonalNaive

CASE = example(days=60, ahead=5 * DAY)
FIRST = CASE.load.index[-1].to_pydatetime() + HOUR - 10 * DAY


PLAN = Plan(Origins(FIRST, FIRST + 9 * DAY), refit_every=4 * DAY)


def _naive_backtest(plan: Plan) -> Result:
    return backtest({"naive": SeasonalNaive}, CASE.load, CASE.known, plan)


class Spy(SeasonalNaive):
    """Writes down the latest instants it was shown, and spoils what it was handed."""

    seen: list[tuple[str, pd.Timestamp, pd.Timestamp]] = []

    def fit(self, load: Any, known: Any) -> Any:
        self.seen.append(("fit", load.index[-1], known.weather.index[-1]))
        return super().fit(load, known)

    def predict(self, load: Any, known: Any, starts: Any) -> pd.DataFrame:
        self.seen.append(("predict", load.index[-1], known.weather.index[-1]))
        answer = super().predict(load, known, starts)
        load.iloc[:] = 0.0
        known.weather.iloc[:] = 0.0
        return answer


def test_a_forecaster_is_shown_nothing_after_the_origin_and_cannot_spoil_the_data() -> None:
    Spy.seen = []
    answers = list(folds({"spy": Spy, "naive": SeasonalNaive}, CASE.load, CASE.known, PLAN))
    shown = iter(Spy.seen)
    for fold in (fold for fold in answers if fold.forecaster == "spy"):
        if fold.trained_at == fold.origin:
            assert next(shown) == ("fit", fold.origin - HOUR, fold.origin - HOUR)
        assert next(shown) == ("predict", fold.origin - HOUR, fold.origin + 23 * HOUR)
    for spy, naive in zip(answers[::2], answers[1::2], strict=True):
        pd.testing.assert_frame_equal(spy.frame, naive.frame)


def test_other_readings_after_an_origin_change_nothing_up_to_it() -> None:
    altered = CASE.load.copy()
    altered[altered.index >= FIRST + 5 * DAY] = 1e6
    before = _naive_backtest(PLAN).points
    after = backtest({"naive": SeasonalNaive}, altered, CASE.known, PLAN).points
    early = before["origin"] <= FIRST + 5 * DAY
    levels = [0.05, 0.5, 0.95]
    pd.testing.assert_frame_equal(before.loc[early, levels], after.loc[early, levels])


def test_training_is_repeated_only_when_it_is_old_enough() -> None:
    trained = [fold.trained_at - FIRST for fold in folds({"naive": SeasonalNaive}, CASE.load, CASE.known, PLAN)]
    assert trained == [0 * DAY] * 4 + [4 * DAY] * 4 + [8 * DAY] * 2


def test_the_result_has_a_row_for_every_interval_and_scores_for_every_origin() -> None:
    calls: list[tuple[int, int]] = []
    result = backtest({"naive": SeasonalNaive}, CASE.load, CASE.known, PLAN, progress=lambda *n: calls.append(n))
    assert len(result.points) == 240
    assert result.per_origin["n"].tolist() == [24] * 10
    assert result.scores.loc["naive", "n"] == 240
    week_before = CASE.load.shift(7 * 24).reindex(result.points["start"]).to_numpy()
    error = np.abs(result.points["actual"].to_numpy() - week_before).mean()
    assert result.scores.loc["naive", "mae_kw"] == pytest.approx(error)
    assert calls[-1] == (10, 10)


def test_an_origin_after_a_long_gap_is_left_out_for_all_and_says_why() -> None:
    holed = CASE.load.copy()
    holed.iloc[-30 * 24 : -5 * 24] = np.nan
    result = backtest({"one": SeasonalNaive, "two": SeasonalNaive}, holed, CASE.known, PLAN)
    assert [origin - FIRST for origin in result.skipped] == [n * DAY for n in range(6)]
    assert "days past the last reading" in next(iter(result.skipped.values()))
    assert result.scores["n"].tolist() == [96, 96]
    with pytest.raises(BadSeries, match="No origin"):
        backtest({"one": SeasonalNaive}, holed, CASE.known, replace(PLAN, origins=Origins(FIRST, FIRST + DAY)))


def test_the_same_plan_gives_the_same_numbers() -> None:
    pd.testing.assert_frame_equal(_naive_backtest(PLAN).points, _naive_backtest(PLAN).points)


@pytest.mark.parametrize("weather", WEATHERS)
def test_the_weather_ahead_is_what_its_name_says(weather: Any) -> None:
    cutoff, until = pd.Timestamp(FIRST), pd.Timestamp(FIRST) + DAY
    then = as_known_at(CASE.known, cutoff, until, weather).weather
    if weather == "none":
        assert then is None
        return
    assert then is not None
    expected = CASE.weather.loc[: until - HOUR]
    if weather in ("persistence", "forecast"):  # no forecast of it was kept here
        expected.iloc[-24:] = expected.iloc[-48:-24].to_numpy()
    pd.testing.assert_frame_equal(then, expected, check_freq=False)
    assert _naive_backtest(replace(PLAN, weather=weather)).plan.weather == weather


def test_persisted_weather_keeps_the_wall_time_through_the_clock_change() -> None:
    index = pd.date_range("2010-03-26 23:00", "2010-03-28 00:00", freq="h", tz="UTC", inclusive="left")
    past = pd.DataFrame({"temperature_c": index.tz_convert("Europe/Paris").hour.astype(float)}, index=index)
    ahead = persist_weather(past, until=datetime(2010, 3, 29, tzinfo=UTC), zone="Europe/Paris").loc["2010-03-28 01:00":]
    hours = pd.DatetimeIndex(ahead.index).tz_convert("Europe/Paris").hour
    assert ahead["temperature_c"].tolist() == hours.tolist()


def test_daily_origins_stay_at_local_midnight_and_a_day_has_23_or_25_hours() -> None:
    first = datetime(2010, 3, 27, 23, tzinfo=UTC)
    origins = Origins(first, first + 3 * DAY, zone="Europe/Paris")
    local = [origin.tz_convert("Europe/Paris").hour for origin in origins]
    assert local == [0, 0, 0, 0]
    assert [len(origins.starts(origin, HOUR)) for origin in origins] == [23, 24, 24, 24]
    assert len(Origins(first, first + DAY, stride=timedelta(hours=6))) == 5


def test_impossible_origins_are_refused() -> None:
    with pytest.raises(BadSeries, match="time zone"):
        Origins(datetime(2010, 1, 1), datetime(2010, 1, 2))  # noqa: DTZ001 - the mistake itself
    with pytest.raises(BadSeries, match="before the first"):
        Origins(FIRST, FIRST - DAY)


def test_holidays_are_those_of_the_region() -> None:
    bavaria, berlin = holidays_between("DE", "BY", 2024, 2024), holidays_between("DE", "BE", 2024, 2024)
    epiphany = datetime(2024, 1, 6, tzinfo=UTC).date()
    assert epiphany in bavaria
    assert epiphany not in berlin
    assert holidays_between("", "", 2024, 2024) == frozenset()
    with pytest.raises(BadSeries, match="ISO 3166"):
        holidays_between("XX", "", 2024, 2024)
