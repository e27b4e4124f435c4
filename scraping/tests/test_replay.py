"""The demo portal's calendar: old readings on today's dates, right on both clock-change nights."""

from datetime import UTC, date, datetime, timedelta

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scraping.demo_portal.catalogue import METERS, DemoMeter, source_readings
from scraping.demo_portal.replay import PUBLICATION_LAG, published_until, readings, source_shift

PARIS, ILLINOIS = METERS["21-417-803"], METERS["60-038-522"]
NOW = datetime(2026, 11, 22, 12, 7, tzinfo=UTC)
both = pytest.mark.parametrize("meter", [PARIS, ILLINOIS], ids=["paris", "illinois"])


def in_utc(frame: pd.DataFrame) -> pd.DatetimeIndex:
    return pd.DatetimeIndex(frame.index).tz_convert("UTC")


@both
@given(day=st.dates(date(2019, 1, 1), date(2060, 12, 31)))
def test_any_day_has_a_source_of_the_same_weekday_and_season(meter: DemoMeter, day: date) -> None:
    source = day - source_shift(meter, day)
    stamps = source_readings(meter.source).index.get_level_values("start_local")
    assert stamps[0].date() < source < stamps[-1].date()
    assert source.weekday() == day.weekday()
    apart = abs(source.timetuple().tm_yday - day.timetuple().tm_yday)
    assert min(apart, 365 - apart) <= 5


@both
def test_the_readings_of_a_day_do_not_depend_on_when_they_are_asked_for(meter: DemoMeter) -> None:
    day = date(2026, 11, 20)
    soon, later = (readings(meter, day, day, NOW + timedelta(days=days)) for days in (0, 300))
    pd.testing.assert_frame_equal(soon, later)


def test_nothing_newer_than_the_publication_lag_is_shown() -> None:
    today = readings(PARIS, date(2026, 11, 22), date(2026, 11, 22), NOW)
    last_end = today.index[-1] + timedelta(minutes=15)
    assert last_end == published_until(PARIS, NOW) == datetime(2026, 11, 22, 11, 45, tzinfo=UTC)
    assert NOW - last_end >= PUBLICATION_LAG


def test_a_day_that_has_not_begun_to_be_published_is_empty_with_all_columns() -> None:
    midnight = datetime(2026, 11, 21, 23, 5, tzinfo=UTC)
    today = readings(PARIS, date(2026, 11, 22), date(2026, 11, 22), midnight)
    assert len(today) == 0
    assert list(today.columns) == ["energy_kwh", "power_kw", "reactive_kvarh", "voltage_v", "current_a"]


CLOCK_CHANGES = [
    (PARIS, date(2026, 3, 29), 92),
    (PARIS, date(2025, 10, 26), 100),
    (PARIS, date(2026, 10, 25), 100),
    (ILLINOIS, date(2026, 3, 8), 23),
    (ILLINOIS, date(2026, 11, 1), 25),
]


@pytest.mark.parametrize(("meter", "day", "count"), CLOCK_CHANGES)
def test_a_clock_change_day_has_each_real_instant_once(meter: DemoMeter, day: date, count: int) -> None:
    frame = readings(meter, day, day, NOW)
    assert len(frame) == count
    steps = in_utc(frame).to_series().diff().dropna().unique()
    assert list(steps) == [pd.Timedelta(seconds=meter.interval_s)]


def test_the_second_pass_of_a_repeated_hour_is_a_gap_where_the_source_has_none() -> None:
    day = readings(PARIS, date(2026, 10, 25), date(2026, 10, 25), NOW)
    second = day[in_utc(day) >= pd.Timestamp("2026-10-25T01:00Z")].iloc[:4]
    first = day[in_utc(day) >= pd.Timestamp("2026-10-25T00:00Z")].iloc[:4]
    assert second.isna().all(axis=None)
    assert first.notna().all(axis=None)


def test_a_partly_measured_interval_has_no_energy_but_a_voltage() -> None:
    day = readings(PARIS, date(2026, 10, 24), date(2026, 10, 24), NOW)
    part = day[day["energy_kwh"].isna() & day["voltage_v"].notna()]
    assert len(part) == 2


def test_gaps_of_the_source_are_gaps_of_the_replay() -> None:
    source = source_readings("sceaux_15min")
    assert pd.Timestamp("2007-04-29 12:00") not in source.index.get_level_values("start_local")
    shift = source_shift(PARIS, date(2025, 4, 27))
    day = date(2007, 4, 29) + shift
    assert readings(PARIS, day, day, NOW).isna().all(axis=None)
