"""What a meter takes at its quietest."""

from datetime import timedelta

import numpy as np
import pandas as pd

from simulations.domain.contract import Floats

BACK = timedelta(days=56)
_QUIET = 0.05


def base_load(load: "pd.Series[float]", starts: pd.DatetimeIndex, zone: str) -> Floats:
    """kW for each of `starts`: the 5th percentile of that local hour in the last eight weeks before the first.

    The field's "base load" is a low percentile of the load (the 5th is common), since the minimum is often a fault.
    An hour without a reading takes the percentile of all.
    """
    recent = load.loc[(load.index >= starts[0] - BACK) & (load.index < starts[0])].dropna()
    if recent.empty:
        recent = load.dropna()
    if recent.empty:
        return np.zeros(len(starts))
    local = pd.DatetimeIndex(recent.index).tz_convert(zone)
    by_hour = recent.groupby(local.hour).quantile(_QUIET)
    hours = starts.tz_convert(zone).hour
    quiet = by_hour.reindex(hours).fillna(recent.quantile(_QUIET))
    return np.asarray(quiet.to_numpy(), dtype=np.float64)
