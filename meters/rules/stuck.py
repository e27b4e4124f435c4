"""The same value for too long.

Source: "persistence test" of quality control of measured series (WMO Guide to Instruments, WMO-No. 8, volume V,
chapter 1): a value that does not change over a time in which it must. Here one whole day, and eight readings;
zeros have a rule of their own.
"""

import pandas as pd

from meters.domain.validation import Context, Doubt, Rule, equal_runs, longer_than, span

HOURS, FEWEST = 24.0, 8


class Stuck(Rule):
    """A constant above zero over a day or more."""

    title = "Stuck value"
    summary = "The same power, not zero, for 24 hours or more."

    def check(self, readings: pd.DataFrame, context: Context) -> list[Doubt]:
        """Runs without a gap."""
        if "power_kw" not in readings:
            return []
        power = readings["power_kw"].to_numpy(dtype="float64")
        found = []
        for first, last in longer_than(readings, equal_runs(power, readings), hours=HOURS, n=FEWEST):
            if power[first] > 0:
                some = readings.iloc[first:last]
                begins, ends = span(some)
                hours = (ends - begins).total_seconds() / 3600
                told = f"{power[first]:,.4g} kW without any change for {hours:,.0f} hours."
                found.append(Doubt(begins, ends, float(power[first]), told))
        return found
