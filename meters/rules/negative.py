"""Energy or power below zero on a meter that counts consumption.

Source: VEE standard, section A: an interval pulse count cannot be negative. Such a row is refused before it is
stored and kept as a finding of this rule; in readings that were stored it can only be reactive energy's sign,
which means something, so there is nothing left to doubt.
"""

import numpy as np
import pandas as pd

from meters.domain.validation import Context, ReadingRule

COLUMNS = ("energy_kwh", "power_kw", "current_a")


class Negative(ReadingRule):
    """A consumption below zero."""

    title = "Negative"
    summary = "Energy, power or current below zero."

    def mask(self, readings: pd.DataFrame, context: Context) -> np.ndarray:
        """Any of the quantities that cannot be negative."""
        found = np.zeros(len(readings), dtype=bool)
        for column in [name for name in COLUMNS if name in readings]:
            found |= readings[column].to_numpy(dtype="float64") < 0
        return found

    def tell(self, doubtful: pd.DataFrame, context: Context) -> tuple[float, str]:
        """The lowest value."""
        worst = float(doubtful[[name for name in COLUMNS if name in doubtful]].min().min())
        return worst, f"{worst:g} is below zero: a meter of consumption does not run backwards."
