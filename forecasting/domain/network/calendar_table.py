"""The calendar as the network reads it: one row of numbers for each hour, the same for any meter of a site."""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from forecasting.domain.grid import DAY_S, Floats, Seconds
from forecasting.domain.local_calendar import LocalCalendar
from forecasting.domain.wall_time import WallTime

Table = NDArray[np.float32]

HOUR_S = 3600
# Days from 25 December and from Easter Sunday: much of the world closes around them, listed as holidays or not.
_CHRISTMAS = ((-8, -5), (-4, -1), (0, 1), (2, 6), (7, 8), (9, 13))
_EASTER = ((-6, -3), (-2, 1), (2, 5))
COLUMNS = (
    *("hour_sin", "hour_cos", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"),
    *("off", "off_before", "off_after", "holiday", "holiday_near", "bridge", "off_since", "off_until"),
    *(f"christmas_{low}" for low, _ in _CHRISTMAS),
    *(f"easter_{low}" for low, _ in _EASTER),
    *("holidays_known", "year_sin", "year_cos", "half_sin", "half_cos", "sun", "place_known"),
)
SEASON = [COLUMNS.index(name) for name in ("year_sin", "year_cos", "half_sin", "half_cos")]
SUN = [COLUMNS.index(name) for name in ("sun", "place_known")]
OFF, WEEKDAY = COLUMNS.index("off"), COLUMNS.index("monday")
PAST = [COLUMNS.index(name) for name in ("hour_sin", "hour_cos", "off", "holiday")]  # what the past hours are told with
_FAR = 6  # days to the next working day, and from the last one, are told up to here


@dataclass(frozen=True)
class Place:
    """Where a site is, as far as its calendar needs to know."""

    zone: str
    holidays: frozenset[date]
    latitude: float | None = None
    longitude: float | None = None


def table(place: Place, first_s: int, hours: int) -> tuple[Table, Seconds]:
    """Rows of COLUMNS for `hours` from `first_s` (UTC seconds), and the local clock's offset at each, in seconds."""
    at = first_s + HOUR_S * np.arange(hours, dtype=np.int64)
    wall = WallTime.over(place.zone, first_s - 20 * DAY_S, first_s + hours * HOUR_S + 20 * DAY_S)
    calendar = LocalCalendar.of(wall, place.holidays)
    local = wall.local(at)
    days, day_of = np.unique(local // DAY_S, return_inverse=True)
    daily = _days(calendar, days, south=place.latitude is not None and place.latitude < 0)
    hour = 2 * np.pi * (local % DAY_S) / DAY_S
    known = place.latitude is not None and place.longitude is not None
    sun = _elevation(at, place.latitude or 0.0, place.longitude or 0.0) if known else np.zeros(hours)
    columns = [np.sin(hour)[:, None], np.cos(hour)[:, None], daily[day_of], sun[:, None], np.full((hours, 1), known)]
    return np.concatenate(columns, axis=1).astype(np.float32), local - at


def _days(calendar: LocalCalendar, days: Seconds, *, south: bool) -> Floats:
    weekday = (days[:, None] + 3) % 7 == np.arange(7)
    off = [calendar.is_off(days + shift) for shift in range(-_FAR, _FAR + 1)]
    since = np.stack(off[_FAR::-1]).cumprod(axis=0).sum(axis=0) / _FAR
    until = np.stack(off[_FAR:]).cumprod(axis=0).sum(axis=0) / _FAR
    near = calendar.is_holiday(days - 1) | calendar.is_holiday(days + 1)
    year = 2 * np.pi * ((days % 365.2425) / 365.2425 + (0.5 if south else 0.0))
    feasts = [*_around(days, _christmas, _CHRISTMAS), *_around(days, _easter, _EASTER)]
    return np.stack(
        [
            *weekday.T,
            *(off[_FAR], off[_FAR - 1], off[_FAR + 1], calendar.is_holiday(days), near, calendar.is_bridge(days)),
            *(since, until, *feasts, np.full(len(days), len(calendar.holidays) > 0)),
            *(np.sin(year), np.cos(year), np.sin(2 * year), np.cos(2 * year)),
        ],
        axis=1,
        dtype=np.float64,
        casting="unsafe",
    )


def _around(days: Seconds, feast: "object", bins: Iterable[tuple[int, int]]) -> list[Floats]:
    assert callable(feast)
    years = range(1970 + int(days[0] / 365.2425) - 1, 1970 + int(days[-1] / 365.2425) + 2)
    feasts = np.array([(feast(year) - date(1970, 1, 1)).days for year in years])
    nearest = days - feasts[np.argmin(np.abs(days[:, None] - feasts), axis=1)]
    return [((nearest >= low) & (nearest <= high)).astype(np.float64) for low, high in bins]


def _christmas(year: int) -> date:
    return date(year, 12, 25)


def _easter(year: int) -> date:
    """Easter Sunday of the Gregorian calendar (the anonymous algorithm, Meeus 1991, chapter 8)."""
    a, (b, c) = year % 19, divmod(year, 100)
    d, e = divmod(b, 4)
    g = (8 * b + 13) // 25
    h = (19 * a + b - d - g + 15) % 30
    i, k = divmod(c, 4)
    el = (32 + 2 * e + 2 * i - h - k) % 7
    m = (a + 11 * h + 22 * el) // 451
    month, day = divmod(h + el - 7 * m + 114, 31)
    return date(year, month, day + 1)


def _elevation(at_s: Seconds, latitude: float, longitude: float) -> Floats:
    """Sine of the sun's height at the middle of each hour, 0 at night (Cooper 1969; no equation of time)."""
    middle = at_s + HOUR_S // 2
    tilt = math.radians(23.45) * np.sin(2 * np.pi * ((middle / DAY_S) % 365.2425 + 285 - 1) / 365.2425)
    angle = 2 * np.pi * ((middle % DAY_S) / DAY_S - 0.5) + math.radians(longitude)
    north = math.radians(latitude)
    height = math.sin(north) * np.sin(tilt) + math.cos(north) * np.cos(tilt) * np.cos(angle)
    return np.asarray(np.maximum(height, 0.0))
