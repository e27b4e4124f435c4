"""Scores against hand-worked numbers."""

import numpy as np
import pandas as pd
import pytest

from forecasting.domain import metrics
from forecasting.domain.quantiles import QUANTILES

INDEX = pd.date_range("2024-01-01", periods=4, freq="12h", tz="UTC")
ACTUAL = pd.Series([1.0, 2.0, 4.0, np.nan], index=INDEX)
POINT = pd.Series([2.0, 2.0, 2.0, 99.0], index=INDEX)


def _flat(values: "pd.Series[float]", width: float = 0.0) -> pd.DataFrame:
    return pd.DataFrame({level: values + width * (level - 0.5) for level in QUANTILES})


def test_errors_leave_out_what_is_missing() -> None:
    assert metrics.mae(ACTUAL, POINT) == pytest.approx(1.0)
    assert metrics.rmse(ACTUAL, POINT) == pytest.approx(np.sqrt(5 / 3))
    assert metrics.energy_bias(ACTUAL, POINT) == pytest.approx(-1 / 7)


def test_pinball_of_a_point_is_the_mean_of_its_two_slopes() -> None:
    # errors 1 above, 0, 2 below: mean over levels of (1 - q) * 1 and q * 2; the levels' mean is 1/2
    assert metrics.pinball(ACTUAL, _flat(POINT)) == pytest.approx((0.5 * 1 + 0 + 0.5 * 2) / 3)


def test_coverage_counts_the_ends_and_leaves_out_gaps() -> None:
    band = _flat(POINT, width=2.5)  # the 80 % band is one kW either way, the 90 % band 1.125
    assert metrics.coverage(ACTUAL, band, 0.8) == pytest.approx(2 / 3)
    assert metrics.coverage(ACTUAL + 0.125, band, 0.9) == pytest.approx(2 / 3)


def test_the_peak_error_compares_the_days_highest_values_not_the_same_hour() -> None:
    index = pd.date_range("2024-01-01", periods=48, freq="h", tz="UTC")
    actual = pd.Series(0.0, index=index)
    point = actual.copy()
    actual.iloc[8], point.iloc[20] = 5.0, 4.0
    actual.iloc[30], point.iloc[30] = 1.0, 3.0
    assert metrics.peak_error(actual, point, "UTC") == pytest.approx((1 + 2) / 2)


def test_mase_is_the_error_in_units_of_the_seasonal_naive_one() -> None:
    history = pd.Series([1.0, 5.0, 2.0, 7.0, np.nan, 8.0])
    assert metrics.naive_scale(history, 2) == pytest.approx((1 + 2 + 1) / 3)
    scores = metrics.score(ACTUAL, _flat(POINT), scale_kw=0.5)
    assert scores.n == 3
    assert scores.mase == pytest.approx(2.0)
    assert scores.nrmse_pct == pytest.approx(100 * np.sqrt(5 / 3) / (7 / 3))


def test_what_cannot_be_told_is_nan_and_never_zero() -> None:
    nothing = metrics.score(ACTUAL * np.nan, _flat(POINT), scale_kw=1.0)
    assert nothing.n == 0
    assert np.isnan([nothing.mae_kw, nothing.pinball_kw, nothing.coverage80_pct, nothing.peak_error_kw]).all()
    assert np.isnan(metrics.score(ACTUAL * 0, _flat(POINT), scale_kw=float("nan")).nrmse_pct)
    assert np.isnan(metrics.naive_scale(ACTUAL, 96))
