"""A peak that stands alone in its day.

Source: VEE standard, section A, "spike check": of each day the highest and the third highest interval are compared;
(peak1 - peak3) / peak3 above 1.8 fails. Added here: the peak must also be above 1.5 times the 99th percentile of the
period, since a quiet day with one oven in it fails the standard's check and is true.
"""

import numpy as np
import pandas as pd

from meters.domain.validation import Context, Doubt, Rule, runs, span

TIMES = 1.8
USUAL = 1.5
FEWEST = 12  # readings of a day


class Spike(Rule):
    """One or two readings far above the rest of their day."""

    title = "Spike"
    summary = "One or two readings more than 2.8 times the third highest of their local day, and above the usual peaks."

    def check(self, readings: pd.DataFrame, context: Context) -> list[Doubt]:
        """Days in the meter's own zone; a run of two neighbours is one doubt."""
        if "power_kw" not in readings or readings.empty:
            return []
        power = readings["power_kw"].to_numpy(dtype="float64")
        local = pd.DatetimeIndex(readings["start_at"]).tz_convert(context.zone).tz_localize(None).as_unit("us")
        day = local.asi8 // 86_400_000_000
        third = _third_highest(power, day)
        usual = np.nanquantile(power, 0.99) if not np.isnan(power).all() else np.inf
        mask = (power > (1 + TIMES) * third) & (power > USUAL * usual)
        found = []
        for first, last in runs(mask):
            some, third_kw = readings.iloc[first:last], third[first:last].min()
            worst = float(some["power_kw"].max())
            told = f"{worst:,.4g} kW is {worst / third_kw:,.1f} times the third highest reading of its day."
            if third_kw == 0:
                told = f"{worst:,.4g} kW in a day that is otherwise zero."
            found.append(Doubt(*span(some), worst, told))
        return found


def _third_highest(power: np.ndarray, day: np.ndarray) -> np.ndarray:
    """For each reading the third highest of its day; NaN in a day of few readings."""
    order = np.lexsort((-np.nan_to_num(power, nan=-1.0), day))
    days, firsts, counts = np.unique(day[order], return_index=True, return_counts=True)
    enough = counts >= FEWEST
    thirds = np.full(len(days), np.nan)
    thirds[enough] = power[order][firsts[enough] + 2]
    return np.asarray(thirds[np.searchsorted(days, day)])
