"""How sure the size of a learned effect is, from how well past ones were told.

A forecaster's bands hold for ordinary days; of a heatwave it has seen few, and where its slope is wrong it is wrong
for the whole spell. So each draw takes the effect a share larger or smaller throughout, and the spread of that share
is conformal: the least at which the 80 % band holds 80 % of the hours of this meter's own past events, told again by a
twin that was trained before them.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import numpy as np
import pandas as pd

from forecasting.domain.quantiles import MEDIAN
from simulations.domain.contract import Floats
from simulations.domain.paths import bands, chances, paths
from simulations.domain.replay import Replay

USUAL = 0.25  # one standard deviation, as a share of the effect, until past events of this meter say otherwise
LEAST, MOST = 0.05, 0.6
ENOUGH_HOURS = 72
_SHARE = 0.8
_HALVINGS = 7


def effect_spread(replays: Sequence[Replay], step: timedelta, *, seed: int = 0) -> float:
    """One standard deviation of the effect, as a share of it; `USUAL` where less than three days were told again."""
    if sum(len(one.inside) for one in replays) * step < timedelta(hours=ENOUGH_HOURS):
        return USUAL
    wanted = min(_SHARE * (1 + 1 / len(replays)), 1.0)  # split conformal's correction for few events
    low, high = LEAST, MOST
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        held = pd.concat([widened(one, step, middle, seed=seed).inside for one in replays]).mean()
        low, high = (low, middle) if held >= wanted else (middle, high)
    return high


def widened(told: Replay, step: timedelta, spread: float, *, seed: int = 0) -> Replay:
    """The replay with its told band as wide as the spread of its effect makes it."""
    scores = chances(len(told.told), step, seed=seed)
    effect = (told.told[MEDIAN] - told.untold[MEDIAN]).to_numpy(dtype=np.float64)
    kw = spread_over(paths(told.told, scores), effect, spread, step=step, seed=seed)
    return replace(told, told=bands(kw, pd.DatetimeIndex(told.told.index)))


def spread_over(kw: Floats, effect: Floats, spread: float, *, step: timedelta, seed: int) -> Floats:
    """Paths (draws, steps) with the effect (steps, kW) larger or smaller by a share of its own for each draw.

    The share is of the mean size of the effect over the day around each interval: where warmth acts late or lingers,
    the error is large at hours when the effect itself is small. Antithetic, as the paths are, but in another order:
    a high draw is not always a large effect.
    """
    day = max(round(timedelta(days=1) / step), 1)
    size = pd.Series(np.abs(effect)).rolling(day, center=True, min_periods=1).mean().to_numpy(dtype=np.float64)
    half = np.random.default_rng([seed, 29]).standard_normal(len(kw) // 2)
    share = spread * np.concatenate([half, -half])[np.random.default_rng([seed, 31]).permutation(len(kw))]
    floor = 0.0 if (kw >= 0).all() else -np.inf  # a meter that never exports does not begin to
    return np.asarray(np.maximum(kw + share[:, None] * size, floor))
