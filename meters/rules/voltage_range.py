"""A voltage that no supply has.

Source: EN 50160 limits temporary overvoltages of low voltage to about 1.5 kV for faults and sustained ones to 10 %;
half again the nominal voltage over a whole interval would have destroyed what is connected. Below the supply's
band is news, not doubt, and is left to the grid status.
"""

import numpy as np
import pandas as pd

from meters.domain.validation import Context, ReadingRule

HIGHEST = 1.5
COLUMNS = ("voltage_v", "voltage_l1_v", "voltage_l2_v", "voltage_l3_v")


class VoltageRange(ReadingRule):
    """Voltage above one and a half times the nominal one."""

    title = "Voltage out of the possible"
    summary = "Voltage above one and a half times the nominal one."

    def mask(self, readings: pd.DataFrame, context: Context) -> np.ndarray:
        """Any phase counts."""
        found = np.zeros(len(readings), dtype=bool)
        for column in [name for name in COLUMNS if name in readings]:
            found |= readings[column].to_numpy(dtype="float64") > HIGHEST * context.nominal_voltage_v
        return found

    def tell(self, doubtful: pd.DataFrame, context: Context) -> tuple[float, str]:
        """The highest voltage."""
        worst = float(doubtful[[name for name in COLUMNS if name in doubtful]].max().max())
        return worst, f"{worst:,.1f} V is more than 1.5 times the nominal {np.max(context.nominal_voltage_v):g} V."
