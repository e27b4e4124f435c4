"""More power than the connection can carry.

Source: VEE standard, section A, "high/low usage check"; the limit is the connection's capacity, as a fuse has it.
A value outside of what any meter can measure is refused before it is stored, and kept as a finding of this rule.
"""

import numpy as np
import pandas as pd

from meters.domain.validation import Context, ReadingRule


class PowerRange(ReadingRule):
    """Mean power above the capacity."""

    title = "Power against rating"
    summary = "Mean power above the capacity of the connection."

    def mask(self, readings: pd.DataFrame, context: Context) -> np.ndarray:
        """Nothing where the capacity is not known."""
        if "power_kw" not in readings:
            return np.zeros(len(readings), dtype=bool)
        return np.asarray(readings["power_kw"].to_numpy(dtype="float64") > context.capacity_kw)

    def tell(self, doubtful: pd.DataFrame, context: Context) -> tuple[float, str]:
        """The highest power."""
        worst = float(doubtful["power_kw"].max())
        return worst, f"{worst:,.1f} kW is more than the connection's {np.max(context.capacity_kw):,.1f} kW."
