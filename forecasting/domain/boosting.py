"""Gradient boosted trees in plain arrays: grown by scikit-learn's histogram booster, kept and asked by NumPy.

One booster for each fold of weeks, grown on the other folds. Their mean answers; for weeks of training each tells what
it would have said without having seen them (cross-conformal: Barber et al. 2021), which is what bands are learned from.
"""

from dataclasses import dataclass
from typing import Any, NamedTuple, Self

import numpy as np
from numpy.typing import NDArray

from forecasting.domain.grid import Floats, Seconds
from forecasting.domain.trees import Trees

FOLDS = 4
_MOST_ROWS = 60_000


class Growth(NamedTuple):
    """How boosters are grown."""

    trees: int
    leaves: int
    seed: int
    rate: float = 0.08
    least: int = 20


@dataclass(frozen=True)
class Boosted(Trees):
    """All trees of all folds; `value` is what a node adds, `first` the start of each fold's answer."""

    fold: NDArray[np.int32]
    value: NDArray[np.float32]
    first: NDArray[np.float64]

    @classmethod
    def grown(cls, matrix: NDArray[np.float32], target: Floats, week: Seconds, growth: Growth) -> Self:
        """Grow on rows x features; whole weeks are left out together."""
        fold = folds(week)
        parts = [_grow(matrix[fold != number], target[fold != number], growth, number) for number in range(FOLDS)]
        sizes = np.cumsum([0, *(len(part["feature"]) for part in parts)])[:-1]
        joined: dict[str, Any] = {
            name: np.concatenate([part[name] for part in parts])
            for name in ("feature", "threshold", "missing_left", "value")
        }
        for name in ("roots", "left", "right"):
            moved = [part[name] + size for part, size in zip(parts, sizes, strict=True)]
            joined[name] = np.concatenate(moved).astype(np.int32)
        numbers = [np.full(len(part["roots"]), number, dtype=np.int32) for number, part in enumerate(parts)]
        return cls(**joined, fold=np.concatenate(numbers), first=np.array([part["first"] for part in parts]))

    def predict(self, matrix: NDArray[np.float32]) -> Floats:
        """The mean of the folds for each row."""
        return np.asarray(self._by_fold(matrix).mean(axis=1))

    def unseen(self, matrix: NDArray[np.float32], fold: Seconds) -> Floats:
        """For rows of training, by the fold that `folds` gave them, what the booster said that had not seen theirs."""
        said = np.empty(len(matrix))
        for number in range(FOLDS):
            rows = fold == number
            said[rows] = self._of_fold(matrix[rows], number)
        return said

    def _by_fold(self, matrix: NDArray[np.float32]) -> Floats:
        return np.stack([self._of_fold(matrix, number) for number in range(FOLDS)], axis=1)

    def _of_fold(self, matrix: NDArray[np.float32], number: int) -> Floats:
        roots = self.roots[self.fold == number]
        said = np.empty(len(matrix))
        for begin in range(0, len(matrix), 2048):  # rows x trees at a time stay in the cache
            part = matrix[begin : begin + 2048]
            said[begin : begin + 2048] = self.value[self.leaf(part, roots)].sum(axis=1, dtype=np.float64)
        return np.asarray(said + self.first[number])

    def importance(self, columns: int) -> Floats:
        """How often each column splits."""
        return np.bincount(self.feature[self.feature >= 0], minlength=columns).astype(np.float64)


def folds(week: Seconds) -> Seconds:
    """The fold of each row by its week."""
    return np.asarray(np.unique(week, return_inverse=True)[1] % FOLDS)


def _grow(matrix: NDArray[np.float32], target: Floats, growth: Growth, number: int) -> dict[str, Any]:
    from sklearn.ensemble import HistGradientBoostingRegressor  # heavy, wanted only for training
    from threadpoolctl import threadpool_limits

    if not len(target):  # a history of less than FOLDS weeks
        matrix, target = np.zeros((1, matrix.shape[1]), dtype=np.float32), np.zeros(1)
    draw = np.random.default_rng([growth.seed, number])
    kept = np.sort(draw.permutation(len(target))[:_MOST_ROWS])
    matrix, target = matrix[kept], target[kept]
    matrix[:, np.isnan(matrix).all(axis=0)] = 0.0  # the booster cannot bin a column of which nothing is known
    booster = HistGradientBoostingRegressor(
        learning_rate=growth.rate,
        max_iter=growth.trees,
        max_leaf_nodes=growth.leaves,
        min_samples_leaf=growth.least,
        l2_regularization=1.0,
        max_features=0.5,
        early_stopping=False,
        random_state=int(draw.integers(2**31)),
    )
    # One thread: scikit-learn's binning changes the process's warning filters from its threads, which is not safe, and
    # boosters that share their cores with other work lose more by waiting for each other than they gain.
    with threadpool_limits(limits=1, user_api="openmp"):
        booster.fit(matrix, target)
    nodes = [predictors[0].nodes for predictors in booster._predictors]
    starts = np.cumsum([0, *(len(tree) for tree in nodes)])[:-1]
    whole = np.concatenate(nodes)
    own, moved = np.arange(len(whole)), np.repeat(starts, [len(tree) for tree in nodes])
    leaf = whole["is_leaf"].astype(bool)
    return {
        "roots": starts,
        "feature": np.where(leaf, -1, whole["feature_idx"]).astype(np.int16),
        "threshold": whole["num_threshold"].astype(np.float64),
        "left": np.where(leaf, own, whole["left"] + moved),
        "right": np.where(leaf, own, whole["right"] + moved),
        "missing_left": whole["missing_go_to_left"].astype(bool),
        "value": np.where(leaf, whole["value"], 0.0).astype(np.float32),
        "first": float(np.ravel(booster._baseline_prediction)[0]),
    }
