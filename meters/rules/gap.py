"""Intervals that are missing.

Source: VEE standard, section A, "missing intervals" of the interval count check. There is no reading to doubt: a gap
is reported, and may be fetched again, estimated or ignored.
"""

import numpy as np
import pandas as pd

from meters.domain.validation import Context, Doubt, Rule, start_us_of


class Gap(Rule):
    """Time between readings that no reading covers."""

    title = "Gap"
    summary = "A time between two readings that no reading covers."
    quarantines = False

    def check(self, readings: pd.DataFrame, context: Context) -> list[Doubt]:
        """Between the first and the last reading."""
        if len(readings) < 2:
            return []
        start_us = start_us_of(readings)
        reached = np.maximum.accumulate(start_us + readings["interval_s"].to_numpy(dtype="int64") * 1_000_000)
        found = []
        for place in np.flatnonzero(start_us[1:] > reached[:-1]):
            begins = pd.Timestamp(int(reached[place]) * 1000, tz="UTC")
            ends = pd.Timestamp(int(start_us[place + 1]) * 1000, tz="UTC")
            hours = (ends - begins).total_seconds() / 3600
            found.append(Doubt(begins, ends, hours, f"Nothing was measured for {hours:,.4g} hours."))
        return found
