"""The forest in plain arrays answers as scikit-learn's trees do; the line under it extrapolates."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from forecasting.domain.forest import Forest, Growth
from forecasting.domain.hourly_ridge import HourlyRidge

DRAW = np.random.default_rng(7)
MATRIX = DRAW.normal(size=(4000, 5)).astype(np.float32)
TARGET = np.where(MATRIX[:, 0] > 0, 3.0, 1.0) + 0.3 * DRAW.normal(size=4000)
DAY = np.arange(4000) // 24


@pytest.fixture(scope="module")
def forest() -> Forest:
    return Forest.grown(MATRIX, TARGET, DAY, Growth(trees=30, min_samples_leaf=5, seed=3))


def test_rows_reach_the_leaf_that_scikit_learn_sends_them_to(monkeypatch: pytest.MonkeyPatch) -> None:
    from sklearn.tree import ExtraTreeRegressor

    grown: list[Any] = []
    fit = ExtraTreeRegressor.fit

    def remembered(tree: Any, *given: Any, **named: Any) -> Any:
        grown.append(tree)
        return fit(tree, *given, **named)

    monkeypatch.setattr(ExtraTreeRegressor, "fit", remembered)
    holed = MATRIX.copy()
    holed[DRAW.random(holed.shape) < 0.1] = np.nan
    one = Forest.grown(holed, TARGET, DAY, Growth(trees=1, min_samples_leaf=5, seed=0))
    np.testing.assert_array_equal(one.leaf(holed, one.roots)[:, 0], grown[0].apply(holed))


def test_the_quantiles_are_those_of_the_noise_around_the_step(forest: Forest) -> None:
    asked = np.random.default_rng(8).normal(size=(300, 5)).astype(np.float32)
    above = asked[:, 0] > 0
    found = forest.quantiles(asked)
    width = found[:, 9] - found[:, 1]
    for side, centre in ((above, 3.0), (~above, 1.0)):
        assert found[side, 5].mean() == pytest.approx(centre, abs=0.05)
        assert width[side].mean() == pytest.approx(2 * 1.2816 * 0.3, rel=0.2)


def test_the_feature_that_matters_has_nearly_all_the_importance(forest: Forest) -> None:
    assert forest.importance.argmax() == 0
    assert forest.importance[0] > 0.8


def test_a_saved_forest_holds_no_pickle_and_answers_the_same(forest: Forest, tmp_path: Path) -> None:
    forest.save(tmp_path / "forest.npz")
    again = Forest.load(tmp_path / "forest.npz")
    np.testing.assert_array_equal(forest.quantiles(MATRIX[:50]), again.quantiles(MATRIX[:50]))


def test_days_left_out_calibrate_the_bands_of_days_that_are_new() -> None:
    draw = np.random.default_rng(11)
    day = np.repeat(np.arange(400), 24)
    matrix = np.stack([np.tile(np.arange(24), 400), np.repeat(draw.normal(size=400), 24)], axis=1).astype(np.float32)
    target = np.repeat(draw.normal(size=400), 24) + 0.1 * draw.normal(size=len(day))  # a day is off as a whole
    old = day < 300
    forest = Forest.grown(matrix[old], target[old], day[old], Growth(60, 5, 0))
    found = forest.quantiles(matrix[~old])
    inside = (target[~old] >= found[:, 1]) & (target[~old] <= found[:, 9])
    assert 0.70 < inside.mean() < 0.90


def test_the_line_goes_on_past_the_range_that_it_has_seen() -> None:
    draw = np.random.default_rng(5)
    heat, hour = draw.uniform(0, 30, 6000), np.tile(np.arange(24), 250)
    target = (0.5 + 0.1 * (hour >= 12)) * heat + draw.normal(size=6000)
    line, honest = HourlyRidge.fitted(heat[:, None], hour, np.arange(6000) // 168, target)
    said = line.predict(np.array([[36.0], [36.0], [np.nan]]), np.array([3, 15, 3]))
    np.testing.assert_allclose(said[:2], [18.0, 21.6], rtol=0.06)
    assert np.isfinite(said[2])
    assert line.skill > 0.9
    assert np.corrcoef(honest, target)[0, 1] > 0.95


def test_a_line_learned_from_noise_is_not_believed() -> None:
    draw = np.random.default_rng(5)
    columns, target = draw.normal(size=(600, 40)), draw.normal(size=600)
    line, _ = HourlyRidge.fitted(columns, np.arange(600) % 24, np.arange(600) // 168, target)
    assert line.skill < 0.05
