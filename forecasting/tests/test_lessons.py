"""What of the readings is learned from, by rule and in words."""

import numpy as np
import pandas as pd

from forecasting.domain.lessons import lesson

NOTHING = pd.DatetimeIndex([], tz="UTC")


def load_of(values: "np.ndarray[tuple[int], np.dtype[np.float64]]") -> "pd.Series[float]":
    return pd.Series(
        values, index=pd.date_range("2026-01-01", periods=len(values), freq="h", tz="UTC"), name="power_kw"
    )


def test_a_flat_stretch_longer_than_a_day_is_left_out_and_said() -> None:
    values = np.random.default_rng(0).random(24 * 20)
    values[100:160] = 2.5
    kept, notes = lesson(load_of(values), NOTHING)
    assert kept.isna().sum() == 60
    assert notes == ["2 days of one and the same value look like a stuck meter; they are not learned from."]


def test_zeros_and_a_meter_that_is_always_flat_are_learned() -> None:
    values = np.random.default_rng(0).random(24 * 20)
    values[100:200] = 0.0
    assert lesson(load_of(values), NOTHING)[0].notna().all()
    kept, notes = lesson(load_of(np.full(480, 1.5)), NOTHING)
    assert kept.notna().all()
    assert "more than half of all, so they are learned from after all" in notes[0]


def test_estimates_are_left_out_and_counted() -> None:
    load = load_of(np.random.default_rng(0).random(480))
    kept, notes = lesson(load, pd.DatetimeIndex(load.index[50:62]))
    assert kept.isna().sum() == 12
    assert notes == ["12 readings were estimated; they are not learned from."]
    assert load.notna().all(), "the caller's load was changed"


def test_gaps_are_told_in_per_cent() -> None:
    values = np.random.default_rng(0).random(1000)
    values[:400] = np.nan
    assert lesson(load_of(values), NOTHING)[1] == [
        "40\u2009% of the intervals have no reading; they are left out, not filled."
    ]
    assert lesson(load_of(np.full(24, np.nan)), NOTHING)[1] == []
