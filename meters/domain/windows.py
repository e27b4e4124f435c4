"""Windows of local time, as tariffs write them: days of the week, hours, a season. Pure."""

from dataclasses import dataclass
from datetime import date, time

import numpy as np
import numpy.typing as npt
import pandas as pd

EVERY_DAY = "1234567"
HOLIDAY = 8  # the day code of a public holiday, beside 1 (Monday) to 7 (Sunday)
_LEAP_YEAR = 2024

Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class LocalTimes:
    """What the site's clock and calendar show at each instant: all arrays are of one length."""

    minute: npt.NDArray[np.int64]
    day: npt.NDArray[np.int64]
    weekday: npt.NDArray[np.int64]
    month_day: npt.NDArray[np.int64]
    holiday: Mask


@dataclass(frozen=True)
class Window:
    """Hours `[begins, ends)` of some days of a season; equal hours mean the whole day.

    `days` holds ISO weekdays and perhaps H for public holidays. Past midnight each part counts to its own
    calendar day. The season is inclusive on both sides and may pass the turn of the year.
    """

    days: str = EVERY_DAY
    begins: time = time(0)
    ends: time = time(0)
    season: tuple[tuple[int, int], tuple[int, int]] | None = None

    def holds(self, at: LocalTimes, *, heeds_holidays: bool) -> Mask:
        """Which instants lie in it. With `heeds_holidays` a public holiday is H, whatever its weekday."""
        codes = np.where(at.holiday, HOLIDAY, at.weekday) if heeds_holidays else at.weekday
        wanted = [HOLIDAY if sign == "H" else int(sign) for sign in self.days]
        found: Mask = np.isin(codes, wanted)
        begins, ends = _minutes(self.begins), _minutes(self.ends)
        if begins < ends:
            found &= (at.minute >= begins) & (at.minute < ends)
        elif begins > ends:
            found &= (at.minute >= begins) | (at.minute < ends)
        if self.season:
            first, last = (month * 100 + day for month, day in self.season)
            after, before = at.month_day >= first, at.month_day <= last
            found &= (after & before) if first <= last else (after | before)
        return found


def local_times(starts_s: npt.NDArray[np.int64], *, zone: str, holidays: frozenset[date]) -> LocalTimes:
    """The clock and the calendar of `zone` at seconds since 1970; `day` counts local days since 1970."""
    utc = pd.DatetimeIndex(pd.to_datetime(starts_s, unit="s", utc=True)).as_unit("s")
    wall = utc.tz_convert(zone).tz_localize(None)
    day, second = np.divmod(wall.asi8, 86_400)
    free = np.array([_days_since_1970(one) for one in holidays], dtype=np.int64)
    month_day = np.asarray(wall.month * 100 + wall.day, dtype=np.int64)
    return LocalTimes(second // 60, day, (day + 3) % 7 + 1, month_day, np.isin(day, free))


def uncovered(windows: list[Window]) -> LocalTimes | None:
    """The times of a year, as workdays and as holidays, that no window holds; None where all are held."""
    first = np.int64(_days_since_1970(date(_LEAP_YEAR, 1, 1)))
    starts = (first * 86_400 + np.arange(366 * 96, dtype=np.int64) * 900).astype(np.int64)
    heeds = any("H" in window.days for window in windows)
    for free in (False, True) if heeds else (False,):
        plain = local_times(starts, zone="UTC", holidays=frozenset())
        at = LocalTimes(plain.minute, plain.day, plain.weekday, plain.month_day, np.full(len(starts), free))
        bare = ~np.any([window.holds(at, heeds_holidays=heeds) for window in windows], axis=0)
        if bare.any():
            rest = (at.minute[bare], at.day[bare], at.weekday[bare], at.month_day[bare], at.holiday[bare])
            return LocalTimes(*rest)
    return None


def _minutes(at: time) -> int:
    return at.hour * 60 + at.minute


def _days_since_1970(day: date) -> int:
    return day.toordinal() - date(1970, 1, 1).toordinal()
