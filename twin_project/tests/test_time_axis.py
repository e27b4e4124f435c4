"""The time axis: clocks that jump, zones of half an hour, tables in local hours."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pandas as pd
import pytest

from twin_project.kit.periods import period_of
from twin_project.kit.time_axis import summary_table, ticks

PARIS, KOLKATA = ZoneInfo("Europe/Paris"), ZoneInfo("Asia/Kolkata")


@pytest.mark.parametrize(
    ("day", "hours"), [(date(2026, 3, 29), 23), (date(2026, 10, 25), 25), (date(2026, 11, 19), 24)]
)
def test_a_day_is_as_wide_as_it_is_long_and_its_ticks_stand_at_round_local_hours(day: date, hours: int) -> None:
    period = period_of("day", day, PARIS)
    assert period.end - period.start == timedelta(hours=hours)
    at, labels = ticks(period.start, period.end, PARIS)
    shown = dict(zip(labels, at, strict=True))
    assert shown["06:00"] == (hours - 24 + 6) * 60
    assert shown["21:00"] == (hours - 24 + 21) * 60
    assert at == sorted(set(at))


def test_the_repeated_hour_of_autumn_has_one_tick_only() -> None:
    start = datetime(2026, 10, 24, 23, tzinfo=UTC)
    _, labels = ticks(start, start + timedelta(hours=8), PARIS)
    assert labels == ["01:00", "02:00", "03:00", "04:00", "05:00", "06:00", "07:00", "08:00"]


def test_the_ticks_of_a_zone_of_half_an_hour_stand_at_its_own_round_hours() -> None:
    period = period_of("day", date(2026, 6, 1), KOLKATA)
    at, labels = ticks(period.start, period.end, KOLKATA)
    assert at[:3] == [0, 180, 360]
    assert labels[1:3] == ["03:00", "06:00"]


@pytest.mark.parametrize(("kind", "most"), [("week", 8), ("month", 8), ("year", 13)])
def test_longer_periods_have_few_ticks_at_local_midnights(kind: str, most: int) -> None:
    period = period_of(kind, date(2026, 10, 20), PARIS)  # type: ignore[arg-type]  # the words of the parameters
    at, labels = ticks(period.start, period.end, PARIS)
    assert 3 < len(at) == len(labels) <= most
    for minute in at:
        there = (period.start + timedelta(minutes=minute)).astimezone(PARIS)
        assert (there.hour, there.minute) == (0, 0)


def test_the_table_has_a_row_for_each_of_the_25_hours_of_an_autumn_day() -> None:
    period = period_of("day", date(2026, 10, 25), PARIS)
    index = pd.date_range(period.start, period.end, freq="15min", inclusive="left")
    table = summary_table({"measured, kW": pd.Series(1.0, index=index)}, PARIS)
    assert len(table.rows) == 25
    assert [when for when, _ in table.rows].count("Sun 25 Oct, 02:00") == 2


def test_the_table_buckets_by_the_hours_of_the_sites_own_clock() -> None:
    period = period_of("day", date(2026, 6, 1), KOLKATA)
    index = pd.date_range(period.start, period.end, freq="30min", inclusive="left")
    table = summary_table({"kW": pd.Series(range(48), index=index, dtype=float)}, KOLKATA)
    assert table.rows[0] == ("Mon 1 Jun, 00:00", [0.5])


def test_beyond_eight_days_the_table_has_local_days_and_nothing_where_nothing_was_measured() -> None:
    index = pd.date_range("2026-03-20", "2026-04-05", freq="h", tz=PARIS).tz_convert("UTC")
    values = pd.Series(2.0, index=index)
    values.loc["2026-03-27 23:00":"2026-03-29 21:00"] = float("nan")
    table = summary_table({"kW": values}, PARIS)
    assert table.first == "Day"
    assert dict(table.rows)["Sun 29 Mar 2026"] == [None]
