"""Bands of a point forecast for the next day and for later, for weather known ahead and for weather persisted."""

from dataclasses import dataclass
from typing import Any, NamedTuple, Self

import numpy as np

from forecasting.domain.bands import Bands, Regime, mixed, season_of, share_of
from forecasting.domain.grid import DAY_S, Floats, Seconds
from forecasting.domain.load_line import Ground

CALIBRATION_DAYS = 365


class Answers(NamedTuple):
    """What was said of training rows by models that had not seen their week, in kW."""

    at_s: Seconds
    cut_s: Seconds
    actual_kw: Floats
    known_kw: Floats
    persisted_kw: Floats


@dataclass(frozen=True)
class Calibrated:
    """The two bands of a range of leads."""

    known: Bands
    persisted: Bands

    @classmethod
    def fitted(cls, ground: Ground, answers: Answers) -> Self:
        """Learn from the answers of the last year."""
        late = answers.at_s >= answers.at_s.max() - CALIBRATION_DAYS * DAY_S
        answers = Answers(*(column[late] for column in answers))
        regime = regime_of(ground, answers.at_s, answers.cut_s)
        return cls(
            Bands.fitted(answers.actual_kw - answers.known_kw, regime),
            Bands.fitted(answers.actual_kw - answers.persisted_kw, regime),
        )

    def quantiles(self, ground: Ground, at_s: Seconds, ahead: str, point_kw: Floats) -> Floats:
        """Quantiles in kW, rows x QUANTILES, asked at the end of the load."""
        regime = regime_of(ground, at_s, np.full(len(at_s), ground.load.end_s))
        return mixed(self.known, self.persisted, ahead, point_kw, regime)

    def stretch(self, ground: Ground, at_s: Seconds, ahead: str) -> Floats:
        """How much wider errors are under this weather than with it known, at least 1: for bands learned elsewhere."""
        regime = regime_of(ground, at_s, np.full(len(at_s), ground.load.end_s))
        known, persisted = self.known.size(regime), self.persisted.size(regime)
        ratio = np.divide(persisted, known, out=np.ones(len(at_s)), where=known > 0)
        return np.asarray(1 + share_of(ahead) * (np.maximum(ratio, 1.0) - 1))

    def told(self) -> dict[str, Any]:
        """As plain numbers."""
        return {"known": self.known.told(), "persisted": self.persisted.told()}

    @classmethod
    def of(cls, told: dict[str, Any]) -> Self:
        """What `told` told."""
        return cls(Bands.of(told["known"]), Bands.of(told["persisted"]))


def regime_of(ground: Ground, at_s: Seconds, cut_s: Seconds) -> Regime:
    """What the size of an error hangs on."""
    off = ground.calendar.is_off(ground.calendar.wall.day(at_s)).astype(np.float64)
    warmth = ground.heat.felt(at_s)[:, 0] if ground.heat else np.full(len(at_s), np.nan)
    return Regime(ground.hour(at_s), off, warmth, (at_s - cut_s) / 3600, season_of(at_s))
