"""What the load's own past says of an interval to come, using only what was known at the cut-off."""

from dataclasses import dataclass

import numpy as np

from forecasting.domain.grid import DAY_S, Flags, Floats, Grid, Seconds, Trailing
from forecasting.domain.local_calendar import LocalCalendar

LAG_DAYS = 14  # local days looked back from the latest day that is known at the same time of day
PROFILE_DAYS = 7
ALIKE_DAYS = 3
LEVEL_DAYS = 28
YEAR_DAYS = 364  # whole weeks, so that the weekday is the same
HOURS_S = 6 * 3600


@dataclass(frozen=True)
class Past:
    """A meter's load up to now, ready to be asked for lags."""

    load: Grid
    levels: Trailing
    sizes: Trailing
    surprise: Trailing
    calendar: LocalCalendar

    @classmethod
    def of(cls, load: Grid, calendar: LocalCalendar) -> "Past":
        """Prepare running sums of the load and of its surprise: load less the mean of its last 7 days' same slot."""
        at = load.start_s + np.arange(len(load.values), dtype=np.int64) * load.step_s
        days = np.arange(1, PROFILE_DAYS + 1, dtype=np.int64)
        earlier = load.at(calendar.wall.days_before(at[:, None], days[None, :]), at[:, None])
        surprise = Grid(load.start_s, load.step_s, load.values - mean_where(earlier))
        size = Grid(load.start_s, load.step_s, np.abs(load.values))
        return cls(load, Trailing.of(load), Trailing.of(size), Trailing.of(surprise), calendar)

    def same_time(self, at_s: Seconds, cutoff_s: Seconds) -> tuple[Seconds, Floats]:
        """Instants and loads of the latest LAG_DAYS local days known at the same wall time, latest first.

        Shapes (rows, LAG_DAYS). For an interval within a day of the cut-off the first is the day before;
        further on it is as many days back as need be. Unknown or missing is NaN.
        """
        days = np.maximum(1, -(-(at_s + self.load.step_s - cutoff_s) // DAY_S))
        first = self.calendar.wall.days_before(at_s, days)
        days = days + ~self._ended(first, cutoff_s)
        back = days[:, None] + np.arange(LAG_DAYS, dtype=np.int64)[None, :]
        when = self.calendar.wall.days_before(at_s[:, None], back)
        return when, self.load.at(when, cutoff_s[:, None])

    def _ended(self, at_s: Seconds, cutoff_s: Seconds) -> Flags:
        return np.asarray(self.load.start_s + (self.load.position(at_s) + 1) * self.load.step_s <= cutoff_s)

    def level(self, cutoff_s: Seconds, days: int) -> Floats:
        """Mean load over the days that end at the cut-off."""
        return self.levels.mean(cutoff_s, days * DAY_S)

    def scale(self, cutoff_s: Seconds) -> Floats:
        """Mean size of the load over the LEVEL_DAYS that end at the cut-off; 1 where that is 0 or unknown."""
        size = self.sizes.mean(cutoff_s, LEVEL_DAYS * DAY_S, share=0.02)
        return np.where(np.isfinite(size) & (size > 0), size, 1.0)

    def surprise_before(self, cutoff_s: Seconds, window_s: int) -> Floats:
        """Mean of load less its 7-day profile over the window that ends at the cut-off."""
        return self.surprise.mean(cutoff_s, window_s)

    def year_ago(self, at_s: Seconds, cutoff_s: Seconds, scale: Floats) -> dict[str, Floats]:
        """How the same weekday a year before (364 days) stood out of its three weeks, in units of `scale`.

        It tells holidays that no calendar lists: a works closure, a term, the days before Christmas.
        """
        then = self.calendar.wall.days_before(at_s, YEAR_DAYS)
        usual = self.levels.mean(then - 7 * DAY_S, 21 * DAY_S)
        around = self.levels.mean(np.minimum(then + DAY_S // 2, cutoff_s), DAY_S)
        return {
            "year_ago": (self.load.at(then, cutoff_s) - usual) / scale,
            "year_ago_day": (around - usual) / scale,
        }


def mean_where(values: Floats, wanted: Flags | None = None) -> Floats:
    """Mean of each row over what is known (and wanted); NaN for a row without any."""
    use = np.isfinite(values) if wanted is None else np.isfinite(values) & wanted
    count = use.sum(axis=1)
    total = np.where(use, values, 0.0).sum(axis=1)
    mean: Floats = np.divide(total, count, out=np.full(len(values), np.nan), where=count > 0)
    return mean


def spread(values: Floats) -> Floats:
    """Standard deviation of each row over what is known."""
    centre = mean_where(values)
    return np.asarray(np.sqrt(mean_where((values - centre[:, None]) ** 2)))


def first_known(values: Floats, wanted: Flags, count: int) -> Flags:
    """Marks the first `count` known values of each row where `wanted`."""
    use = wanted & np.isfinite(values)
    return use & (np.cumsum(use, axis=1) <= count)


def first_finite(*columns: Floats) -> Floats:
    """Row by row the first of the columns that has a number."""
    best = columns[0]
    for column in columns[1:]:
        best = np.where(np.isfinite(best), best, column)
    return best
