"""More power than volts times amperes.

Source: P = U x I x cos(phi), and cos(phi) is at most 1 (IEC 60050-131, apparent power). Of interval means the product
of the means may be a little below the mean of the product, hence the margin.
"""

import numpy as np
import pandas as pd

from meters.domain.validation import Context, ReadingRule

MARGIN = 1.25
LEAST_KW = 0.2  # below it the rounding of the amperes decides


class ApparentPower(ReadingRule):
    """Active power above apparent power."""

    title = "Power against volts and amperes"
    summary = "Mean power above 1.25 times voltage times current."
    at_ingest = False  # the quantities of one interval may come one after the other

    def mask(self, readings: pd.DataFrame, context: Context) -> np.ndarray:
        """Where one voltage and one current are known; a meter of three phases says them by phase."""
        if not {"power_kw", "voltage_v", "current_a"} <= set(readings.columns):
            return np.zeros(len(readings), dtype=bool)
        power = readings["power_kw"].to_numpy(dtype="float64")
        apparent = (
            readings["voltage_v"].to_numpy(dtype="float64") * readings["current_a"].to_numpy(dtype="float64") / 1000
        )
        return np.asarray((power > LEAST_KW) & (power > MARGIN * apparent * context.phases))

    def tell(self, doubtful: pd.DataFrame, context: Context) -> tuple[float, str]:
        """The highest power."""
        power, volts, amperes = doubtful[["power_kw", "voltage_v", "current_a"]].to_numpy(dtype="float64").T
        worst = int(np.nanargmax(power))
        told = f"{power[worst]:,.4g} kW is more than {volts[worst]:,.4g} V and {amperes[worst]:,.4g} A give."
        return float(power[worst]), told
