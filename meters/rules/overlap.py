"""A reading that begins before the one before it has ended.

Source: VEE standard, section A, "time tolerance and interval count check": a period has exactly so many intervals.
Counting both would count the time twice.
"""

import numpy as np
import pandas as pd

from meters.domain.validation import Context, Doubt, Rule, runs, span, start_us_of


class Overlap(Rule):
    """An interval inside another."""

    title = "Overlap"
    summary = "A reading that begins before an earlier one has ended."

    def check(self, readings: pd.DataFrame, context: Context) -> list[Doubt]:
        """The later one is doubted."""
        if len(readings) < 2:
            return []
        start_us = start_us_of(readings)
        reached = np.maximum.accumulate(start_us + readings["interval_s"].to_numpy(dtype="int64") * 1_000_000)
        mask = np.concatenate(([False], start_us[1:] < reached[:-1]))
        told = "begins before the reading before it has ended: the time would count twice."
        return [
            Doubt(*span(readings.iloc[first:last]), None, f"{readings['start_at'].iloc[first]:%H:%M} UTC {told}")
            for first, last in runs(mask)
        ]
