"""Any interval to hours and back."""

import numpy as np
import pytest

from forecasting.domain.errors import BadSeries
from forecasting.domain.network.hours import Scale
from forecasting.domain.quantiles import QUANTILES

LEVELS = np.arange(len(QUANTILES)) / 10


def _flat(hours: int) -> "np.ndarray[tuple[int, ...], np.dtype[np.float64]]":
    return np.arange(hours)[:, None] + LEVELS


@pytest.mark.parametrize("minutes", [5, 10, 15, 20, 30, 60])
def test_shorter_intervals_are_averaged_to_hours_that_end_at_the_cut_off(minutes: int) -> None:
    scale = Scale.of(60 * minutes)
    values = np.repeat(np.arange(30.0), 60 // minutes)[1:]
    np.testing.assert_allclose(scale.to_hours(values, 24), np.arange(6.0, 30.0))


def test_longer_intervals_are_laid_out_as_hours_and_averaged_back() -> None:
    daily = Scale.of(86_400)
    hours = daily.to_hours(np.array([1.0, 2.0, 3.0]), 48)
    np.testing.assert_array_equal(hours, np.repeat([2.0, 3.0], 24))
    back = daily.back(_flat(48), np.array([1.0, 2.0, 3.0]), np.array([0, 1]))
    np.testing.assert_allclose(back[:, 0], [11.5, 35.5])


def test_what_was_never_read_is_unknown_and_half_an_hour_is_enough() -> None:
    scale = Scale.of(900)
    hours = scale.to_hours(np.array([np.nan, np.nan, 1.0, 3.0, np.nan, np.nan, np.nan, 5.0]), 4)
    np.testing.assert_array_equal(hours, [np.nan, np.nan, 2.0, np.nan])


def test_quarters_get_the_meters_own_shape_and_keep_the_mean_of_the_hour() -> None:
    scale = Scale.of(900)
    shape = np.array([-0.3, 0.1, 0.4, -0.2])
    values = np.tile(shape, 24 * 10) + 5
    back = scale.back(_flat(24), values, np.arange(8))
    median = back[:, QUANTILES.index(0.5)]
    np.testing.assert_allclose(median[:4], 0.5 + shape, atol=1e-9)
    np.testing.assert_allclose(median[4:].mean(), 1.5, atol=1e-9)


def test_scatter_within_the_hour_widens_the_band() -> None:
    scale, draw = Scale.of(300), np.random.default_rng(1)
    calm, wild = (scale.back(_flat(24), 5 + size * draw.normal(size=12 * 24 * 20), np.arange(12)) for size in (0, 2))
    assert (np.ptp(wild, axis=1) > 3 * np.ptp(calm, axis=1)).all()


def test_an_interval_that_does_not_fit_is_refused_with_a_sentence() -> None:
    with pytest.raises(BadSeries, match="intervals of 7 minutes do not fit"):
        Scale.of(420)
