"""Quantiles of each interval into whole paths, the same chance in every world.

Two worlds are compared draw by draw: a draw is one course of chance through the period, a Gaussian copula whose
ranks fade from hour to hour (an AR(1) process). What the chance adds to both worlds cancels in their difference, so
the difference's range is that of the effect and not that of the weather of errors.
"""

from datetime import timedelta
from statistics import NormalDist

import numpy as np
import pandas as pd

from forecasting.domain.quantiles import QUANTILES
from simulations.domain.contract import Floats

DRAWS = 200
MEMORY = timedelta(hours=12)  # how long an error lasts
_LEVELS = np.array(QUANTILES)
_NORMAL = np.array([NormalDist().inv_cdf(level) for level in QUANTILES])


def chances(n_steps: int, step: timedelta, *, memory: timedelta = MEMORY, draws: int = DRAWS, seed: int = 0) -> Floats:
    """Standard normal scores (draws, steps) whose correlation is `exp(-lag / memory)`.

    Antithetic: the second half mirrors the first, so that the median of the paths is the median of the forecast.
    """
    half = np.random.default_rng(seed).standard_normal((draws // 2, n_steps))
    keep = float(np.exp(-(step / memory)))
    fresh = float(np.sqrt(1 - keep**2))
    for place in range(1, n_steps):
        half[:, place] = keep * half[:, place - 1] + fresh * half[:, place]
    return np.concatenate([half, -half])


def paths(quantiles: pd.DataFrame, scores: Floats) -> Floats:
    """(draws, steps) in kW: each interval's quantile function at the ranks of `scores`.

    Between the quantiles, and beyond the outermost, the function is a line over the normal score: a normal tail as
    wide as the outermost two quantiles say.
    """
    values = quantiles[list(QUANTILES)].to_numpy(dtype=np.float64)
    cell = np.clip(np.searchsorted(_NORMAL, scores) - 1, 0, len(_NORMAL) - 2)
    slope, step = np.diff(values, axis=1) / np.diff(_NORMAL), np.arange(len(values))
    found: Floats = values[step, cell] + slope[step, cell] * (scores - _NORMAL[cell])
    return np.maximum(found, 0.0) if (values >= 0).all() else found


def bands(kw: Floats, starts: pd.DatetimeIndex) -> pd.DataFrame:
    """The QUANTILES of paths, by interval."""
    return pd.DataFrame(np.quantile(kw, _LEVELS, axis=0).T, index=starts, columns=list(QUANTILES))
