"""The line of calendar by temperature: balance points, memory, heat beyond any seen, daylight."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from forecasting.domain import balance
from forecasting.domain.balance import Balance
from forecasting.domain.contract import Known
from forecasting.domain.daylight import sun_height
from forecasting.domain.example import Example
from forecasting.domain.grid import Grid, seconds
from forecasting.domain.heat import Heat
from forecasting.domain.quantiles import MEDIAN
from forecasting.forecasters.load_temperature import LoadTemperature

HOUR = pd.Timedelta(hours=1)


def _cooled(days: int = 200) -> Example:
    """A building that cools above 22 °C, half a kilowatt for each degree; never hotter than 32 °C."""
    index = pd.date_range("2021-03-01", periods=24 * (days + 1), freq="h", tz="UTC")
    draw = np.random.default_rng(2)
    slow = np.repeat(draw.normal(0, 3, days + 1), 24)
    warmth = np.clip(19 + 5 * np.sin((index.hour.to_numpy() - 9) * np.pi / 12) + slow, -5, 32)
    load = 4 + 0.5 * np.maximum(warmth - 22, 0) + draw.normal(0, 0.1, len(index))
    weather = pd.DataFrame({"temperature_c": warmth}, index=index)
    series = pd.Series(load, index=index, name="power_kw")
    return Example(series.iloc[:-24], Known(weather=weather), index[-24:])


def test_balance_points_are_learned_from_daily_means() -> None:
    warmth = np.random.default_rng(1).normal(18, 7, 24 * 400)
    daily = np.repeat(warmth[::24], 24)
    load = 5 + 0.3 * np.maximum(14 - daily, 0) + 0.6 * np.maximum(daily - 22, 0)
    found = balance.learned(Grid(0, 3600, load), Grid(0, 3600, daily))
    assert found == Balance(14.0, 22.0)
    assert balance.learned(Grid(0, 3600, load[:240]), Grid(0, 3600, daily[:240])) == Balance()


def test_memory_with_the_weather_persisted_is_that_of_the_persisted_weather() -> None:
    warmth = np.random.default_rng(4).normal(15, 6, 24 * 40)
    cut, at = 24 * 30, 24 * 30 + np.arange(24)
    persisted = warmth.copy()
    persisted[cut : cut + 24] = warmth[cut - 24 : cut]
    truth = Heat.of(Grid(0, 3600, persisted), Balance()).felt(3600 * at)
    told = Heat.of(Grid(0, 3600, warmth), Balance()).felt(3600 * at, np.full(24, 3600 * cut))
    np.testing.assert_allclose(told, truth, atol=1e-6)


@pytest.mark.parametrize("recent", [True, False])
def test_a_heatwave_beyond_all_that_was_seen_raises_the_answer_along_the_slope(recent: bool) -> None:
    case = _cooled()
    trained = LoadTemperature(LoadTemperature.Params(recent=recent)).fit(case.load, case.known)
    answers = []
    for degrees in (30.0, 38.0):
        weather = case.weather
        weather.loc[case.starts, "temperature_c"] = degrees
        answers.append(trained.predict(case.load, replace(case.known, weather=weather), case.starts))
    rise = (answers[1][MEDIAN] - answers[0][MEDIAN]).to_numpy()
    assert rise[18:].mean() == pytest.approx(0.5 * 8, rel=0.3)
    width = [(frame[0.9] - frame[0.1]).mean() for frame in answers]
    assert width[1] > 1.3 * width[0]  # hotter than anything seen: less sure


@pytest.mark.parametrize(("days", "knows"), [(60, False), (500, False), (700, True)])
def test_the_course_of_the_year_is_learned_from_nearly_two_years_and_not_guessed_from_less(
    days: int, knows: bool
) -> None:
    hour = np.arange(24 * 1000)
    level = 5 + 2 * np.cos(2 * np.pi * hour / 24 / 365.25) + 0.2 * np.random.default_rng(5).normal(size=len(hour))
    load = pd.Series(level, pd.date_range("2019-09-02", periods=len(hour), freq="h", tz="UTC"), name="power_kw")
    trained = LoadTemperature(LoadTemperature.Params(recent=False)).fit(load.iloc[: 24 * days], Known())
    monday = 24 * (days // 7 * 7 + 14)
    said = []
    for at in (monday, monday + 24 * 182):  # a week and half a year on, the same hours of the week
        answer = trained.predict(load.iloc[:at], Known(), pd.DatetimeIndex(load.index[at : at + 24]))
        said.append(answer[MEDIAN].mean())
    assert (abs(said[0] - said[1]) > 0.5) == knows


def test_without_recent_errors_the_load_of_the_last_days_does_not_matter() -> None:
    case = _cooled()
    trained = LoadTemperature(LoadTemperature.Params(recent=False)).fit(case.load, case.known)
    doubled = case.load.copy()
    doubled.iloc[-72:] *= 2
    answers = [trained.predict(load, case.known, case.starts) for load in (case.load, doubled)]
    pd.testing.assert_frame_equal(answers[0], answers[1])


def test_a_band_is_wider_where_the_weather_ahead_is_only_the_last_day_again() -> None:
    case = _cooled()
    trained = LoadTemperature().fit(case.load, case.known)
    width = {}
    for ahead in ("actual", "forecast", "persistence"):
        frame = trained.predict(case.load, replace(case.known, ahead=ahead), case.starts)
        width[ahead] = float((frame[0.9] - frame[0.1]).mean())
    assert width["actual"] < width["forecast"] < width["persistence"]
    assert width["persistence"] > 1.5 * width["actual"]


def test_the_sun_stands_where_an_almanac_puts_it() -> None:
    # Highest of the day: 90 degrees less the latitude, plus the declination of the date.
    days = {
        ("2024-06-20", 48.85, 2.35): 90 - 48.85 + 23.44,
        ("2024-12-21", 48.85, 2.35): 90 - 48.85 - 23.44,
        ("2024-12-21", -37.8, 145.0): 90 - 37.8 + 23.44,
        ("2024-03-20", 0.0, 0.0): 90.0,
    }
    for (day, latitude, longitude), degrees in days.items():
        index = pd.date_range(day, periods=24 * 60, freq="min", tz="UTC")
        height = sun_height(seconds(index), latitude, longitude)
        assert height.max() == pytest.approx(np.sin(np.radians(degrees)), abs=0.005)
        noon = index[int(height.argmax())]
        off_min = abs(noon.hour * 60 + noon.minute + 4 * longitude - 720) % 1440
        assert min(off_min, 1440 - off_min) < 17.5  # the equation of time
        assert height.min() == 0.0
