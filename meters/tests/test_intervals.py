"""The rules that a row must obey, without a database."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import numpy as np
import pandas as pd
import pytest

from meters.domain.intervals import check_readings

NOW = datetime(2026, 6, 1, 12, 0, tzinfo=UTC)
PARIS = "Europe/Paris"
Frame = Callable[..., pd.DataFrame]


def reasons(frame: pd.DataFrame, zone: str = PARIS) -> list[str]:
    return [refusal.reason for refusal in check_readings(frame, zone=zone, now=NOW).refused]


@pytest.mark.parametrize(
    ("column", "value", "sentence"),
    [
        ("energy_kwh", -0.1, "The energy -0.1 is not possible"),
        ("power_kw", float("inf"), "The mean power inf is not possible"),
        ("voltage_v", 50_000.0, "The voltage 50000 is not possible (it must be 0 to 40000 V)."),
        ("current_a", -1.0, "The current -1 is not possible"),
        ("power_factor", 1.2, "The power factor 1.2 is not possible (it must be -1 to 1)."),
        ("frequency_hz", 0.0, "The frequency 0 is not possible (it must be 40 to 70 Hz)."),
        ("voltage_l2_v", -5.0, "The voltage of L2 -5 is not possible"),
        ("energy_kwh", "12,4,1", "The energy '12,4,1' is not a number."),
        ("energy_kwh", float("nan"), "has no value; what is missing needs no row."),
        ("quality", 7, "The quality 7 is not 0 (measured), 1 (estimated), 2 (suspect) or 3 (edited)."),
    ],
)
def test_an_impossible_value_is_refused(frame: Frame, column: str, value: Any, sentence: str) -> None:
    readings = frame(n=1, **({"energy_kwh": [1.0]} | {column: [value]}))
    (reason,) = reasons(readings)
    assert sentence in reason


@pytest.mark.parametrize("interval_s", [59, 90_001, 0, -900, 900.5, float("nan")])
def test_an_interval_is_whole_seconds_between_a_minute_and_a_day_of_25_hours(frame: Frame, interval_s: float) -> None:
    readings = frame(n=1)
    readings["interval_s"] = interval_s
    assert "is not a whole number between 60 and 90000 s" in reasons(readings)[0]


def test_a_naive_stamp_is_refused(frame: Frame) -> None:
    readings = frame(n=2)
    naive = readings.assign(start_at=readings["start_at"].dt.tz_localize(None))
    assert reasons(naive)[0] == "The start 2026-05-01 00:00:00 is no instant with a UTC offset; give it one."
    mixed = readings.assign(start_at=[datetime(2026, 5, 1), datetime(2026, 5, 1, tzinfo=UTC)])  # noqa: DTZ001
    assert len(reasons(mixed)) == 1


def test_the_future_is_refused_but_the_running_interval_is_not(frame: Frame) -> None:
    assert reasons(frame("2026-06-01T12:00Z", n=2)) == []
    assert "lies in the future" in reasons(frame("2026-06-01T12:30Z", n=1))[0]


def test_a_start_off_the_grid_is_refused(frame: Frame) -> None:
    assert "does not lie on the grid" in reasons(frame("2026-05-01T00:07Z", n=1))[0]


@pytest.mark.parametrize(
    ("zone", "start", "interval_s"),
    [
        ("Asia/Kolkata", "2026-05-01T00:00+05:30", 3600),  # a local hour lies at half past in UTC
        ("Asia/Kolkata", "2026-05-01T00:00+05:30", 86_400),
        ("Asia/Kolkata", "2026-05-01T00:00Z", 3600),
        ("Europe/Paris", "2026-03-29T00:00+01:00", 82_800),  # the day of 23 hours
        ("Europe/Paris", "2025-10-26T00:00+02:00", 90_000),  # the day of 25 hours
        ("Asia/Kathmandu", "2026-05-01T00:00+05:45", 1800),
    ],
)
def test_local_and_utc_grids_are_both_accepted(frame: Frame, zone: str, start: str, interval_s: int) -> None:
    assert reasons(frame(start, n=1, interval_s=interval_s), zone) == []


def test_both_passes_of_the_repeated_hour_stay_apart(frame: Frame) -> None:
    night = frame("2025-10-26T00:00+02:00", n=16, energy_kwh=np.arange(16.0))
    local = night.assign(start_at=night["start_at"].dt.tz_convert("Europe/Paris"))
    checked = check_readings(local, zone=PARIS, now=NOW)
    assert checked.refused == []
    assert len(checked.frame) == 16
    assert checked.frame["start_at"].is_unique


def test_a_frame_is_not_changed_by_its_check(frame: Frame) -> None:
    readings = frame(energy_kwh=[3.0, 1.0, float("nan"), -1.0])
    before = readings.copy(deep=True)
    check_readings(readings, zone=PARIS, now=NOW)
    pd.testing.assert_frame_equal(readings, before)
