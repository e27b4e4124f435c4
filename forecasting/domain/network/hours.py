"""Any interval to hours and back: the network thinks in hours that end at the cut-off.

Shorter intervals are averaged to hours, and hours are given the meter's own shape within the hour (by hour of the
day) and its scatter about that shape. Longer ones (whole hours up to a day) are laid out as equal hours, and hours
are averaged to them.
"""

from dataclasses import dataclass

import numpy as np

from forecasting.domain.errors import BadSeries
from forecasting.domain.grid import Floats, Seconds
from forecasting.domain.network.calendar_table import HOUR_S
from forecasting.domain.quantiles import MEDIAN, QUANTILES

SHAPE_DAYS = 28
_WIDE = 2.56  # a normal 80 % band in standard deviations


@dataclass(frozen=True)
class Scale:
    """How the meter's interval and the hour fit: `parts` intervals in an hour, or `whole` hours in an interval."""

    parts: int
    whole: int

    @classmethod
    def of(cls, step_s: int) -> "Scale":
        """Raises BadSeries for an interval that neither divides an hour nor is whole hours."""
        if step_s <= HOUR_S and HOUR_S % step_s == 0:
            return cls(HOUR_S // step_s, 1)
        if step_s % HOUR_S == 0:
            return cls(1, step_s // HOUR_S)
        raise BadSeries(
            f"The network works in hours, and intervals of {step_s / 60:g} minutes do not fit into them; use another "
            "forecaster for this meter."
        )

    def to_hours(self, values: Floats, count: int) -> Floats:
        """The last `count` hours, the latest last; an hour half unknown is NaN, and so is what was never read."""
        tail = values[(-count * self.parts) // self.whole :]
        if self.whole > 1:
            tail = np.repeat(tail, self.whole)
        elif self.parts > 1:
            tail = tail[len(tail) % self.parts :].reshape(-1, self.parts)
            known = np.isfinite(tail)
            total = np.where(known, tail, 0.0).sum(axis=1)
            tail = np.where(known.mean(axis=1) >= 0.5, total / np.maximum(known.sum(axis=1), 1), np.nan)
        tail = tail[-count:]
        return np.concatenate([np.full(count - len(tail), np.nan), tail])

    def back(self, hourly: Floats, values: Floats, from_cutoff: Seconds) -> Floats:
        """Quantiles (hours from the cut-off, levels) for the intervals of these numbers from the cut-off."""
        if self.whole > 1:
            rows = from_cutoff[:, None] * self.whole + np.arange(self.whole)
            return np.asarray(hourly[rows].mean(axis=1))
        if self.parts == 1:
            return hourly[from_cutoff]
        shape, scatter = self._within(values)
        found = hourly[from_cutoff // self.parts]
        middle = found[:, [QUANTILES.index(MEDIAN)]]
        spread = (found[:, QUANTILES.index(0.9)] - found[:, QUANTILES.index(0.1)])[:, None] / _WIDE
        wider = np.sqrt(1 + (scatter / np.where(spread > 0, spread, 1.0)) ** 2)
        slot = from_cutoff % (24 * self.parts)
        return np.asarray(middle + shape[slot][:, None] + (found - middle) * wider)

    def _within(self, values: Floats) -> tuple[Floats, float]:
        """Mean of interval less hour for each interval of the 24 hours after the cut-off; the scatter about it."""
        day = 24 * self.parts
        tail = values[-SHAPE_DAYS * day :]
        tail = tail[len(tail) % day :].reshape(-1, 24, self.parts)
        if not tail.size:
            return np.zeros(day), 0.0
        known = np.isfinite(tail)
        mean = np.where(known, tail, 0.0).sum(axis=2) / np.maximum(known.sum(axis=2), 1)
        apart = np.where(known, tail - mean[:, :, None], 0.0).reshape(-1, day)
        count = known.reshape(-1, day).sum(axis=0)
        shape = apart.sum(axis=0) / np.maximum(count, 1)
        left = np.where(known.reshape(-1, day), apart - shape, 0.0)
        return shape, float(np.sqrt((left**2).sum() / max(int(count.sum()), 1)))
