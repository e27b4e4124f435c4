"""A regression-enhanced forest (Zhang, Nettleton and Zhu 2019): a linear stage, and trees on what it leaves.

Trees alone answer a heatwave with the hottest day they know. The line goes on; the trees bend it.
"""

import json
from pathlib import Path
from typing import NamedTuple, Self

import numpy as np

from forecasting.domain.features import Rows
from forecasting.domain.forest import Forest, Growth
from forecasting.domain.grid import Floats, Seconds

# The trees learn the load less a share of what is expected: all of it repeats the accidents of the days it comes
# from, none of it makes the trees learn the daily shape anew. The better the line, the more of it; a line that
# explains less than half of the squares is believed in proportion. Figures: docs/decisions/forest.md.
_SHARE, _SHARE_OF_SKILL = 0.5, 0.35
_BELIEF_OF_SKILL = 2.0


class EnhancedForest(NamedTuple):
    """Trees over a line, for one range of leads; `skill` is how much better than `base` the line is on weeks unseen."""

    skill: float
    forest: Forest

    @classmethod
    def grown(cls, rows: Rows, said_kw: Floats, load_kw: Floats, day: Seconds, growth: Growth) -> Self:
        """Learn loads of rows, of which the line said `said_kw` without having seen their week; `day` is local."""
        worth = float(np.mean(((load_kw - rows.base) / rows.scale) ** 2))
        error = float(np.mean(((load_kw - said_kw) / rows.scale) ** 2))
        skill = max(0.0, 1 - error / worth) if worth > 0 else 0.0
        target = (load_kw - _anchor(rows, said_kw, skill)) / rows.scale
        return cls(skill, Forest.grown(_matrix(rows, said_kw), target, day, growth))

    def quantiles(self, rows: Rows, said_kw: Floats) -> Floats:
        """Quantiles in kW, rows x QUANTILES."""
        anchor = _anchor(rows, said_kw, self.skill)
        return anchor[:, None] + rows.scale[:, None] * self.forest.quantiles(_matrix(rows, said_kw))

    def save(self, folder: Path, name: str) -> None:
        """Write trees and skill."""
        self.forest.save(folder / f"{name}-forest.npz")
        (folder / f"{name}-skill.json").write_text(json.dumps(self.skill))

    @classmethod
    def load(cls, folder: Path, name: str) -> Self:
        """Read what `save` wrote."""
        skill = float(json.loads((folder / f"{name}-skill.json").read_text()))
        return cls(skill, Forest.load(folder / f"{name}-forest.npz"))


def _matrix(rows: Rows, said_kw: Floats) -> "np.ndarray[tuple[int, ...], np.dtype[np.float32]]":
    line = ((said_kw - rows.base) / rows.scale).astype(np.float32)
    return np.concatenate([rows.matrix, line[:, None]], axis=1)


def _anchor(rows: Rows, said_kw: Floats, skill: float) -> Floats:
    """The part of the expected load, in kW, that the trees need not learn."""
    believed = min(1.0, _BELIEF_OF_SKILL * skill) * (said_kw - rows.base)
    return np.asarray((_SHARE + _SHARE_OF_SKILL * skill) * (rows.base + believed))
