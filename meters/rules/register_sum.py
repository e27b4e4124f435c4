"""The sum of the intervals against what the register counted.

Source: VEE standard, section A, "sum check": the intervals between two register reads must add up to their difference
within two units of the register; here within that or 1 %, whichever is more.
"""

import numpy as np
import pandas as pd

from meters.domain.registers import register_steps, steps_of_kind
from meters.domain.validation import Context, Doubt, Rule, start_us_of

UNITS_KWH, SHARE = 2.0, 0.01
COVERED = 0.999


class RegisterSum(Rule):
    """Intervals that do not add up."""

    title = "Sum check"
    summary = "Intervals between two register reads that do not add up to what the register counted."

    def check(self, readings: pd.DataFrame, context: Context) -> list[Doubt]:
        """Only where the intervals are complete: a gap has a rule of its own."""
        if context.register_reads is None or "energy_kwh" not in readings:
            return []
        start_us = start_us_of(readings)
        energy = np.concatenate(([0.0], np.nancumsum(readings["energy_kwh"].to_numpy(dtype="float64"))))
        seconds = np.concatenate(([0], np.cumsum(readings["interval_s"].to_numpy(dtype="int64"))))
        steps = register_steps(context.register_reads, context.exchanges)
        found = []
        for row in steps_of_kind(steps.dropna(subset="energy_kwh")):
            edges = [pd.Timestamp(at).value // 1000 for at in (row.start_at, row.end_at)]
            first, last = np.searchsorted(start_us, edges)
            if seconds[last] - seconds[first] < COVERED * (edges[1] - edges[0]) / 1e6:
                continue
            total = float(energy[last] - energy[first])
            if abs(total - row.energy_kwh) > max(UNITS_KWH, SHARE * row.energy_kwh):
                told = f"The intervals add up to {total:,.1f} kWh, the register counted {row.energy_kwh:,.1f} kWh."
                found.append(Doubt(row.start_at, row.end_at, total - row.energy_kwh, told))
        return found
