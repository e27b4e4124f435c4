"""A linear answer to calendar, recent load and weather, for each hour of the day: it can extrapolate.

One ridge over all hours, and for each hour a ridge on what it leaves (its neighbours lend their rows). How
hard both are held back is chosen on weeks left out, and so is how far the whole is to be trusted: `skill`
is 0 on a history too short to learn it.
"""

from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, Self

import numpy as np

from forecasting.domain.grid import Flags, Floats, Seconds

FOLDS = 5
_WHOLE = (0.003, 0.03, 0.3)  # ridge of the whole, in shares of its rows
_HOURLY = (5.0, 50.0, 1e3, 1e9)  # ridge of an hour, in rows; the last is none of its own
_BEYOND = 0.25  # of the range seen: no feature pulls the line further than this past it


@dataclass(frozen=True)
class HourlyRidge:
    """Standardised columns times coefficients; the first coefficient is the constant."""

    middle: Floats
    spread: Floats
    low: Floats
    high: Floats
    whole: Floats
    by_hour: Floats
    skill: float

    @classmethod
    def fitted(
        cls, columns: Floats, hour: Seconds, week: Seconds, target: Floats, *, free: Flags | None = None
    ) -> tuple[Self, Floats]:
        """The regression, and for each row what it said without having seen the row's week.

        Those honest answers are what a second stage must learn from. `hour` is 0 to 23. Columns that are `free` are
        followed wherever they go: whoever makes them holds them.
        """
        middle = np.nan_to_num(np.nanmedian(np.where(np.isnan(columns).all(axis=0), 0.0, columns), axis=0))
        filled = np.where(np.isfinite(columns), columns, middle)
        spread = filled.std(axis=0)
        scale = np.where(spread > 0, spread, 1.0)
        terms = _terms((filled - middle) / scale)
        sums = _Sums.of(terms, target, hour, _folds(week))
        rows_said, error, best = sums.best_held_out(terms)
        whole, by_hour = (lines[..., best].copy() for lines in sums.solved(np.ones(FOLDS, dtype=bool)))
        worth = float(np.mean(target**2))
        skill = max(0.0, 1 - error / worth) if worth > 0 else 0.0
        low, high = terms[:, 1:].min(axis=0), terms[:, 1:].max(axis=0)
        if free is not None:
            low, high = np.where(free, -np.inf, low), np.where(free, np.inf, high)
        return cls(middle, scale, low, high, whole, by_hour, skill), rows_said

    def predict(self, columns: Floats, hour: Seconds) -> Floats:
        """The mean of the target for each row."""
        room = _BEYOND * (self.high - self.low)
        filled = np.where(np.isfinite(columns), columns, self.middle)
        terms = _terms(np.clip((filled - self.middle) / self.spread, self.low - room, self.high + room))
        return np.asarray(terms @ self.whole + (terms * self.by_hour[hour]).sum(axis=1))

    def save(self, path: Path) -> None:
        """Write as arrays, without pickle."""
        np.savez_compressed(path, **{field.name: getattr(self, field.name) for field in fields(self)})

    @classmethod
    def load(cls, path: Path) -> Self:
        """Read what `save` wrote."""
        with np.load(path, allow_pickle=False) as file:
            values: dict[str, Any] = {field.name: file[field.name] for field in fields(cls)}
        return cls(**{**values, "skill": float(values["skill"])})


@dataclass(frozen=True)
class _Sums:
    """Normal equations by fold and hour: any choice of folds is solved without going back to the rows."""

    squares: Floats
    products: Floats
    counts: Seconds
    target: Floats
    hour: Seconds
    fold: Seconds

    @classmethod
    def of(cls, terms: Floats, target: Floats, hour: Seconds, fold: Seconds) -> Self:
        width = terms.shape[1]
        squares, products = np.zeros((FOLDS, 24, width, width)), np.zeros((FOLDS, 24, width))
        counts = np.zeros(FOLDS, dtype=np.int64)
        for part in range(FOLDS):
            for clock in range(24):
                rows = np.flatnonzero((fold == part) & (hour == clock))
                squares[part, clock] = terms[rows].T @ terms[rows]
                products[part, clock] = terms[rows].T @ target[rows]
                counts[part] += len(rows)
        return cls(squares, products, counts, target, hour, fold)

    def solved(self, use: Flags) -> tuple[Floats, Floats]:
        """Coefficients over the folds in use: whole (columns, choices) and by hour (24, columns, choices)."""
        squares, products = self.squares[use].sum(axis=0), self.products[use].sum(axis=0)
        free = np.eye(squares.shape[-1])
        free[0, 0] = 1e-6
        rows, sums = max(1, int(self.counts[use].sum())), (squares.sum(axis=0), products.sum(axis=0))
        whole = np.stack([np.linalg.solve(sums[0] + held * rows * free, sums[1]) for held in _WHOLE], axis=1)
        free[0, 0] = 1.0
        near, left = _with_neighbours(squares), _with_neighbours(products)
        left = left[..., None] - near @ whole
        by_hour = [np.linalg.solve(near + held * free, left) for held in _HOURLY]
        return np.tile(whole, len(_HOURLY)), np.concatenate(by_hour, axis=2)

    def best_held_out(self, terms: Floats) -> tuple[Floats, float, int]:
        """What is said of every row by folds it is not in, its squared error, and which choice errs least so."""
        said = np.empty((len(terms), len(_WHOLE) * len(_HOURLY)))
        for part in range(FOLDS):
            whole, by_hour = self.solved(np.arange(FOLDS) != part)
            for clock in range(24):
                rows = (self.fold == part) & (self.hour == clock)
                said[rows] = terms[rows] @ (whole + by_hour[clock])
        errors = np.mean((self.target[:, None] - said) ** 2, axis=0)
        best = int(np.argmin(errors))
        return said[:, best], float(errors[best]), best


def _folds(week: Seconds) -> Seconds:
    """Whole weeks are left out together: the days of one lean on each other."""
    return np.asarray(np.unique(week, return_inverse=True)[1] % FOLDS)


def _terms(standard: Floats) -> Floats:
    return np.concatenate([np.ones((len(standard), 1)), standard], axis=1)


def _with_neighbours(sums: Floats) -> Floats:
    return np.asarray(sums + np.roll(sums, 1, axis=0) + np.roll(sums, -1, axis=0))
