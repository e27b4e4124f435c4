"""Shapes of a load by the local clock: the clock-change days by hand."""

from datetime import date, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
import pytest

from meters.domain.comparing import bucket_for, by_bucket, tally
from meters.domain.duration import load_duration
from meters.domain.profiles import hour_by_day, typical_week
from meters.domain.response import binned, load_by_temperature
from meters.domain.spread import extremes, histogram, minutes_by_day, outside, spread

PARIS, KOLKATA, LORD_HOWE = ZoneInfo("Europe/Paris"), ZoneInfo("Asia/Kolkata"), ZoneInfo("Australia/Lord_Howe")


def local(first: str, after: str, zone: ZoneInfo, freq: str = "15min") -> "pd.Series[float]":
    start, end = (pd.Timestamp(day, tz=zone).tz_convert("UTC") for day in (first, after))
    index = pd.date_range(start, end, freq=freq, inclusive="left")
    return pd.Series(np.arange(len(index), dtype=float), index=index)


def test_the_hour_that_comes_twice_holds_the_mean_of_both_passes() -> None:
    power = local("2026-10-25", "2026-10-26", PARIS)
    grid = hour_by_day(power, first=date(2026, 10, 25), after=date(2026, 10, 26), zone=PARIS)
    assert grid.mean.shape == (24, 1)
    assert grid.mean[2, 0] == power.iloc[8:16].mean()
    assert grid.mean[3, 0] == power.iloc[16:20].mean()
    assert grid.mean[23, 0] == power.iloc[-4:].mean()


def test_the_hour_that_is_left_out_is_blank_and_the_others_keep_their_place() -> None:
    power = local("2026-03-29", "2026-03-30", PARIS)
    grid = hour_by_day(power, first=date(2026, 3, 29), after=date(2026, 3, 30), zone=PARIS)
    assert np.flatnonzero(np.isnan(grid.mean[:, 0])).tolist() == [2]
    assert grid.mean[3, 0] == power.iloc[8:12].mean()


@pytest.mark.parametrize("zone", [KOLKATA, LORD_HOWE])
def test_zones_off_the_full_hour_bucket_by_their_own_clock(zone: ZoneInfo) -> None:
    power = local("2026-06-01", "2026-06-03", zone)
    grid = hour_by_day(power, first=date(2026, 6, 1), after=date(2026, 6, 3), zone=zone)
    assert grid.mean[:, 0].tolist() == [power.iloc[4 * hour : 4 * hour + 4].mean() for hour in range(24)]


def test_readings_outside_the_days_asked_for_are_in_no_cell() -> None:
    power = local("2026-06-01", "2026-06-05", PARIS)
    grid = hour_by_day(power, first=date(2026, 6, 2), after=date(2026, 6, 3), zone=PARIS)
    assert grid.mean[0, 0] == power.iloc[96:100].mean()


def test_the_typical_week_starts_on_monday_and_its_band_holds_the_median() -> None:
    power = local("2026-03-02", "2026-04-27", PARIS, "h")  # eight weeks over the change of the clock
    power[:] = pd.DatetimeIndex(power.index).tz_convert(PARIS).hour.to_numpy(dtype=float)
    week = typical_week(power, PARIS)
    assert week["median"].tolist() == [hour % 24 for hour in range(168)]
    assert int(week["n"].iloc[6 * 24 + 2]) == 7  # the Sunday without a 2 o'clock
    assert (week["low"] <= week["median"]).all()
    assert (week["median"] <= week["high"]).all()


def test_hours_of_the_week_without_a_reading_are_blank() -> None:
    week = typical_week(local("2026-03-02", "2026-03-03", PARIS, "h"), PARIS)
    assert week["n"].tolist() == [1] * 24 + [0] * 144
    assert week["median"].iloc[24:].isna().all()


def test_the_duration_curve_falls_and_tells_base_load_and_load_factor() -> None:
    found = load_duration(pd.Series([1.0, 4.0, np.nan, 2.0, 1.0]))
    assert found is not None
    assert found.load_kw.tolist() == [4, 2, 1, 1]
    assert found.share.tolist() == [0.25, 0.5, 0.75, 1]
    assert found.exceeded(0.95) == 1
    assert found.load_factor == 0.5


def test_nothing_measured_has_no_duration_curve_and_no_load_no_factor() -> None:
    assert load_duration(pd.Series([np.nan])) is None
    flat = load_duration(pd.Series([0.0, 0.0]))
    assert flat is not None
    assert flat.load_factor is None


def test_bucket_26_is_two_in_the_morning_of_the_second_day_in_both_periods() -> None:
    for first in (date(2026, 10, 25), date(2026, 3, 29), date(2026, 6, 1)):
        power = local(str(first), str(first + timedelta(days=2)), PARIS, "h")
        power[:] = pd.DatetimeIndex(power.index).tz_convert(PARIS).hour.to_numpy(dtype=float)
        buckets = by_bucket(power, first=first, zone=PARIS, bucket="hour")
        assert buckets[26] == 2
        assert buckets.index[-1] == 47


def test_months_are_counted_over_the_turn_of_the_year() -> None:
    power = local("2025-11-15", "2026-02-02", PARIS, "D")
    assert by_bucket(power, first=date(2025, 11, 1), zone=PARIS, bucket="month").index.tolist() == [0, 1, 2, 3]
    assert [bucket_for(days) for days in (1, 7, 8, 62, 63)] == ["hour", "hour", "day", "day", "month"]


def test_a_tally_says_how_much_of_the_period_it_knows() -> None:
    found = tally(pd.Series([1.0, np.nan, 3.0]), step_s=900, expected=96)
    assert (found.mean_kw, found.energy_kwh, found.known, found.expected) == (2, 1, 2, 96)
    assert tally(pd.Series([np.nan]), step_s=900, expected=1).mean_kw is None


def test_load_and_temperature_meet_in_the_same_bucket_and_thin_bins_have_no_median() -> None:
    power = local("2026-06-01", "2026-06-02", PARIS)
    weather = pd.Series([10.0] * 5 + [30.0], index=power.index[:24:4])
    points = load_by_temperature(power, weather, rule="h")
    assert points["power_kw"].tolist() == [power.iloc[4 * hour : 4 * hour + 4].mean() for hour in range(6)]
    bins = binned(points)
    assert bins[["middle_c", "n"]].to_numpy().tolist() == [[11.0, 5.0]]


def test_the_spread_is_over_all_phases_and_local_days() -> None:
    first = local("2026-10-25", "2026-10-27", PARIS, "h")
    phases = pd.DataFrame({"L1": first, "L2": first + 100})
    lines = spread(extremes(phases), zone=PARIS, rule="D")
    assert lines["low"].tolist() == [0, 25]
    assert lines["high"].tolist() == [124, 148]


def test_the_histogram_adds_up_to_all_readings_and_knows_none() -> None:
    found = histogram(pd.DataFrame({"voltage": [229.0, 230.0, np.nan, 260.0]}))
    assert found is not None
    assert found.share.sum() == pytest.approx(1)
    assert histogram(pd.DataFrame({"voltage": [np.nan]})) is None


def test_a_minute_outside_on_any_phase_counts_once_and_limits_are_inside() -> None:
    index = pd.date_range("2026-06-01T20:00Z", periods=4, freq="1h")
    phases = pd.DataFrame({"L1": [206.9, 207.0, np.nan, 254.0], "L2": [206.0, 253.0, np.nan, 230.0]}, index=index)
    out = outside(phases, low=207, high=253)
    assert out.tolist() == [True, False, True]
    by_day = minutes_by_day(out, step=timedelta(hours=1), zone=PARIS)
    assert by_day.tolist() == [60, 60]  # 22:00 and 01:00 of the next day in Paris
