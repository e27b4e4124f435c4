"""More current than the connection can carry.

Source: VEE standard, section A, "high/low usage check", applied to amperes: twice the current that the capacity
gives at the nominal voltage (I = P / (U x phases)), over a whole interval, trips every breaker (IEC 60898: a
breaker trips within the hour at 1.45 times its rating).
"""

import numpy as np
import pandas as pd

from meters.domain.validation import Context, ReadingRule

TIMES = 2.0
COLUMNS = ("current_a", "current_l1_a", "current_l2_a", "current_l3_a")


class CurrentRange(ReadingRule):
    """Current above twice that of the capacity."""

    title = "Current out of the possible"
    summary = "Current above twice what the capacity of the connection gives."

    def mask(self, readings: pd.DataFrame, context: Context) -> np.ndarray:
        """A phase may carry all of one phase's share; the sum all of it. Nothing where the capacity is not known."""
        found = np.zeros(len(readings), dtype=bool)
        whole_a = 1000 * context.capacity_kw / context.nominal_voltage_v
        for column in [name for name in COLUMNS if name in readings]:
            limit = whole_a if column == "current_a" else whole_a / context.phases
            found |= readings[column].to_numpy(dtype="float64") > TIMES * limit
        return found

    def tell(self, doubtful: pd.DataFrame, context: Context) -> tuple[float, str]:
        """The highest current."""
        worst = float(doubtful[[name for name in COLUMNS if name in doubtful]].max().max())
        return worst, f"{worst:,.1f} A is more than twice what a connection of this capacity can carry."
