"""The process by the hour bends where a line cannot, keeps what it has not seen apart, and gives way to noise."""

from pathlib import Path

import numpy as np
import pytest

from forecasting.domain.hourly_kernel import HourlyKernel

DRAW = np.random.default_rng(11)
ROWS = 24 * 7 * 20
HOUR, WEEK = np.arange(ROWS) % 24, np.arange(ROWS) // 168
WARMTH = DRAW.normal(15, 6, ROWS)
COLUMNS = np.stack([WARMTH, DRAW.normal(size=ROWS)], axis=1)
CURVE = 0.02 * (WARMTH - 15) ** 2 + (HOUR >= 12) * np.sin(WARMTH / 4)
REACH = np.array([1.0, 0.1])


def _fitted(target: np.ndarray) -> "tuple[HourlyKernel, np.ndarray]":
    return HourlyKernel.fitted(COLUMNS, REACH, HOUR, WEEK, target, seed=0)


def test_a_curve_that_differs_by_the_hour_is_followed_in_weeks_that_were_not_seen() -> None:
    _, honest = _fitted(CURVE + 0.1 * DRAW.normal(size=ROWS))
    assert np.abs(CURVE - honest).mean() < 0.1 * np.abs(CURVE - CURVE.mean()).mean() + 0.05


def test_what_is_said_of_a_week_does_not_hang_on_that_week() -> None:
    _, honest = _fitted(CURVE)
    fold = WEEK % 4 == 1
    _, other = _fitted(np.where(fold, CURVE + 0.02 * WARMTH, CURVE))
    np.testing.assert_array_equal(other[fold], honest[fold])
    assert np.abs(other - honest)[~fold].min() > 0


def test_of_noise_next_to_nothing_is_learned() -> None:
    noise = DRAW.normal(size=ROWS)
    kernel, honest = _fitted(noise)
    assert np.mean((noise - honest) ** 2) < 1.15 * np.mean(noise**2)
    assert np.std(kernel.predict(COLUMNS, HOUR)) < 0.7


def test_places_far_outside_all_that_was_seen_get_no_more_than_the_furthest(tmp_path: Path) -> None:
    kernel, _ = _fitted(CURVE)
    far, further = (kernel.predict(np.full((24, 2), [warmth, 0.0]), np.arange(24)) for warmth in (60.0, 600.0))
    np.testing.assert_allclose(far, further)
    kernel.save(tmp_path / "kernel.npz")
    np.testing.assert_array_equal(
        HourlyKernel.load(tmp_path / "kernel.npz").predict(COLUMNS, HOUR), kernel.predict(COLUMNS, HOUR)
    )


@pytest.mark.parametrize("rows", [1, 5, 40])
def test_few_rows_nothing_known_and_one_value_all_get_an_answer(rows: int) -> None:
    columns = np.full((rows, 3), np.nan)
    columns[:, 0] = 4.0
    some = HourlyKernel.fitted(columns, np.ones(3), HOUR[:rows], WEEK[:rows], np.full(rows, 2.0), seed=0)[0]
    said = some.predict(np.full((24, 3), np.nan), np.arange(24))
    assert np.isfinite(said).all()


def test_an_hour_that_is_read_every_five_minutes_keeps_no_more_rows_than_it_can_solve() -> None:
    hour = np.repeat(np.arange(2), 3000)
    columns = np.random.default_rng(1).normal(size=(6000, 2))
    kernel, honest = HourlyKernel.fitted(columns, REACH, hour, np.arange(6000) // 100, columns[:, 0], seed=0)
    assert len(kernel.places) == 2400
    assert len(honest) == 6000
