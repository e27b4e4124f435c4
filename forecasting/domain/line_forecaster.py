"""What the forecasters that stand on the corrected line have in common: how they come to it, and to its lessons."""

from abc import abstractmethod
from datetime import timedelta
from typing import NamedTuple, Self

import pandas as pd

from forecasting.domain.balance import Balance
from forecasting.domain.contract import Forecaster, Known, NotEnoughHistory
from forecasting.domain.corrected_line import CorrectedLine, Lessons
from forecasting.domain.load_line import Ground, recent_part
from forecasting.domain.series import days_known, last_start_s
from forecasting.domain.thermal import Climate, climate_of

_DAY = timedelta(days=1)


class Taught(NamedTuple):
    """The line learned from a load, and its lessons: see `CorrectedLine.fitted`."""

    load: "pd.Series[float]"
    known: Known
    ground: Ground
    climate: Climate | None
    line: CorrectedLine
    usual: Lessons
    near: Lessons
    far: Lessons | None

    @classmethod
    def of(cls, load: "pd.Series[float]", known: Known, seed: int) -> Self:
        """Learn from a checked load."""
        climate = climate_of(load, known)
        ground = Ground.of(load, known, last_start_s(load) + 1, climate, None)
        return cls(load, known, ground, climate, *CorrectedLine.fitted(ground, seed))


class Classroom:
    """Forecasters of one seed and length of history that learn from one load: the line is learned once for them all.

    Without `far` they are only taught the next day.
    """

    def __init__(self, *, far: bool = True) -> None:
        self.far = far
        self.taught: Taught | None = None


class LineForecaster(Forecaster):
    """Implement `_learn` in place of `_fit`; `Params` have `history_days`."""

    _room: Classroom | None = None

    def fit_in(self, room: Classroom, load: "pd.Series[float]", known: Known) -> Self:
        """As `fit`, with the line that the first in the room has learned."""
        self._room = room
        return self.fit(load, known)

    def _fit(self, load: "pd.Series[float]", known: Known) -> None:
        room, self._room = self._room or Classroom(), None
        if room.taught is None:
            load = recent_part(load, self.params.history_days)
            if (have := days_known(load)) < self.min_history / _DAY:  # the rest is older than history_days
                raise NotEnoughHistory(self.title, have, self.min_history // _DAY)
            taught = Taught.of(load, known, self.seed)
            room.taught = taught if room.far else taught._replace(far=None)
        self._climate, self._line = room.taught.climate, room.taught.line
        heat = room.taught.ground.heat
        self._balance = heat.balance if heat else Balance()
        self._learn(room.taught)

    @abstractmethod
    def _learn(self, taught: Taught) -> None:
        """Learn what the line leaves; `_line`, `_climate` and `_balance` are there already."""
