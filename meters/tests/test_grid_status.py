"""The card of the grid: words, trends, minutes outside, three phases, and what a meter does not measure."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import numpy as np
import pandas as pd
import pytest

from meters.domain.grid import band_word, trend, worst_word
from meters.models import Meter
from meters.selectors import grid_status
from meters.services import StoreReport

Frame = Callable[..., pd.DataFrame]
Store = Callable[..., StoreReport]


@pytest.mark.parametrize(
    ("voltage_v", "word"), [(206.9, "low"), (207.0, "in band"), (230.0, "in band"), (253.0, "in band"), (253.1, "high")]
)
def test_en_50160_allows_ten_percent_around_230_volts(voltage_v: float, word: str) -> None:
    assert band_word(voltage_v, (207.0, 253.0)) == word


def test_the_worst_phase_gives_the_word() -> None:
    assert worst_word(["in band", "high", "low"]) == "low"
    assert worst_word([]) is None


def series(*values: float, freq: str = "15min") -> "pd.Series[float]":
    return pd.Series(values, index=pd.date_range("2026-05-01", periods=len(values), freq=freq, tz="UTC"))


@pytest.mark.parametrize(("step", "word"), [(0.5, "rising"), (-0.5, "falling"), (0.01, "steady")])
def test_a_trend_has_its_slope_per_hour_and_a_word(step: float, word: str) -> None:
    found = trend(series(*(230 + step * n for n in range(12))), steady=0.5)
    assert found is not None
    assert found.per_hour == pytest.approx(4 * step)
    assert found.word == word


def test_a_trend_looks_back_three_hours_only_and_needs_three_values() -> None:
    assert trend(series(*range(100, 0, -1), *[5.0] * 12), steady=0.5).word == "steady"  # type: ignore[union-attr]
    assert trend(series(1.0, 2.0), steady=0.5) is None
    assert trend(series(*range(50), *[float("nan")] * 12), steady=0.5) is None
    assert trend(pd.Series(dtype="float64"), steady=0.5) is None


def test_the_card_of_a_single_phase_meter(frame: Frame, store: Store, meter: Meter) -> None:
    voltage = np.full(96, 230.0)
    voltage[10:14], voltage[-1] = 260.0, 200.0
    columns = {"energy_kwh": np.full(96, 0.3), "voltage_v": voltage, "current_a": np.linspace(1, 20, 96)}
    store(frame(n=96, reactive_kvarh=np.full(96, 0.4), **columns).drop(index=[50, 51]))
    status = grid_status(meter=meter, now=datetime(2026, 5, 2, 0, 4, tzinfo=UTC))
    assert status is not None
    assert (status.voltage_v, status.current_a, status.word) == (200.0, 20.0, "low")
    assert status.power_kw == pytest.approx(1.2)
    assert status.power_factor == pytest.approx(0.6)
    assert (status.age, status.band_v) == (timedelta(minutes=4), (207.0, 253.0))
    assert (status.minutes_out_24h, status.minutes_known_24h) == (75.0, 94 * 15.0)
    assert [phase.name for phase in status.phases] == ["L"]
    assert status.current_trend is not None
    assert status.current_trend.word == "rising"
    assert len(status.voltage_24h["L"]) == 96
    assert status.voltage_24h["L"].isna().sum() == 2


def test_the_card_of_three_phases_tells_the_worst(frame: Frame, store: Store, indian_meter: Meter) -> None:
    volts = {"voltage_l1_v": [241.0] * 24, "voltage_l2_v": [239.0] * 24, "voltage_l3_v": [270.0] * 24}
    amperes = {f"current_l{n}_a": [float(n)] * 24 for n in (1, 2, 3)}
    store(frame(n=24, interval_s=3600, power_kw=[4.0] * 24, **volts, **amperes), into=indian_meter)
    status = grid_status(meter=indian_meter, now=datetime(2026, 5, 2, tzinfo=UTC))
    assert status is not None
    assert [(phase.name, phase.voltage_v, phase.word) for phase in status.phases] == [
        ("L1", 241.0, "in band"),
        ("L2", 239.0, "in band"),
        ("L3", 270.0, "high"),
    ]
    assert (status.word, status.voltage_v, status.current_a) == ("high", 250.0, 6.0)
    assert status.minutes_out_24h == 24 * 60


def test_a_meter_without_voltage_has_no_voltage_card(frame: Frame, store: Store, meter: Meter) -> None:
    store(frame(n=20, power_kw=np.arange(20.0)))
    status = grid_status(meter=meter, now=datetime(2026, 5, 2, tzinfo=UTC))
    assert status is not None
    assert (status.voltage_v, status.word, status.voltage_trend, status.minutes_out_24h) == (None, None, None, None)
    assert (status.phases, status.voltage_24h) == ([], {})
    assert status.power_kw == 19.0
    assert status.power_trend is not None
    assert status.power_trend.per_hour == pytest.approx(4.0)


def test_a_meter_without_readings_has_no_status(meter: Meter, now: datetime) -> None:
    assert grid_status(meter=meter, now=now) is None
