"""Series, gaps and weather as they are read back from PostgreSQL."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from meters.models import Meter, Reading, Site, Source
from meters.selectors import (
    UnknownMeter,
    completeness,
    count_readings,
    data_through,
    gaps,
    latest_reading,
    load_series,
    load_weather,
    meter_named,
    phase_series,
    resampled,
)
from meters.services import StoreReport, ensure_meter, ensure_site, store_weather

Frame = Callable[..., pd.DataFrame]
Store = Callable[..., StoreReport]
MAY = datetime(2026, 5, 1, tzinfo=UTC)
QUARTER = timedelta(minutes=15)


def test_a_series_is_regular_half_open_and_has_nan_for_what_is_missing(
    frame: Frame, store: Store, meter: Meter
) -> None:
    store(frame(n=8, energy_kwh=np.arange(8.0)).drop(index=3))
    series = load_series(meter=meter, start=MAY + QUARTER, end=MAY + 7 * QUARTER)
    assert series.index.equals(pd.date_range("2026-05-01T00:15Z", periods=6, freq="15min", unit="us", name="start_at"))
    np.testing.assert_array_equal(series.to_numpy(), [4.0, 8.0, np.nan, 16.0, 20.0, 24.0])
    energy = load_series(meter=meter, start=MAY, end=MAY + QUARTER, column="energy_kwh")
    assert energy.tolist() == [0.0]


def test_a_meter_without_readings_gives_a_series_of_nan(meter: Meter) -> None:
    series = load_series(meter=meter, start=MAY + timedelta(minutes=7), end=MAY + timedelta(hours=1))
    assert (len(series), series.notna().sum()) == (3, 0)
    assert data_through(meter) is None
    assert latest_reading(meter) is None
    assert gaps(meter) == []


def test_a_suspect_reading_is_neither_in_the_series_nor_the_last(frame: Frame, store: Store, meter: Meter) -> None:
    store(frame(n=3, power_kw=[1.0, 2.0, 900.0], quality=[0, 0, 2]))
    assert load_series(meter=meter, start=MAY, end=MAY + 3 * QUARTER).tolist()[:2] == [1.0, 2.0]
    assert data_through(meter) == MAY + 2 * QUARTER
    assert gaps(meter, MAY, MAY + 3 * QUARTER) == [(MAY + 2 * QUARTER, MAY + 3 * QUARTER)]


def test_hours_of_a_half_hour_zone_lie_on_their_own_grid(frame: Frame, store: Store, indian_meter: Meter) -> None:
    store(frame("2026-05-01T00:00+05:30", n=24, interval_s=3600, power_kw=np.arange(24.0)), into=indian_meter)
    day = datetime(2026, 5, 1, tzinfo=ZoneInfo("Asia/Kolkata"))
    series = load_series(meter=indian_meter, start=day, end=day + timedelta(days=1))
    assert series.tolist() == list(np.arange(24.0))
    assert {stamp.minute for stamp in pd.DatetimeIndex(series.index)} == {30}


@pytest.mark.parametrize(("day", "hours"), [("2026-03-29", 23), ("2025-10-26", 25)])
def test_a_clock_change_makes_a_day_of_23_or_25_hours(
    frame: Frame, store: Store, meter: Meter, day: str, hours: int
) -> None:
    zone = ZoneInfo("Europe/Paris")
    start = datetime.fromisoformat(day).replace(tzinfo=zone)
    end = (start + timedelta(days=1)).replace(tzinfo=zone)
    store(frame(start.isoformat(), n=hours * 4, energy_kwh=np.ones(hours * 4)))
    series = load_series(meter=meter, start=start, end=end, column="energy_kwh")
    assert (len(series), series.sum()) == (hours * 4, hours * 4)
    assert completeness(meter, start=start, end=end) == 1.0


def test_finer_readings_are_averaged_and_coarser_ones_left_out(frame: Frame, store: Store, meter: Meter) -> None:
    store(frame(n=3, interval_s=300, power_kw=[1.0, 2.0, 6.0]))
    store(frame("2026-05-01T00:15Z", n=2, interval_s=300, power_kw=[1.0, 2.0]))
    store(frame("2026-05-01T00:30Z", n=1, interval_s=1800, power_kw=[9.0]))
    series = load_series(meter=meter, start=MAY, end=MAY + timedelta(hours=1))
    np.testing.assert_array_equal(series.to_numpy(), [3.0, np.nan, np.nan, np.nan])


def test_finer_energies_are_added_up(frame: Frame, store: Store, meter: Meter) -> None:
    store(frame(n=3, interval_s=300, energy_kwh=[0.1, 0.2, 0.6]))
    series = load_series(meter=meter, start=MAY, end=MAY + QUARTER, column="energy_kwh")
    assert series.tolist() == pytest.approx([0.9])


def test_hours_past_a_clock_change_of_half_an_hour_are_shared_out_and_none_is_lost(frame: Frame, store: Store) -> None:
    site = ensure_site(name="Howe", zone="Australia/Lord_Howe")
    meter = ensure_meter(site=site, reference="1", interval_s=3600)
    store(frame("2026-04-04T10:00Z", n=5, interval_s=3600, energy_kwh=[1.0] * 5), into=meter)  # +11:00, whole hours
    store(frame("2026-04-04T15:00Z", n=1, interval_s=1800, energy_kwh=[0.5]), into=meter)  # what the change cut off
    store(frame("2026-04-04T15:30Z", n=5, interval_s=3600, energy_kwh=[1.0, 3.0, 1.0, 1.0, 1.0]), into=meter)
    start = datetime(2026, 4, 4, 10, tzinfo=UTC)
    energy = load_series(meter=meter, start=start, end=start + timedelta(hours=10), column="energy_kwh")
    assert energy.tolist() == pytest.approx([1, 1, 1, 1, 1, 1, 2, 2, 1, 1])
    power = load_series(meter=meter, start=start, end=start + timedelta(hours=10))
    assert power.tolist() == pytest.approx(energy.tolist())


def test_an_hour_of_which_less_than_half_was_measured_has_no_mean(frame: Frame, store: Store, meter: Meter) -> None:
    store(frame(n=8, power_kw=np.arange(8.0)).drop(index=[4, 5, 6]))
    means = resampled(meter=meter, start=MAY, end=MAY + timedelta(hours=2))
    np.testing.assert_array_equal(means.to_numpy(), [1.5, np.nan])


def test_gaps_are_found_inside_and_at_both_ends(frame: Frame, store: Store, meter: Meter) -> None:
    store(frame(n=12).drop(index=[4, 5, 9]))
    inside = [(MAY + 4 * QUARTER, MAY + 6 * QUARTER), (MAY + 9 * QUARTER, MAY + 10 * QUARTER)]
    assert gaps(meter) == inside
    before, after = MAY - timedelta(hours=1), MAY + timedelta(hours=4)
    assert gaps(meter, before, after) == [(before, MAY), *inside, (MAY + 12 * QUARTER, after)]
    assert completeness(meter, start=MAY, end=MAY + 12 * QUARTER) == 0.75


def test_a_reading_that_begins_before_the_period_covers_its_beginning(
    frame: Frame, store: Store, indian_meter: Meter
) -> None:
    store(frame(n=2, interval_s=3600, power_kw=[1.0, 2.0]), into=indian_meter)
    assert gaps(indian_meter, MAY + 2 * QUARTER, MAY + 8 * QUARTER) == []


def test_phases_are_named_and_empty_without_voltage(
    frame: Frame, store: Store, meter: Meter, indian_meter: Meter
) -> None:
    hour = {"start": MAY, "end": MAY + timedelta(hours=1)}
    store(frame(voltage_v=[230.0] * 4))
    three = {f"voltage_l{n}_v": [239.0 + n] for n in (1, 2, 3)}
    store(frame(n=1, interval_s=3600, **three), into=indian_meter)
    assert list(phase_series(meter=meter, start=hour["start"], end=hour["end"], quantity="voltage")) == ["L"]
    shop = phase_series(meter=indian_meter, start=hour["start"], end=hour["end"], quantity="voltage")
    assert {name: series.tolist() for name, series in shop.items()} == {"L1": [240.0], "L2": [241.0], "L3": [242.0]}
    assert phase_series(meter=meter, start=hour["start"], end=hour["end"], quantity="current") == {}


def test_a_series_is_read_from_the_key_alone(frame: Frame, store: Store, meter: Meter) -> None:
    store(frame(n=5000, start="2026-03-01T00:00Z", power_kw=np.ones(5000)))
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute("SET LOCAL enable_bitmapscan = off")
        with CaptureQueriesContext(connection) as queries:
            load_series(meter=meter, start=MAY - timedelta(days=30), end=MAY)
        cursor.execute("EXPLAIN " + queries[0]["sql"])
        plan = "\n".join(line for (line,) in cursor.fetchall())
    assert "Index Only Scan using meters_reading_pkey" in plan


def test_weather_comes_back_as_observed(site: Site, source: Source) -> None:
    hours = pd.date_range("2026-05-01", periods=4, freq="h", tz="UTC").delete(2)
    observations = pd.DataFrame({"start_at": hours, "temperature_c": [9.0, 8.5, 7.0]})
    store_weather(site=site, observations=observations, source=source)
    weather = load_weather(site=site, start=MAY, end=MAY + timedelta(hours=3))
    assert weather["temperature_c"].tolist() == [9.0, 8.5]
    assert str(pd.DatetimeIndex(weather.index).tz) == "UTC"


def test_a_meter_is_found_by_its_short_name_or_those_there_are_are_told(meter: Meter) -> None:
    assert meter_named("flat") == meter
    with pytest.raises(UnknownMeter, match=r"There is no meter 'barn'; there are: flat\."):
        meter_named("barn")


def test_readings_are_counted_by_quantity(frame: Frame, store: Store, meter: Meter) -> None:
    store(frame(n=4, energy_kwh=[1.0] * 4, voltage_v=[230.0, np.nan, 231.0, np.nan]))
    assert (count_readings(meter), count_readings(meter, having="voltage_v")) == (4, 2)
    assert Reading.objects.filter(voltage_v=None).count() == 2
    with pytest.raises(ValueError, match="volts is no quantity"):
        count_readings(meter, having="volts")
