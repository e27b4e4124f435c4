"""No consumption at all for too long.

Source: VEE standard, section A, "zero consumption" exception of the usage check. A run of zeros of a day or more on a
meter that is mostly not zero is more often a lost channel than an empty house.
"""

import numpy as np
import pandas as pd

from meters.domain.validation import Context, Doubt, Rule, equal_runs, longer_than, span

HOURS, FEWEST = 24.0, 8
MOSTLY = 0.5  # a meter that is zero for more of the time than that is one of something that is seldom on


class Zeros(Rule):
    """A run of zeros over a day or more."""

    title = "Run of zeros"
    summary = "Zero power for 24 hours or more on a meter that is mostly above zero."

    def check(self, readings: pd.DataFrame, context: Context) -> list[Doubt]:
        """Runs without a gap."""
        if "power_kw" not in readings or readings.empty:
            return []
        power = readings["power_kw"].to_numpy(dtype="float64")
        if np.mean(power == 0) > MOSTLY:
            return []
        found = []
        for first, last in longer_than(readings, equal_runs(power, readings), hours=HOURS, n=FEWEST):
            if power[first] == 0:
                begins, ends = span(readings.iloc[first:last])
                hours = (ends - begins).total_seconds() / 3600
                found.append(Doubt(begins, ends, 0.0, f"Zero for {hours:,.0f} hours."))
        return found
