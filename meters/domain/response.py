"""How a load answers to the temperature outside. Pure."""

import numpy as np
import pandas as pd

BIN_C = 2.0
FEWEST = 5


def load_by_temperature(power_kw: "pd.Series[float]", temperature_c: "pd.Series[float]", *, rule: str) -> pd.DataFrame:
    """`temperature_c` and `power_kw`, means over the same buckets of `rule` ("h", "D"); only where both are known."""
    both = pd.DataFrame(
        {"temperature_c": temperature_c.resample(rule).mean(), "power_kw": power_kw.resample(rule).mean()}
    )
    return both.dropna()


def binned(points: pd.DataFrame) -> pd.DataFrame:
    """`middle_c`, the median `power_kw` and `n` of each bin of 2 °C that holds at least five points."""
    low = np.floor(points["temperature_c"] / BIN_C) * BIN_C
    grouped = points.groupby(low)["power_kw"]
    bins = pd.DataFrame({"power_kw": grouped.median(), "n": grouped.size()})
    bins = bins[bins["n"] >= FEWEST]
    return bins.assign(middle_c=bins.index.to_numpy(dtype=float) + BIN_C / 2).reset_index(drop=True)
