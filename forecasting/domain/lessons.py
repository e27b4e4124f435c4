"""What of a meter's readings is learned from: gaps, estimates and flat stretches by rule, each said in a sentence.

A forecast still sees all readings, estimates too: a lag that was estimated is better than none.
"""

from datetime import timedelta
from typing import Any

import numpy as np
import pandas as pd

from forecasting.domain.series import step_of

LONGEST_FLAT = timedelta(days=1)
FEWEST_FLAT = 12  # readings: a meter of daily readings may well repeat itself for a day or two
MOST_LEFT_OUT = 0.5
WORTH_SAYING = 0.01


def lesson(load: "pd.Series[float]", estimated: pd.DatetimeIndex) -> "tuple[pd.Series[float], list[str]]":
    """A copy of a regular load without what must not be learned, and what was left out in words.

    A rule that would leave out more than half of what is known is not kept: then the meter is like that.
    """
    known = load.notna()
    notes, kept = [], load.astype(float).copy()
    if len(load) < 2 or not known.any():
        return kept, []
    missing = 1 - float(known.mean())
    if missing >= WORTH_SAYING:
        notes.append(f"{missing * 100:.0f}\u2009% of the intervals have no reading; they are left out, not filled.")
    for mask, words in (
        (pd.Series(load.index.isin(estimated), index=load.index) & known, _estimates),
        (_flat(load), _stuck),
    ):
        n = int(mask.sum())
        if not n:
            continue
        if n > MOST_LEFT_OUT * int(known.sum()):
            notes.append(f"{words(mask)}, more than half of all, so they are learned from after all.")
        else:
            kept[mask] = np.nan
            notes.append(f"{words(mask)}; they are not learned from.")
    return kept, notes


def _estimates(mask: "pd.Series[bool]") -> str:
    n = int(mask.sum())
    return f"{n} reading{'s were' if n > 1 else ' was'} estimated"


def _stuck(mask: "pd.Series[bool]") -> str:
    days = float(mask.sum()) * (step_of(mask.astype(float)) / timedelta(days=1))
    return f"{days:.0f} days of one and the same value look like a stuck meter"


def _flat(load: "pd.Series[float]") -> "pd.Series[bool]":
    """Runs of one value other than 0 that last a day or longer; a house that draws nothing is no fault."""
    values = load.to_numpy(dtype=np.float64)
    same: Any = np.r_[False, values[1:] == values[:-1]]
    run = np.cumsum(~same)
    length = np.bincount(run)[run]
    least = max(FEWEST_FLAT, round(LONGEST_FLAT / step_of(load)))
    return pd.Series((length > least) & np.isfinite(values) & (values != 0), index=load.index)
