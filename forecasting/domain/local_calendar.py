"""What the site's calendar says of an instant: hour, weekday, holidays and what surrounds them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

import numpy as np

from forecasting.domain.grid import DAY_S, Flags, Floats, Seconds
from forecasting.domain.wall_time import WallTime

_EPOCH = date(1970, 1, 1)
_YEAR_DAYS = 365.2425
_REST_FROM, _REST_UNTIL, _BACK_BY = 355, 2, 13  # days of the year from 0


@dataclass(frozen=True)
class LocalCalendar:
    """A wall clock and the holidays (local dates, as days since 1970-01-01)."""

    wall: WallTime
    holidays: Seconds

    @classmethod
    def of(cls, wall: WallTime, holidays: Iterable[date]) -> "LocalCalendar":
        """The calendar of a site."""
        days = sorted((day - _EPOCH).days for day in holidays)
        return cls(wall, np.array(days, dtype=np.int64))

    def is_holiday(self, day: Seconds) -> Flags:
        """Whether a local day (days since 1970-01-01) is a public holiday."""
        return np.isin(day, self.holidays)

    def is_off(self, day: Seconds) -> Flags:
        """Saturday, Sunday or public holiday."""
        return np.asarray((_weekday(day) >= 5) | self.is_holiday(day))

    def is_bridge(self, day: Seconds) -> Flags:
        """A working day with a day off on both sides, which takes a holiday next to a weekend."""
        return np.asarray(~self.is_off(day) & self.is_off(day - 1) & self.is_off(day + 1))

    def year_end(self, day: Seconds) -> Flags:
        """22 December to 3 January, when much stands still that no calendar of holidays lists."""
        return np.asarray((_day_of_year(day) >= _REST_FROM) | (_day_of_year(day) <= _REST_UNTIL))

    def after_new_year(self, day: Seconds) -> Flags:
        """4 to 14 January, when many are still away."""
        return np.asarray((_day_of_year(day) > _REST_UNTIL) & (_day_of_year(day) <= _BACK_BY))

    def features(self, at_s: Seconds) -> dict[str, Floats | Flags | Seconds]:
        """Calendar columns for each instant, by name."""
        local = self.wall.local(at_s)
        day = local // DAY_S
        year = 2 * np.pi * (day % _YEAR_DAYS) / _YEAR_DAYS
        return {
            "hour": (local % DAY_S) / 3600,
            "weekday": _weekday(day),
            "off": self.is_off(day),
            "holiday": self.is_holiday(day),
            "off_before": self.is_off(day - 1),
            "off_after": self.is_off(day + 1),
            "bridge": self.is_bridge(day),
            "holiday_near": self.is_holiday(day - 1) | self.is_holiday(day + 1),
            "year_sin": np.sin(year),
            "year_cos": np.cos(year),
        }


def _day_of_year(day: Seconds) -> Seconds:
    """Day of the year from 0; 31 December of a leap year is 365."""
    dates = day.astype("datetime64[D]")
    return np.asarray((dates - dates.astype("datetime64[Y]")).astype(np.int64))


def _weekday(day: Seconds) -> Seconds:
    return (day + 3) % 7  # 1970-01-01 was a Thursday; Monday is 0
