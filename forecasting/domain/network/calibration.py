"""What a meter's own last weeks say of the network's quantiles: each is moved to where it would have held.

Conformalised quantile regression (Romano, Patterson and Candes 2019), for each level, in units of the 80 % band's
width, and only by as much as the days seen deserve.
"""

import numpy as np
import pandas as pd

from forecasting.domain.grid import Floats
from forecasting.domain.quantiles import QUANTILES

DAYS = 56
LEAST_DAYS = 7
_TRUST_DAYS = 21  # of this many days half of what they say is believed
_LOW, _HIGH = QUANTILES.index(0.1), QUANTILES.index(0.9)
_MOST = 1.0

NOTHING = np.zeros(len(QUANTILES))


def shifts(frames: list[pd.DataFrame], load: "pd.Series[float]") -> Floats:
    """By level, in widths; `frames` are forecasts of days past, each made from what lay before it."""
    told = pd.concat(frames) if frames else pd.DataFrame()
    came = load.reindex(told.index).to_numpy(dtype=np.float64)
    values = told.to_numpy(dtype=np.float64)
    known = np.isfinite(came)
    if len(frames) < LEAST_DAYS or known.sum() < 3 * len(QUANTILES):
        return NOTHING
    width = values[:, _HIGH] - values[:, _LOW]
    use = known & (width > 0)
    if not use.any():
        return NOTHING
    gaps = (came[use, None] - values[use]) / width[use, None]
    wanted = np.array([np.quantile(gaps[:, place], level) for place, level in enumerate(QUANTILES)])
    trust = len(frames) / (len(frames) + _TRUST_DAYS)
    return np.asarray(np.clip(wanted, -_MOST, _MOST) * trust)


def moved(values: Floats, by: Floats) -> Floats:
    """Quantiles (rows, levels), each moved by its shift in widths, in order."""
    width = values[:, [_HIGH]] - values[:, [_LOW]]
    return np.sort(values + by * width, axis=1)
