"""Readings cut into pieces of a quarter of an hour at most, each with its local time. Pure.

A quarter of an hour, because every zone's offset and every window of a tariff is a multiple of it: an hourly
reading in a zone of +5:30 lies half in one hour of the clock and half in the next.
"""

from dataclasses import dataclass
from datetime import date

import numpy as np
import numpy.typing as npt
import pandas as pd

from meters.domain.windows import LocalTimes, Mask, local_times

PIECE_S = 900
_WHOLE = 0.999  # stamps are whole seconds, sums of floats are not


@dataclass(frozen=True)
class Pieces:
    """Parallel arrays, ordered by time, none overlapping; energy is spread evenly over a longer reading."""

    start_s: npt.NDArray[np.int64]
    length_s: npt.NDArray[np.float64]
    kwh: npt.NDArray[np.float64]
    estimated: Mask
    local: LocalTimes

    def on_days(self, first: date, after: date) -> Mask:
        """Those of the local days `[first, after)`."""
        epoch = date(1970, 1, 1)
        return (self.local.day >= (first - epoch).days) & (self.local.day < (after - epoch).days)

    def highest_kw(self, chosen: Mask, *, interval_minutes: int) -> tuple[float, int] | None:
        """The highest mean power of a whole local interval among those chosen, and where it starts (s)."""
        if not chosen.any():
            return None
        width = interval_minutes * 60
        wall = self.local.day * 86_400 + self.local.minute * 60
        offset = wall - self.start_s // 60 * 60  # local minus UTC, the same through an interval
        frame = pd.DataFrame(
            {
                "at": ((self.start_s + offset) // width * width - offset)[chosen],
                "kwh": self.kwh[chosen],
                "length": self.length_s[chosen],
            }
        )
        sums = frame.groupby("at").sum()
        whole = sums[sums["length"] >= _WHOLE * width]
        if whole.empty:
            return None
        power = (whole["kwh"] * 3600 / whole["length"]).to_numpy()
        best = int(np.argmax(power))
        return float(power[best]), int(whole.index.to_numpy()[best])


def cut(rows: pd.DataFrame, *, zone: str, holidays: frozenset[date]) -> Pieces:
    """`rows`: `start_s` (since 1970), `length_s`, `kwh`, `estimated`, ordered by start.

    A row that begins before an earlier one ends says again what is known already, and is left out.
    """
    known = rows[rows["kwh"].notna()]
    start, length = known["start_s"].to_numpy(dtype="int64"), known["length_s"].to_numpy(dtype="int64")
    if len(start):
        reached = np.concatenate(([start[0]], np.maximum.accumulate(start + length)[:-1]))
        known, start, length = known[start >= reached], start[start >= reached], length[start >= reached]
    parts = -(-length // PIECE_S)
    owner = np.repeat(np.arange(len(start)), parts)
    nth = np.arange(len(owner)) - np.repeat(np.cumsum(parts) - parts, parts)
    each_s = length[owner] / parts[owner]
    starts = start[owner] + np.floor(nth * each_s).astype(np.int64)
    kwh = known["kwh"].to_numpy(dtype="float64")[owner] / parts[owner]
    estimated = known["estimated"].to_numpy(dtype=bool)[owner]
    return Pieces(starts, each_s, kwh, estimated, local_times(starts, zone=zone, holidays=holidays))
