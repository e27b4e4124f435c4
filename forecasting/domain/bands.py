"""Bands that hold: quantiles of the errors made on weeks not seen, by lead, for the weather that will be known.

Locally weighted conformal prediction (Lei et al. 2018): tables tell how large errors are at this hour, kind of day and
warmth, and in this twelfth of the year; what is left of an error after dividing by them has one distribution, whose
quantiles are kept for each range of leads. The last year counts, since a meter's noise changes. There is one set for
weather that is known ahead and one for weather that is the last day again; a weather forecast lies between.
"""

from dataclasses import dataclass, replace
from typing import Any, Self

import numpy as np

from forecasting.domain.grid import DAY_S, Floats, Seconds
from forecasting.domain.quantiles import QUANTILES

LEADS_H = (6.0, 24.0, 48.0, 1e9)  # the upper ends of the ranges of leads
_LEAST = 200  # errors below which a range of leads borrows all of them
_WARMTHS = (0.1, 0.35, 0.65, 0.9)  # quantiles of the temperature that bound its regimes
_PRIOR = 30.0  # errors by which a regime leans on the rest
_SEASONS = 12
_SEASON_PRIOR = 200.0
_BESIDE = 0.25  # what the season before and the one after count
_BEYOND = 0.1  # wider by a tenth for each degree outside the temperatures seen, to at most twice
_FORECAST = 0.35  # how far the errors under a weather forecast are from those with it known to those with it persisted
_LEVEL = np.ones(_SEASONS)
_NO_SHAPES = np.zeros((len(LEADS_H), len(QUANTILES)))
_YEAR_DAYS = 365.2425


@dataclass(frozen=True)
class Regime:
    """What the size of an error hangs on.

    Hour 0 to 23, day off or not, temperature (NaN unknown), lead in hours, twelfth of the year 0 to 11.
    """

    hour: Seconds
    off: Floats
    warmth: Floats
    lead_h: Floats
    season: Seconds


@dataclass(frozen=True)
class Bands:
    """`sizes` by hour, day off and warmth, times `seasons`; `shapes` by range of leads, QUANTILES of what is left."""

    edges: Floats
    coldest: float
    hottest: float
    sizes: Floats
    seasons: Floats
    shapes: Floats

    @classmethod
    def fitted(cls, error: Floats, regime: Regime) -> Self:
        """Learn from errors (actual less point) on rows not seen."""
        known = regime.warmth[np.isfinite(regime.warmth)]
        some = known if len(known) else np.zeros(1)
        edges = np.quantile(some, _WARMTHS)
        bare = cls(
            edges, float(some.min()), float(some.max()), _table(np.abs(error), regime, edges), _LEVEL, _NO_SHAPES
        )
        seasons = _by_season(_over(np.abs(error), bare.size(regime)), regime.season)
        sizes = _table(_over(np.abs(error), seasons[regime.season]), regime, edges)
        bare = replace(bare, sizes=sizes, seasons=seasons)
        return replace(bare, shapes=_shapes(_over(error, bare.size(regime)), regime.lead_h))

    def size(self, regime: Regime) -> Floats:
        """The usual size of an error, in the unit of the errors; wider outside the temperatures seen."""
        usual = self.sizes[regime.hour, (regime.off > 0.5).astype(int), np.searchsorted(self.edges, regime.warmth)]
        warmth = np.where(np.isfinite(regime.warmth), regime.warmth, self.coldest)
        outside = np.maximum(np.maximum(self.coldest - warmth, warmth - self.hottest), 0.0)
        return np.asarray(usual * self.seasons[regime.season] * np.minimum(1 + _BEYOND * outside, 2.0))

    def around(self, point: Floats, regime: Regime) -> Floats:
        """Quantiles, rows x QUANTILES."""
        shape = self.shapes[np.searchsorted(LEADS_H, regime.lead_h, side="right").clip(max=len(LEADS_H) - 1)]
        return np.asarray(point[:, None] + self.size(regime)[:, None] * shape)

    def told(self) -> dict[str, Any]:
        """As plain numbers."""
        return {
            "edges": self.edges.tolist(),
            "range": [self.coldest, self.hottest],
            "sizes": self.sizes.tolist(),
            "seasons": self.seasons.tolist(),
            "shapes": self.shapes.tolist(),
        }

    @classmethod
    def of(cls, told: dict[str, Any]) -> Self:
        """What `told` told."""
        coldest, hottest = told["range"]
        edges, sizes, seasons, shapes = (np.array(told[name]) for name in ("edges", "sizes", "seasons", "shapes"))
        return cls(edges, coldest, hottest, sizes, seasons, shapes)


def share_of(ahead: str) -> float:
    """How much the errors with persisted weather count under the weather ahead that is named."""
    return {"actual": 0.0, "forecast": _FORECAST}.get(ahead, 1.0)


def mixed(known: Bands, persisted: Bands, ahead: str, point: Floats, regime: Regime) -> Floats:
    """Quantiles for the weather that is known ahead: "actual", "forecast", or nothing but the last day."""
    share = share_of(ahead)
    return (1 - share) * known.around(point, regime) + share * persisted.around(point, regime)


def season_of(at_s: Seconds) -> Seconds:
    """The twelfth of the year, 0 to 11, that an instant lies in."""
    year = at_s / DAY_S % _YEAR_DAYS / _YEAR_DAYS
    return np.asarray(year * _SEASONS, dtype=np.int64).clip(max=_SEASONS - 1)


def _over(error: Floats, size: Floats) -> Floats:
    return np.divide(error, size, out=np.zeros(len(error)), where=size > 0)


def _by_season(ratio: Floats, season: Seconds) -> Floats:
    """How much larger than usual errors are in each season, drawn to 1 where few are known."""
    total = np.bincount(season, ratio, _SEASONS).astype(np.float64)
    count = np.bincount(season, minlength=_SEASONS).astype(np.float64)
    return _leaning(_with_beside(total), _with_beside(count), _LEVEL, _SEASON_PRIOR)


def _with_beside(sums: Floats) -> Floats:
    return np.asarray(sums + _BESIDE * (np.roll(sums, 1) + np.roll(sums, -1)))


def _table(size: Floats, regime: Regime, edges: Floats) -> Floats:
    """Mean size by hour, kind of day and warmth, smoothed over neighbouring hours and leaning on the whole."""
    whole = float(size.mean()) if len(size) else 0.0
    shape = (24, 2, len(edges) + 1)
    cell = (regime.hour, (regime.off > 0.5).astype(int), np.searchsorted(edges, regime.warmth))
    total, count = np.zeros(shape), np.zeros(shape)
    np.add.at(total, cell, size)
    np.add.at(count, cell, 1.0)
    hourly = _leaning(_around(total.sum(axis=(1, 2))), _around(count.sum(axis=(1, 2))), np.full(24, whole))
    by_day = _leaning(_around(total.sum(axis=2)), _around(count.sum(axis=2)), hourly[:, None])
    return _leaning(_around(total), _around(count), by_day[:, :, None])


def _around(sums: Floats) -> Floats:
    return np.asarray(sums + np.roll(sums, 1, axis=0) + np.roll(sums, -1, axis=0))


def _leaning(total: Floats, count: Floats, on: Floats, prior: float = _PRIOR) -> Floats:
    return np.asarray((total + prior * on) / (count + prior))


def _shapes(score: Floats, lead_h: Floats) -> Floats:
    if not len(score):
        return np.zeros((len(LEADS_H), len(QUANTILES)))
    number = np.searchsorted(LEADS_H, lead_h, side="right").clip(max=len(LEADS_H) - 1)
    parts = [score[number == part] for part in range(len(LEADS_H))]
    return np.stack([np.quantile(part if len(part) >= _LEAST else score, QUANTILES) for part in parts])
