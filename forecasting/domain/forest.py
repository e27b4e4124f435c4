"""A quantile regression forest in plain arrays: grown by scikit-learn, kept and asked by NumPy.

Trees are extremely randomised (Geurts, Ernst and Wehenkel 2006): as good as searched splits on load, and
five times faster to grow. Each leaf keeps a few of its training targets (Meinshausen 2006), whose mixture
over all trees is the forecast distribution. Days, not rows, are drawn for each tree, since the hours of a
day share their error; the days a tree has not seen calibrate the quantile levels (`levels`).
"""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple, Self

import numpy as np
from numpy.typing import NDArray

from forecasting.domain.grid import Floats, Seconds
from forecasting.domain.quantiles import QUANTILES, of_sorted
from forecasting.domain.trees import Trees

if TYPE_CHECKING:
    from sklearn.tree import ExtraTreeRegressor

LEAF_TARGETS = 5
TREE_ROWS = 30_000  # finer data gains nothing from more rows in one tree
CALIBRATION_ROWS = 3_000
CALIBRATION_DAYS = 365  # a household's noise changes over the years; the last one tells the next best
# Tried at a split: half the time for 1 % of error (docs/decisions/forest.md); of a few columns all.
COLUMNS_SHARE, _LEAST_COLUMNS = 0.5, 8
THREADS = 2
_FINE = np.linspace(0.0, 1.0, 101)


class Growth(NamedTuple):
    """How a forest is grown."""

    trees: int
    min_samples_leaf: int
    seed: int


class _Tree(NamedTuple):
    """One tree; `left` of a leaf points at itself, `right` of a leaf at its row of `targets`."""

    feature: NDArray[np.int16]
    threshold: NDArray[np.float32]
    left: NDArray[np.int32]
    right: NDArray[np.int32]
    missing_left: NDArray[np.bool_]
    targets: NDArray[np.float32]
    importance: Floats
    unseen: NDArray[np.float32]


@dataclass(frozen=True)
class Forest(Trees):
    """The `right` of a leaf is its row of `targets`."""

    targets: NDArray[np.float32]
    importance: Floats
    levels: Floats

    @classmethod
    def grown(cls, matrix: NDArray[np.float32], target: Floats, day: Seconds, growth: Growth) -> Self:
        """Grow on rows x features; `day` names the day each row belongs to."""
        draw = np.random.default_rng([growth.seed, len(target)])
        recent = np.flatnonzero(day > day.max() - CALIBRATION_DAYS)
        test = np.sort(draw.permutation(recent)[:CALIBRATION_ROWS])
        grow = partial(_grow, _Ground(matrix, np.asarray(target, dtype=np.float32), day, test), growth)
        with ThreadPoolExecutor(THREADS) as pool:  # growing a tree releases the interpreter's lock
            trees = list(pool.map(grow, range(growth.trees)))
        unseen = np.concatenate([tree.unseen for tree in trees], axis=1)
        return cls(**_joined(trees), levels=_levels(unseen, target[test]))

    def quantiles(self, matrix: NDArray[np.float32]) -> Floats:
        """Calibrated quantiles, rows x QUANTILES."""
        leaves = self.right[self.leaf(matrix, self.roots)]
        mixture = np.sort(self.targets[leaves].reshape(len(matrix), -1), axis=1)
        count = np.full(len(matrix), mixture.shape[1], dtype=np.int64)
        return of_sorted(mixture.astype(np.float64), count, self.levels)


class _Ground(NamedTuple):
    """What every tree of a forest grows on; `test` are the rows that calibrate."""

    matrix: NDArray[np.float32]
    target: NDArray[np.float32]
    day: Seconds
    test: Seconds


def _grow(ground: _Ground, growth: Growth, number: int) -> _Tree:
    from sklearn.tree import ExtraTreeRegressor  # heavy, wanted only for training

    matrix, target, day, test = ground
    draw = np.random.default_rng([growth.seed, number])
    days, which = np.unique(day, return_inverse=True)
    wanted = min(len(days), max(1, TREE_ROWS * len(days) // len(target)))
    times = np.bincount(draw.integers(0, len(days), wanted), minlength=len(days))[which]
    seen = np.flatnonzero(times)
    seed = int(draw.integers(2**31))
    width = matrix.shape[1]
    tried = min(width, max(_LEAST_COLUMNS, int(COLUMNS_SHARE * width)))
    tree = ExtraTreeRegressor(min_samples_leaf=growth.min_samples_leaf, max_features=tried, random_state=seed)
    tree.fit(matrix[seen], target[seen], sample_weight=times[seen].astype(np.float64))
    kept, slot = _leaf_targets(tree, matrix[seen], target[seen], times[seen], draw)
    unseen = np.where((times[test] == 0)[:, None], kept[slot[tree.apply(matrix[test])]], np.float32(np.nan))
    inner = tree.tree_.children_left >= 0
    own = np.arange(len(inner))
    return _Tree(
        feature=np.where(inner, tree.tree_.feature, -1).astype(np.int16),
        threshold=_floor32(tree.tree_.threshold),
        left=np.where(inner, tree.tree_.children_left, own).astype(np.int32),
        right=np.where(inner, tree.tree_.children_right, slot).astype(np.int32),
        missing_left=tree.tree_.missing_go_to_left.astype(bool),
        targets=kept,
        importance=np.asarray(tree.feature_importances_),
        unseen=unseen,
    )


def _leaf_targets(
    tree: "ExtraTreeRegressor",
    matrix: NDArray[np.float32],
    target: NDArray[np.float32],
    times: Seconds,
    draw: np.random.Generator,
) -> tuple[NDArray[np.float32], Seconds]:
    """Up to LEAF_TARGETS targets of each leaf, drawn without order; and each node's row among them."""
    rows = draw.permutation(np.repeat(np.arange(len(target)), times))
    leaf = tree.apply(matrix)[rows]
    order = np.argsort(leaf, kind="stable")
    leaves, first, count = np.unique(leaf[order], return_index=True, return_counts=True)
    pick = first[:, None] + np.arange(LEAF_TARGETS)[None, :] % np.minimum(count, LEAF_TARGETS)[:, None]
    slot = np.zeros(tree.tree_.node_count, dtype=np.int64)
    slot[leaves] = np.arange(len(leaves))
    return target[rows[order[pick]]], slot


def _floor32(threshold: Floats) -> NDArray[np.float32]:
    """The largest float32 that is not above: `x <= it` then decides as scikit-learn does for every float32 x."""
    near = threshold.astype(np.float32)
    return np.where(near > threshold, np.nextafter(near, np.float32(-np.inf)), near)


def _joined(trees: list[_Tree]) -> dict[str, Any]:
    """The arrays of all trees end to end, their links moved to where they now stand."""
    nodes = np.cumsum([0, *(len(tree.feature) for tree in trees)])[:-1]
    leaves = np.cumsum([0, *(len(tree.targets) for tree in trees)])[:-1]
    moved = [
        tree._replace(left=tree.left + node, right=tree.right + np.where(tree.feature >= 0, node, leaf))
        for tree, node, leaf in zip(trees, nodes, leaves, strict=True)
    ]
    names = ("feature", "threshold", "left", "right", "missing_left", "targets")
    whole = {name: np.concatenate([getattr(tree, name) for tree in moved]) for name in names}
    whole |= {name: whole[name].astype(np.int32) for name in ("left", "right")}
    return {
        **whole,
        "roots": nodes.astype(np.int32),
        "importance": np.mean([tree.importance for tree in trees], axis=0),
    }


def _levels(unseen: NDArray[np.float32], target: Floats) -> Floats:
    """For each nominal quantile, the level of the mixture under which that share of unseen days fell."""
    mixture = np.sort(unseen, axis=1)
    count = np.isfinite(mixture).sum(axis=1)
    some = count > 0
    if some.sum() < 50:
        return np.array(QUANTILES)
    fine = of_sorted(mixture[some].astype(np.float64), count[some], _FINE)
    actual = target[some][:, None]
    # A tie (a meter that stands at zero) counts half, else the flat part would push the levels to one side.
    share = ((fine < actual).mean(axis=0) + (fine <= actual).mean(axis=0)) / 2
    covered = 1 - share
    return np.interp(QUANTILES, covered, _FINE)
