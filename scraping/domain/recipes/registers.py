"""Registers that only count up, as the energy of each interval. Pure."""

import numpy as np
import pandas as pd

from scraping.domain.errors import LayoutChanged

_NEAR = 0.1  # of the register's span: a fall from its top tenth to its lowest is a roll-over
_MOST_RESETS = 0.02


def steps_of(reads: pd.Series, column: str, interval_s: int) -> pd.Series:
    """From values at instants to what was counted in each interval, by its start.

    A step over more than one interval says nothing of each and is left out, and so is a reset. Raises LayoutChanged
    where the values fall so often that they are no register any more.
    """
    ordered = reads.sort_index()
    values, at = ordered.to_numpy(dtype="float64"), pd.DatetimeIndex(ordered.index)
    if len(values) < 2:
        return pd.Series(dtype="float64", index=at[:0])
    delta = np.diff(values)
    full = 10.0 ** max(5, int(np.floor(np.log10(max(float(values.max()), 1.0)))) + 1)
    rolled = (delta < 0) & (values[:-1] > full * (1 - _NEAR)) & (values[1:] < full * _NEAR)
    fallen = (delta < 0) & ~rolled
    if fallen.sum() > max(1, _MOST_RESETS * len(delta)):
        raise LayoutChanged(f"The column {column!r} falls {int(fallen.sum())} times: it is no register any more.")
    energy = np.where(rolled, delta + full, delta)
    good = ~fallen & (np.diff(at.as_unit("us").asi8) == interval_s * 1_000_000)
    return pd.Series(energy[good], index=at[:-1][good])
