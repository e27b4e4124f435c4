"""A regression-enhanced forest (Zhang, Nettleton and Zhu 2019): a linear stage, and trees on what it leaves.

Trees alone answer a heatwave with the hottest day they know. The line goes on; the trees bend it.
"""

from pathlib import Path
from typing import NamedTuple, Self

import numpy as np

from forecasting.domain.features import Rows
from forecasting.domain.forest import Forest, Growth
from forecasting.domain.grid import Floats, Seconds
from forecasting.domain.hourly_ridge import HourlyRidge
from forecasting.domain.linear_columns import linear_columns

# The trees learn the load less a share of what is expected: all of it repeats the accidents of the days it comes
# from, none of it makes the trees learn the daily shape anew. The better the line, the more of it; a line that
# explains less than half of the squares is believed in proportion. Figures: docs/decisions/forest.md.
_SHARE, _SHARE_OF_SKILL = 0.5, 0.35
_BELIEF_OF_SKILL = 2.0


class EnhancedForest(NamedTuple):
    """Both stages, for one range of leads."""

    line: HourlyRidge
    forest: Forest

    @classmethod
    def grown(cls, rows: Rows, load_kw: Floats, day: Seconds, growth: Growth) -> Self:
        """Learn loads of rows; `day` is the local day of each row."""
        relative = (load_kw - rows.base) / rows.scale
        line, honest = HourlyRidge.fitted(linear_columns(rows), _hour(rows), day // 7, relative)
        target = (load_kw - _anchor(rows, honest, line.skill)) / rows.scale
        return cls(line, Forest.grown(rows.matrix, target, day, growth))

    def quantiles(self, rows: Rows) -> Floats:
        """Quantiles in kW, rows x QUANTILES."""
        expected = self.line.predict(linear_columns(rows), _hour(rows))
        anchor = _anchor(rows, expected, self.line.skill)
        return anchor[:, None] + rows.scale[:, None] * self.forest.quantiles(rows.matrix)

    def save(self, folder: Path, name: str) -> None:
        """Write both stages."""
        self.forest.save(folder / f"{name}-forest.npz")
        self.line.save(folder / f"{name}-line.npz")

    @classmethod
    def load(cls, folder: Path, name: str) -> Self:
        """Read what `save` wrote."""
        return cls(HourlyRidge.load(folder / f"{name}-line.npz"), Forest.load(folder / f"{name}-forest.npz"))


def _anchor(rows: Rows, expected: Floats, skill: float) -> Floats:
    """The part of the expected load, in kW, that the trees need not learn."""
    believed = min(1.0, _BELIEF_OF_SKILL * skill) * expected
    return np.asarray((_SHARE + _SHARE_OF_SKILL * skill) * (rows.base + rows.scale * believed))


def _hour(rows: Rows) -> Seconds:
    return rows.matrix[:, rows.names.index("hour")].astype(np.int64)
