"""A smooth answer to calendar, weather and recent load: a Gaussian process for each hour of the day.

Kernel ridge regression, which is the mean of a Gaussian process (Rasmussen and Williams 2006, equation 2.25): the
covariance is a squared exponential of the distance between standardised columns, plus a plane through them. It is
solved, not descended to, and weeks left out cost one more solution each. How noisy the target is, is chosen on them.
"""

from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, NamedTuple, Self

import numpy as np

from forecasting.domain.grid import Floats, Seconds

FOLDS = 4
HOURS = 24
_NOISES = (0.05, 0.2, 0.8, 3.0)  # variance of the noise in shares of that of an hour's target
_PLANE = 5.0  # variance of the plane's slope, beside a bend of 1
_FAR = 5.0  # standard deviations from its middle at which a column is held
_MOST_OF_HOUR = 1200  # rows; a solution costs their cube
_LEAST_OF_HOUR = 12
_PROBES = 6  # the noise is chosen on every sixth hour


class _Hour(NamedTuple):
    """What was learned of an hour: places (rows, columns), their pulls, and the target's mean."""

    places: Floats
    pulls: Floats
    level: float

    def said(self, places: Floats) -> Floats:
        if not len(self.places):
            return np.full(len(places), self.level)
        return np.asarray(self.level + _likeness(places, self.places) @ self.pulls)


@dataclass(frozen=True)
class HourlyKernel:
    """`places` (rows, columns) are those learned from, hour after hour, `ends` where each hour's end; see `_Hour`."""

    middle: Floats
    factor: Floats
    places: Floats
    pulls: Floats
    ends: Seconds
    levels: Floats

    @classmethod
    def fitted(
        cls, columns: Floats, weights: Floats, hour: Seconds, week: Seconds, target: Floats, *, seed: int
    ) -> tuple[Self, Floats]:
        """The process, and for each row what it said without having seen the row's week.

        `columns` (rows, columns) may hold NaN, `weights` tell how much a standard deviation of each column is worth as
        a distance, `hour` is 0 to 23.
        """
        from threadpoolctl import threadpool_limits

        middle, factor = _standard(columns, weights)
        places = _placed(columns, middle, factor)
        fold = np.asarray(np.unique(week, return_inverse=True)[1] % FOLDS)
        draw = np.random.default_rng([seed, 7])
        rows = [draw.permutation(np.flatnonzero(hour == number)) for number in range(HOURS)]
        probes = [some for some in rows if len(some) >= _LEAST_OF_HOUR][::_PROBES]
        honest = np.zeros(len(target))
        # One thread: the same numbers on any machine, and no waiting for cores that other work has.
        with threadpool_limits(limits=1, user_api="blas"):
            noise = min(_NOISES, key=lambda noise: sum(_wrong(places, target, fold, some, noise) for some in probes))
            for some in rows:
                honest[some] = _held_out(places, target, fold, some, noise)
            hours = [_learned(places[some], target[some], noise) for some in rows]
        ends = np.cumsum([len(one.places) for one in hours])
        whole = np.concatenate([one.places for one in hours]).astype(np.float32)
        pulls, levels = np.concatenate([one.pulls for one in hours]), np.array([one.level for one in hours])
        return cls(middle, factor, whole, pulls, ends, levels), honest

    def predict(self, columns: Floats, hour: Seconds) -> Floats:
        """The mean of the target for each row."""
        places, said = _placed(columns, self.middle, self.factor), np.zeros(len(columns))
        for number in np.unique(hour):
            rows = hour == number
            said[rows] = self._hour(int(number)).said(places[rows])
        return said

    def _hour(self, number: int) -> _Hour:
        begin, end = (0, *self.ends)[number], self.ends[number]
        places = self.places[begin:end].astype(np.float64)
        return _Hour(places, self.pulls[begin:end], float(self.levels[number]))

    def save(self, path: Path) -> None:
        """Write as arrays, without pickle."""
        np.savez_compressed(path, **{field.name: getattr(self, field.name) for field in fields(self)})

    @classmethod
    def load(cls, path: Path) -> Self:
        """Read what `save` wrote."""
        with np.load(path, allow_pickle=False) as file:
            values: dict[str, Any] = {field.name: file[field.name] for field in fields(cls)}
        return cls(**values)


def _standard(columns: Floats, weights: Floats) -> tuple[Floats, Floats]:
    """The middle of each column, and what turns a distance from it into one of places; 0 for a column that is level."""
    known = np.isfinite(columns)
    filled = np.where(known.any(axis=0), columns, 0.0)
    middle = np.nanmedian(filled, axis=0)
    whole = np.where(known, columns, middle)
    mean, spread = whole.mean(axis=0), whole.std(axis=0)
    factor = np.divide(weights, spread, out=np.zeros(len(spread)), where=spread > 1e-9 * np.maximum(np.abs(mean), 1e-9))
    return np.stack([middle, mean, spread]), factor


def _placed(columns: Floats, middle: Floats, factor: Floats) -> Floats:
    """Rows as places in the space of distances, no further out than `_FAR`."""
    median, mean, spread = middle
    filled = np.where(np.isfinite(columns), columns, median)
    return np.asarray(np.clip(filled - mean, -_FAR * spread, _FAR * spread) * factor)


def _likeness(some: Floats, others: Floats) -> Floats:
    """Covariance of the answers at places, (some, others)."""
    product = some @ others.T
    distance = (some**2).sum(axis=1)[:, None] + (others**2).sum(axis=1) - 2 * product
    return np.asarray(np.exp(-np.maximum(distance, 0.0) / 2) + _PLANE * product)


def _learned(places: Floats, target: Floats, noise: float) -> _Hour:
    """What an hour's rows teach; only their mean where they are few or all the same."""
    places, target = places[:_MOST_OF_HOUR], target[:_MOST_OF_HOUR]
    level, spread = (float(target.mean()), float(target.std())) if len(target) else (0.0, 0.0)
    if len(target) < _LEAST_OF_HOUR or spread == 0:
        return _Hour(places[:0], np.zeros(0), level if len(target) >= _LEAST_OF_HOUR else 0.0)
    alike = _likeness(places, places)
    alike[np.diag_indices(len(alike))] += noise
    return _Hour(places, np.linalg.solve(alike, target - level), level)


def _held_out(places: Floats, target: Floats, fold: Seconds, rows: Seconds, noise: float) -> Floats:
    """What is said of an hour's rows by those of other folds of weeks."""
    said = np.zeros(len(rows))
    for number in range(FOLDS):
        out = fold[rows] == number
        said[out] = _learned(places[rows[~out]], target[rows[~out]], noise).said(places[rows[out]])
    return said


def _wrong(places: Floats, target: Floats, fold: Seconds, rows: Seconds, noise: float) -> float:
    """Absolute error of what is said of an hour's weeks left out, summed."""
    return float(np.abs(target[rows] - _held_out(places, target, fold, rows, noise)).sum())
