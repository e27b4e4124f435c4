"""Each validation rule: what it finds, and what it leaves alone."""

from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import pandas as pd
import pytest

from meters.domain.registers import Exchange, register_steps
from meters.domain.validation import Context, Doubt
from meters.registry import rules

START = datetime(2026, 5, 1, tzinfo=UTC)
PARIS = Context("Europe/Paris", 3600, 230.0, 12.0)
DAY = np.array(
    [
        1.0,
        1.1,
        0.9,
        1.2,
        1.3,
        1.0,
        2.0,
        3.0,
        2.5,
        2.2,
        2.1,
        2.0,
        2.6,
        2.4,
        2.3,
        2.2,
        2.9,
        3.4,
        3.6,
        3.1,
        2.2,
        1.9,
        1.4,
        1.1,
    ]
)


def week(**changes: Any) -> pd.DataFrame:
    random = np.random.default_rng(5)
    power = np.tile(DAY, 7) * random.uniform(0.9, 1.1, 168)
    starts = pd.date_range("2026-05-01T22:00Z", periods=168, freq="h")
    frame = pd.DataFrame({"start_at": starts, "interval_s": 3600, "quality": 0, "power_kw": power, "energy_kwh": power})
    return frame.assign(**changes)


def found(key: str, readings: pd.DataFrame, context: Context = PARIS) -> list[Doubt]:
    before = readings.copy(deep=True)
    doubts = rules.get(key)().check(readings, context)
    pd.testing.assert_frame_equal(readings, before)
    return doubts


def with_power(first: int, last: int, value: float) -> pd.DataFrame:
    readings = week()
    power = readings["power_kw"].to_numpy().copy()
    power[first:last] = value
    return readings.assign(power_kw=power, energy_kwh=power)


def hours(doubt: Doubt) -> float:
    return (doubt.end_at - doubt.start_at).total_seconds() / 3600


@pytest.mark.parametrize("key", rules.keys())
def test_every_rule_loads_names_its_source_and_finds_nothing_in_a_good_week(key: str) -> None:
    rule = rules.get(key)
    module = __import__(rule.__module__, fromlist=["x"])
    assert "Source: " in (module.__doc__ or "")
    assert found(key, week()) == []
    assert found(key, week().iloc[:0]) == []


def test_power_above_the_rating_is_doubted_and_without_a_rating_nothing_is() -> None:
    readings = with_power(20, 22, 25_000.0)
    (doubt,) = found("power_range", readings)
    assert (doubt.value, hours(doubt)) == (25_000.0, 2.0)
    assert doubt.sentence == "25,000.0 kW is more than the connection's 12.0 kW."
    assert found("power_range", readings, Context("Europe/Paris")) == []


def test_a_negative_value_is_doubted() -> None:
    (doubt,) = found("negative", with_power(3, 4, -0.5))
    assert doubt.value == -0.5


def test_voltage_and_current_out_of_the_possible_are_doubted() -> None:
    volts = np.where(np.arange(168) == 7, 400.0, 231.0)
    assert [doubt.value for doubt in found("voltage_range", week(voltage_l2_v=volts))] == [400.0]
    amperes = np.where(np.arange(168) == 9, 500.0, 8.0)
    assert [doubt.value for doubt in found("current_range", week(current_a=amperes))] == [500.0]
    assert found("current_range", week(current_a=amperes), Context("Europe/Paris")) == []


def test_more_power_than_volts_times_amperes_is_doubted() -> None:
    readings = week(voltage_v=230.0, current_a=week()["power_kw"] / 0.23)
    assert found("apparent_power", readings) == []
    readings.loc[5, "current_a"] = 1.0
    assert [hours(doubt) for doubt in found("apparent_power", readings)] == [1.0]


def test_a_spike_is_doubted_and_a_busy_evening_is_not() -> None:
    (doubt,) = found("spike", with_power(50, 51, 30.0), Context("Europe/Paris"))
    assert (doubt.value, hours(doubt)) == (30.0, 1.0)
    assert "times the third highest reading of its day" in doubt.sentence
    assert found("spike", with_power(50, 54, 9.0), Context("Europe/Paris")) == []


@pytest.mark.parametrize("days", [1, 2, 4])
def test_an_absurd_hour_is_doubted_however_short_the_history(days: int) -> None:
    readings = with_power(3, 4, 150_000.0).iloc[: 24 * days]
    assert [doubt.value for doubt in found("spike", readings, Context("Etc/GMT"))] == [150_000.0]
    two = with_power(3, 5, 150_000.0).iloc[: 24 * days]
    assert [hours(doubt) for doubt in found("spike", two, Context("Etc/GMT"))] == [2.0]


def test_an_absurd_energy_beside_a_usual_power_is_a_spike_too() -> None:
    readings = week()
    readings.loc[[30, 80], "energy_kwh"] = 150_000.0
    readings.loc[80, "power_kw"] = 90.0
    assert [doubt.value for doubt in found("spike", readings, Context("Etc/GMT"))] == [150_000.0, 90.0]


def test_an_oven_on_every_quiet_day_is_no_spike() -> None:
    power = np.where(np.arange(168) % 24 == 19, 3.0, 0.2 + 0.01 * np.sin(np.arange(168)))
    readings = week().assign(power_kw=power, energy_kwh=power)
    assert found("spike", readings, Context("Etc/GMT")) == []


def test_a_value_that_stays_a_whole_day_is_stuck_and_zeros_have_their_own_rule() -> None:
    (doubt,) = found("stuck", with_power(30, 60, 1.7))
    assert (doubt.value, hours(doubt)) == (1.7, 30.0)
    assert found("stuck", with_power(30, 53, 1.7)) == []
    zeros = with_power(30, 60, 0.0)
    assert found("stuck", zeros) == []
    assert [hours(doubt) for doubt in found("zeros", zeros)] == [30.0]


def test_zeros_of_a_meter_that_is_mostly_zero_are_left_alone() -> None:
    assert found("zeros", with_power(0, 120, 0.0)) == []


def test_a_gap_ends_a_run_of_one_value() -> None:
    assert found("stuck", with_power(30, 60, 1.7).drop(index=45).reset_index(drop=True)) == []


def test_a_day_that_repeats_the_day_before_is_a_duplicate() -> None:
    readings = week()
    power = readings["power_kw"].to_numpy().copy()
    power[96:120] = power[72:96]
    (doubt,) = found("duplicate", readings.assign(power_kw=power, energy_kwh=power))
    assert (doubt.start_at, hours(doubt)) == (readings["start_at"].iloc[96], 24.0)


def test_an_interval_inside_another_overlaps() -> None:
    readings = week()
    readings.loc[4, "interval_s"] = 7200
    (doubt,) = found("overlap", readings)
    assert doubt.start_at == readings["start_at"].iloc[5]


def test_a_gap_is_told_by_its_edges_and_doubts_no_reading() -> None:
    (doubt,) = found("gap", week().drop(index=[10, 11, 12]).reset_index(drop=True))
    assert (doubt.start_at, hours(doubt)) == (week()["start_at"].iloc[10], 3.0)
    assert not rules.get("gap").quarantines


def reads(*values: float) -> pd.DataFrame:
    return pd.DataFrame(
        {"read_at": [START + timedelta(days=day) for day in range(len(values))], "register_kwh": values}
    )


def test_a_roll_over_counts_on_and_a_reset_does_not() -> None:
    steps = register_steps(reads(99_990, 5, 20, 3))
    assert steps["kind"].tolist() == ["rollover", "forward", "reset"]
    np.testing.assert_array_equal(steps["energy_kwh"], [15.0, 15.0, np.nan])
    context = Context("Europe/Paris", register_reads=reads(99_990, 5, 20, 3))
    assert [doubt.sentence for doubt in found("register_rollover", week(), context)] == [
        "99,990 to 5 kWh: rolled over."
    ]
    (reset,) = found("register_reset", week(), context)
    assert "20.0 to 3.0 kWh: the register went back." in reset.sentence


def test_an_exchange_on_record_explains_a_fall_with_both_factors() -> None:
    exchange = Exchange(START + timedelta(days=1, hours=12), 5_060.0, 100.0, 1.0, 2.0)
    steps = register_steps(reads(5_000, 5_050, 110, 130), (exchange,))
    assert steps["kind"].tolist() == ["forward", "exchange", "forward"]
    assert steps["energy_kwh"].tolist() == [50.0, 10.0 + 20.0, 40.0]
    context = Context("Europe/Paris", exchanges=(exchange,), register_reads=reads(5_000, 5_050, 110, 130))
    assert found("register_reset", week(), context) == []


def test_intervals_that_do_not_add_up_to_the_register_are_doubted() -> None:
    readings = week(energy_kwh=2.0)
    at = [readings["start_at"].iloc[24 * day] for day in (0, 1, 2, 3)]
    context = Context(
        "Europe/Paris", register_reads=pd.DataFrame({"read_at": at, "register_kwh": [1000.0, 1048.0, 1120.0, 1168.0]})
    )
    (doubt,) = found("register_sum", readings, context)
    assert (doubt.start_at, doubt.value) == (at[1], -24.0)
    assert found("register_sum", readings.drop(index=30).reset_index(drop=True), context) == []
