"""A register that counts up, as files have it, into the energy of its steps. Pure."""

import numpy as np
import pandas as pd

BACK = "the register went back from {:g} to {:g}: it was reset or rolled over, or the meter was exchanged"


class Counting:
    """Takes the rows of a file in their order, in any portions; remembers the last row of each meter."""

    def __init__(self) -> None:
        self._last: dict[str, tuple[pd.Timestamp, float]] = {}
        self.left_out_n = 0
        self.left_out_kwh = 0.0

    def steps(self, frame: pd.DataFrame, column: str, interval_s: int) -> tuple[pd.DataFrame, list[tuple[int, str]]]:
        """Replace instants and counts by starts and differences; (row, reason) of each step backwards.

        A step longer than the interval spreads over readings that were left out: nobody knows how, so it
        stays a gap, and its energy is counted in `left_out_kwh`.
        """
        frame = frame[frame[column].notna()]
        parts: list[pd.DataFrame] = []
        faults: list[tuple[int, str]] = []
        for meter, rows in frame.groupby("meter", sort=False):
            part, bad = self._one(str(meter), rows, column, interval_s)
            parts.append(part)
            faults += bad
        return (pd.concat(parts) if parts else frame), faults

    def _one(
        self, meter: str, rows: pd.DataFrame, column: str, interval_s: int
    ) -> tuple[pd.DataFrame, list[tuple[int, str]]]:
        at, count = rows["start_at"], rows[column].astype("float64")
        before_at, before = at.shift(1), count.shift(1)
        if meter in self._last:
            before_at.iloc[0], before.iloc[0] = self._last[meter]
        self._last[meter] = (at.iloc[-1], float(count.iloc[-1]))
        forwards = (at > before_at).to_numpy()
        step = np.where(forwards, count - before, before - count)
        seconds = (at - before_at).dt.total_seconds().abs().to_numpy()
        back = (step < 0) & (seconds > 0)
        fits = (seconds == interval_s) & ~back
        longer = (seconds > interval_s) & ~back
        self.left_out_n += int(longer.sum())
        self.left_out_kwh += float(np.nansum(step[longer]))
        older, newer = np.where(forwards, before, count), np.where(forwards, count, before)
        faults = [(int(rows["row"].iloc[at_]), BACK.format(older[at_], newer[at_])) for at_ in np.flatnonzero(back)]
        start = before_at.where(pd.Series(forwards, index=at.index), at)
        return rows.assign(start_at=start, **{column: step})[fits], faults
