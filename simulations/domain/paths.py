"""Quantiles of each interval into whole paths, the same chance in every world.

Two worlds are compared draw by draw: a draw is one course of chance through the period, a Gaussian copula whose
ranks fade from hour to hour (an AR(1) process). What the chance adds to both worlds cancels in their difference, so
the difference's range is that of the effect and not that of the weather of errors.
"""

from datetime import timedelta

import numpy as np
import pandas as pd
from scipy.special import ndtr, ndtri

from forecasting.domain.quantiles import QUANTILES
from simulations.domain.contract import Floats

DRAWS = 200
_LEVELS = np.array(QUANTILES)
_NORMAL = ndtri(_LEVELS)


def chances(n_steps: int, step: timedelta, *, memory: timedelta, draws: int = DRAWS, seed: int = 0) -> Floats:
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


def memory_of(errors: "pd.Series[float]", step: timedelta) -> timedelta:
    """How long chance remembers: from the correlation of neighbouring errors, an hour to a week."""
    lagged = errors.corr(errors.shift()) if errors.notna().sum() > 48 and errors.std() > 0 else np.nan
    rho = float(np.clip(lagged, 0.05, 0.995)) if np.isfinite(lagged) else float(ndtr(1.0))
    return min(max(step / float(-np.log(rho)), timedelta(hours=1)), timedelta(days=7))
