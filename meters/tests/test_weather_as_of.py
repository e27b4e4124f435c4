"""What was known of the weather at an instant: nothing observed or issued later is in it."""

from datetime import UTC, datetime, timedelta

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from meters.models import Site, Source
from meters.selectors import weather_as_of, weather_vintages
from meters.services import StoreReport, store_weather, store_weather_forecast
from twin_project.kit.vintages import as_issued

MAY = datetime(2026, 5, 1, tzinfo=UTC)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


def hours(start: datetime, n: int, value: float) -> pd.DataFrame:
    """`n` hours from `start` at one temperature."""
    return pd.DataFrame({"start_at": pd.date_range(start, periods=n, freq="h"), "temperature_c": value})


def vintage(issued: datetime, n: int, value: float) -> pd.DataFrame:
    """A forecast of `n` hours from its time of issue on."""
    return hours(issued, n, value).assign(issued_at=pd.Timestamp(issued))


@pytest.fixture
def told(site: Site, source: Source) -> Site:
    """Two days observed at 1 degree; vintages at 00:00 and 12:00 of each day, whose temperature is their number."""
    store_weather(site=site, observations=hours(MAY, 48, 1.0), source=source)
    issues = [MAY + n * 12 * HOUR for n in range(4)]
    frame = pd.concat([vintage(at, 36, 10.0 + n) for n, at in enumerate(issues)])
    assert store_weather_forecast(site=site, forecasts=frame, source=source) == StoreReport(new=144)
    assert store_weather_forecast(site=site, forecasts=frame, source=source) == StoreReport(same=144)
    return site


def test_before_the_cutoff_stands_what_was_observed_and_after_it_the_newest_vintage(told: Site) -> None:
    cutoff = MAY + 13 * HOUR
    known = weather_as_of(site=told, cutoff=cutoff, start=MAY, end=MAY + 2 * DAY)["temperature_c"]
    assert known.loc[: cutoff - HOUR].eq(1.0).all()
    assert known.loc[cutoff:].eq(11.0).all()
    assert len(known) == 48


def test_just_before_a_vintage_is_issued_the_one_before_it_counts(told: Site) -> None:
    cutoff = MAY + 12 * HOUR - timedelta(seconds=1)
    known = weather_as_of(site=told, cutoff=cutoff, start=MAY, end=MAY + 3 * DAY)["temperature_c"]
    assert known.loc[MAY + 12 * HOUR :].eq(10.0).all()
    assert known.index[-1] == MAY + 35 * HOUR  # nobody had said more by then


def test_what_has_not_been_observed_yet_is_filled_by_the_forecast_of_that_hour(told: Site, source: Source) -> None:
    later = MAY + 2 * DAY
    store_weather_forecast(site=told, forecasts=vintage(later, 24, 20.0), source=source)
    known = weather_as_of(site=told, cutoff=later + 6 * HOUR, start=later - HOUR, end=later + DAY)["temperature_c"]
    assert known.tolist() == [1.0] + [20.0] * 24


def test_nothing_that_came_after_the_cutoff_changes_what_was_known(told: Site, source: Source) -> None:
    cutoff = MAY + 20 * HOUR
    before = weather_as_of(site=told, cutoff=cutoff, start=MAY, end=MAY + 4 * DAY)
    store_weather(site=told, observations=hours(cutoff, 60, -50.0), source=source)
    store_weather_forecast(site=told, forecasts=vintage(cutoff + HOUR, 60, -60.0), source=source)
    after = weather_as_of(site=told, cutoff=cutoff, start=MAY, end=MAY + 4 * DAY)
    pd.testing.assert_frame_equal(after, before)


def test_the_selector_and_the_rule_without_a_database_say_the_same(told: Site) -> None:
    observed = hours(MAY, 48, 1.0).set_index("start_at")
    issued = weather_vintages(site=told, start=MAY, end=MAY + 4 * DAY)
    for n in range(0, 60, 7):
        cutoff = MAY + n * HOUR
        pure = as_issued(observed, issued, cutoff=cutoff, until=MAY + 4 * DAY)
        asked = weather_as_of(site=told, cutoff=cutoff, start=MAY, end=MAY + 4 * DAY)
        pd.testing.assert_frame_equal(asked, pure, check_freq=False, check_names=False, check_index_type=False)


@given(issues=st.lists(st.integers(0, 60), max_size=8, unique=True), cutoff_h=st.integers(0, 70))
@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_every_value_is_of_an_observation_before_or_of_a_vintage_issued_by_the_cutoff(
    issues: list[int], cutoff_h: int
) -> None:
    cutoff = MAY + cutoff_h * HOUR
    empty = vintage(MAY, 0, 0.0)
    issued = pd.concat([empty, *(vintage(MAY + n * HOUR, 30, float(n)) for n in issues)])
    known = as_issued(hours(MAY, 48, -1.0).set_index("start_at"), issued, cutoff=cutoff, until=MAY + 4 * DAY)
    for at, value in known["temperature_c"].items():
        if value == -1.0:
            assert at < cutoff  # type: ignore[operator]  # a Timestamp
        else:
            assert value == max(n for n in issues if n <= cutoff_h and MAY + n * HOUR <= at < MAY + (n + 30) * HOUR)  # type: ignore[operator]


def test_more_than_the_temperature_is_kept_and_missing_stays_missing(site: Site, source: Source) -> None:
    frame = hours(MAY, 2, 5.0).assign(relative_humidity_pct=[40.0, float("nan")], wind_speed_ms=[2.0, 900.0])
    store_weather(site=site, observations=frame, source=source)
    store_weather(site=site, observations=hours(MAY, 2, 6.0), source=source)
    names = ("temperature_c", "relative_humidity_pct", "wind_speed_ms")
    known = weather_as_of(site=site, cutoff=MAY + DAY, start=MAY, end=MAY + DAY, columns=names)
    assert known.iloc[0].tolist() == [6.0, 40.0, 2.0]
    assert known.iloc[1].isna().tolist() == [False, True, True]
    with pytest.raises(ValueError, match="is no weather"):
        weather_as_of(site=site, cutoff=MAY, start=MAY, end=MAY + DAY, columns=("mood",))
