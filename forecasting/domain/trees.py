"""Decision trees in plain arrays, end to end: asked by NumPy, kept without pickle."""

from dataclasses import dataclass, fields
from pathlib import Path
from typing import Self

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Trees:
    """`roots` are first nodes, `feature` is -1 at a leaf; a missing value goes as `missing_left` says."""

    roots: NDArray[np.int32]
    feature: NDArray[np.int16]
    threshold: NDArray[np.floating]
    left: NDArray[np.int32]
    right: NDArray[np.int32]
    missing_left: NDArray[np.bool_]

    def leaf(self, matrix: NDArray[np.float32], roots: NDArray[np.int32]) -> NDArray[np.int32]:
        """The leaf that each row ends in, for each of the trees of `roots`: (rows, trees)."""
        node = np.broadcast_to(roots, (len(matrix), len(roots)))
        row = np.arange(len(matrix))[:, None]
        while True:
            feature = self.feature[node]
            inner = feature >= 0
            if not inner.any():
                return node
            value = matrix[row, feature]
            down = np.where(np.isnan(value), self.missing_left[node], value <= self.threshold[node])
            node = np.where(inner, np.where(down, self.left[node], self.right[node]), node)

    def save(self, path: Path) -> None:
        """Write as compressed arrays, without pickle."""
        np.savez_compressed(path, **{field.name: getattr(self, field.name) for field in fields(self)})

    @classmethod
    def load(cls, path: Path) -> Self:
        """Read what `save` wrote."""
        with np.load(path, allow_pickle=False) as file:
            return cls(**{field.name: file[field.name] for field in fields(cls)})
