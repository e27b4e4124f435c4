"""Boosted trees in arrays answer as scikit-learn's do; bands and weights learn what they should."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from forecasting.domain import blending
from forecasting.domain.bands import Bands, Regime
from forecasting.domain.boosting import Boosted, Growth, folds
from forecasting.domain.quantiles import QUANTILES

DRAW = np.random.default_rng(7)
MATRIX = DRAW.normal(size=(2400, 5)).astype(np.float32)
MATRIX[DRAW.random(MATRIX.shape) < 0.1] = np.nan
TARGET = np.where(np.nan_to_num(MATRIX[:, 0]) > 0, 3.0, 1.0) + 0.3 * DRAW.normal(size=2400)
WEEK = np.arange(2400) // 168
GROWTH = Growth(trees=30, leaves=8, seed=3)


def test_arrays_answer_as_the_booster_they_come_from(monkeypatch: pytest.MonkeyPatch) -> None:
    from sklearn.ensemble import HistGradientBoostingRegressor

    grown: dict[int, Any] = {}
    fit = HistGradientBoostingRegressor.fit

    def remembered(booster: Any, matrix: Any, target: Any) -> Any:
        grown[len(target)] = booster
        return fit(booster, matrix, target)

    monkeypatch.setattr(HistGradientBoostingRegressor, "fit", remembered)
    boosted = Boosted.grown(MATRIX, TARGET, WEEK, GROWTH)
    for number in range(4):
        booster = grown.get(int((folds(WEEK) != number).sum()))
        if booster is not None:
            told = boosted._of_fold(MATRIX, number)
            same = np.abs(told - booster.predict(MATRIX)).max()
            assert same < 1e-5 or len(grown) < 4  # folds of one size share an entry
    assert boosted.importance(5).argmax() == 0


def test_rows_of_training_are_answered_by_a_booster_that_has_not_seen_their_week(tmp_path: Path) -> None:
    noise = np.random.default_rng(1).normal(size=2400)
    boosted = Boosted.grown(
        np.arange(2400, dtype=np.float32)[:, None], noise, WEEK, GROWTH._replace(trees=150, leaves=31, least=2)
    )
    matrix = np.arange(2400, dtype=np.float32)[:, None]
    unseen, seen = boosted.unseen(matrix, folds(WEEK)), boosted.predict(matrix)
    assert np.mean((noise - unseen) ** 2) > np.mean(noise**2)  # nothing can be learned of noise
    assert np.mean((noise - seen) ** 2) < 0.9 * np.mean(noise**2)
    boosted.save(tmp_path / "trees.npz")
    np.testing.assert_array_equal(Boosted.load(tmp_path / "trees.npz").predict(matrix), seen)


def test_bands_know_the_hours_and_seasons_at_which_a_meter_is_restless_and_the_leads_at_which_errors_grow() -> None:
    draw = np.random.default_rng(5)
    hour, lead = draw.integers(0, 24, 20_000), draw.choice([3.0, 12.0, 36.0], 20_000)
    season = draw.integers(0, 12, 20_000)
    scale = np.where(hour >= 12, 3.0, 1.0) * (1 + lead / 24) * np.where(season < 6, 2.0, 1.0)
    regime = Regime(hour, np.zeros(20_000), np.full(20_000, 15.0), lead, season)
    bands = Bands.fitted(scale * draw.gamma(2.0, 1.0, 20_000) - 2 * scale, regime)
    error = scale * draw.gamma(2.0, 1.0, 20_000) - 2 * scale
    found = bands.around(np.zeros(20_000), regime)
    inside = (error >= found[:, 1]) & (error <= found[:, 9])
    for some in (hour == 3, hour == 18, lead < 6, lead > 24, season == 2, season == 8):
        assert inside[some].mean() == pytest.approx(0.8, abs=0.08)
    again = Bands.of(bands.told()).around(np.zeros(20_000), regime)
    np.testing.assert_array_equal(again, found)


def test_a_blend_trusts_the_better_one_and_more_so_the_longer_it_was_judged() -> None:
    draw = np.random.default_rng(6)
    actual = draw.normal(size=600)
    spread = np.linspace(-1, 1, len(QUANTILES))
    good = (actual + 0.3 * draw.normal(size=600))[:, None] + spread
    bad = (actual + 2.0 * draw.normal(size=600))[:, None] + spread
    short, long = (blending.learned([good, bad], actual, days) for days in (3, 28))
    assert 0.5 < short.weights[0] < long.weights[0]
    assert sum(long.weights) == pytest.approx(1.0)
    np.testing.assert_allclose(long.blended([good, good])[:, 5], good[:, 5])
