"""The load-duration curve: for which share of the time a load was at least so high. Pure."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Duration:
    """`load_kw` falls; it is reached or exceeded for `share` (0 to 1) of the measured time."""

    share: Floats
    load_kw: Floats

    def exceeded(self, share: float) -> float:
        """The load that is reached for that share of the time; 0.95 is the usual base load."""
        return float(np.interp(share, self.share, self.load_kw))

    @property
    def load_factor(self) -> float | None:
        """Mean over highest load; None where nothing was used."""
        peak = float(self.load_kw[0])
        return float(self.load_kw.mean()) / peak if peak > 0 else None


def load_duration(power_kw: "pd.Series[float]") -> Duration | None:
    """The readings in falling order, each for one equal part of the time; None without any."""
    known: Floats = np.sort(power_kw.dropna().to_numpy(dtype=np.float64))[::-1].astype(np.float64)
    if not len(known):
        return None
    share: Floats = np.arange(1, len(known) + 1, dtype=np.float64) / len(known)
    return Duration(share, known)
