"""The outdoor temperatures at which a meter starts to heat and to cool, learned from its daily means.

A change-point model in the manner of ASHRAE's inverse modelling toolkit (Kissock, Haberl and Claridge 2003): load of a
day against degrees below the heating point and above the cooling point, the pair of least squares over a grid.
"""

from itertools import product
from typing import NamedTuple

import numpy as np

from forecasting.domain.grid import DAY_S, Floats, Grid

_HEATING_C = (10.0, 12.0, 14.0, 16.0, 18.0)
_COOLING_C = (16.0, 18.0, 20.0, 22.0, 24.0)
_LEAST_DAYS = 60


class Balance(NamedTuple):
    """Degrees Celsius; below the first the meter heats, above the second it cools (or would, if it does)."""

    heating_c: float = 15.0
    cooling_c: float = 20.0


def learned(load: Grid, temperature: Grid) -> Balance:
    """The balance points of a meter; the usual ones where fewer than 60 whole days are known."""
    power, warmth = _daily(load), _daily(temperature)[: len(_daily(load))]
    known = np.isfinite(power) & np.isfinite(warmth)
    if known.sum() < _LEAST_DAYS:
        return Balance()
    power, warmth = power[known], warmth[known]
    week = (np.flatnonzero(known)[:, None] % 7 == np.arange(7)).astype(np.float64)  # each weekday its own level
    pairs = [Balance(*pair) for pair in product(_HEATING_C, _COOLING_C) if pair[0] <= pair[1]]
    return min(pairs, key=lambda pair: _left(power, warmth, week, pair))


def _left(power: Floats, warmth: Floats, week: Floats, pair: Balance) -> float:
    degrees = [np.maximum(pair.heating_c - warmth, 0.0), np.maximum(warmth - pair.cooling_c, 0.0)]
    terms = np.column_stack([week, *degrees])
    gram = terms.T @ terms + 1e-6 * len(terms) * np.eye(terms.shape[1])
    return float(np.sum((power - terms @ np.linalg.solve(gram, terms.T @ power)) ** 2))


def _daily(grid: Grid) -> Floats:
    steps = max(1, DAY_S // grid.step_s)
    whole = grid.values[: len(grid.values) // steps * steps].reshape(-1, steps)
    known = np.isfinite(whole)
    total = np.where(known, whole, 0.0).sum(axis=1)
    return np.asarray(
        np.divide(total, known.sum(axis=1), out=np.full(len(whole), np.nan), where=known.mean(axis=1) > 0.5)
    )
