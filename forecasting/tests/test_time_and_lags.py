"""Wall time, lags and the gate in front of the future, with the clock-change nights pinned by hand."""

import numpy as np
import pandas as pd
import pytest

from forecasting.domain.grid import DAY_S, Grid, Trailing, seconds
from forecasting.domain.lags import Past
from forecasting.domain.local_calendar import LocalCalendar
from forecasting.domain.wall_time import WallTime


def _instants(*texts: str) -> np.ndarray:
    return seconds(pd.DatetimeIndex([pd.Timestamp(text) for text in texts]).tz_convert("UTC"))


def _wall(zone: str, year: int = 2010) -> WallTime:
    return WallTime.over(zone, *_instants(f"{year}-01-01T00:00Z", f"{year + 1}-01-01T00:00Z").tolist())


@pytest.mark.parametrize(
    ("zone", "now", "day_before"),
    [
        ("Europe/Paris", "2010-03-28T12:00+02:00", "2010-03-27T12:00+01:00"),  # 23 hours apart
        ("Europe/Paris", "2010-10-31T12:00+01:00", "2010-10-30T12:00+02:00"),  # 25 hours apart
        ("Europe/Paris", "2010-03-29T02:30+02:00", "2010-03-28T03:30+02:00"),  # 02:30 was skipped
        ("Europe/Paris", "2010-10-31T02:30+02:00", "2010-10-30T02:30+02:00"),  # the first 02:30
        ("Europe/Paris", "2010-10-31T02:30+01:00", "2010-10-30T02:30+02:00"),  # the second 02:30
        ("Asia/Kolkata", "2010-06-02T00:15+05:30", "2010-06-01T00:15+05:30"),
        ("Australia/Lord_Howe", "2010-04-05T09:00+10:30", "2010-04-04T09:00+10:30"),
        ("Australia/Lord_Howe", "2010-04-04T09:00+10:30", "2010-04-03T09:00+11:00"),  # 24.5 hours apart
    ],
)
def test_the_day_before_is_at_the_same_wall_time(zone: str, now: str, day_before: str) -> None:
    assert _wall(zone).days_before(_instants(now), 1).tolist() == _instants(day_before).tolist()


def test_the_table_of_offsets_agrees_with_the_zone_database_at_every_half_hour() -> None:
    for zone in ("Europe/Paris", "Australia/Lord_Howe", "Asia/Kathmandu", "America/St_Johns"):
        index = pd.date_range("2010-01-01", "2010-12-31", freq="30min", tz="UTC")
        local = seconds(index.tz_convert(zone).tz_localize(None))
        assert (_wall(zone).local(seconds(index)) == local).all()


def test_an_interval_is_known_only_once_it_has_ended() -> None:
    grid = Grid(0, 3600, np.arange(10.0))
    at = np.array([0, 3600 * 4, 3600 * 5, 3600 * 20, -5], dtype=np.int64)
    np.testing.assert_array_equal(grid.at(at, 5 * 3600), [0.0, 4.0, np.nan, np.nan, np.nan])


def test_trailing_means_skip_gaps_and_refuse_to_guess_from_next_to_nothing() -> None:
    values = np.array([1.0, np.nan, 3.0, 5.0, np.nan, np.nan, np.nan, np.nan])
    trailing = Trailing.of(Grid(0, 3600, values))
    end = np.array([4, 8, 1, 0], dtype=np.int64) * 3600
    np.testing.assert_array_equal(trailing.mean(end, 4 * 3600), [3.0, np.nan, 1.0, np.nan])


def _past(days: int = 30, zone: str = "UTC") -> Past:
    start = int(_instants("2010-03-01T00:00Z")[0])
    return Past.of(Grid(start, 3600, np.arange(24.0 * days)), LocalCalendar.of(_wall(zone), ()))


def test_lags_of_the_next_day_start_with_the_day_before() -> None:
    past = _past()
    end = past.load.end_s
    at = end + 3600 * np.array([0, 23, 24, 47, 48], dtype=np.int64)
    _, values = past.same_time(at, np.full(5, end))
    last = 24.0 * 30
    np.testing.assert_array_equal(values[:, 0], [last - 24, last - 1, last - 24, last - 1, last - 24])
    np.testing.assert_array_equal(values[0, :3], [last - 24, last - 48, last - 72])


def test_on_the_day_after_the_spring_night_the_lag_is_23_hours_old() -> None:
    past = _past(zone="Europe/Paris")
    cutoff = _instants("2010-03-28T08:00+02:00")
    when, values = past.same_time(cutoff, cutoff)
    assert cutoff[0] - when[0, 0] == 23 * 3600
    assert values[0, 0] == past.load.values[past.load.position(cutoff)[0] - 23]


def test_a_lag_that_the_clock_change_makes_too_young_gives_way_to_an_older_one() -> None:
    past = _past(zone="Europe/Paris")
    cutoff = _instants("2010-03-27T23:00+01:00")
    at = cutoff + 23 * 3600  # by the wall 24 hours later: the "day before" starts at the cut-off itself
    when, values = past.same_time(at, cutoff)
    assert (when[0, 0] + 3600 <= cutoff).all()
    assert np.isfinite(values[0, 0])


def test_holidays_weekends_and_bridges_are_days_of_the_site() -> None:
    calendar = LocalCalendar.of(_wall("Asia/Kolkata"), {pd.Timestamp("2010-05-13").date()})  # a Thursday
    at = _instants("2010-05-12T18:29Z", "2010-05-12T18:30Z", "2010-05-13T18:30Z", "2010-05-14T18:30Z")
    found = calendar.features(at)
    assert np.asarray(found["holiday"]).tolist() == [False, True, False, False]
    assert np.asarray(found["bridge"]).tolist() == [False, False, True, False]
    assert np.asarray(found["off"]).tolist() == [False, True, False, True]
    assert np.asarray(found["weekday"]).tolist() == [2, 3, 4, 5]
    assert DAY_S == 86_400
