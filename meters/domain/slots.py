"""A row for each day: which columns are its intervals, and when each of them begins. Pure."""

import re
from collections.abc import Sequence
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd

WALL, NUMBERED = "wall", "numbered"
_CLOCK = re.compile(r"(?:.*?[^\d])?(\d{1,2})[:.h](\d\d)(?::\d\d)?(?:\s*(?:-|–|to|bis)\s*\d{1,2}[:.h]\d\d)?(?: \(\d\))?")
_NUMBER = re.compile(r"(?:[A-Za-z_ ]{0,12})0*(\d{1,3})")
_COUNTS = {24: 3600, 25: 3600, 48: 1800, 50: 1800, 96: 900, 100: 900}
_LEAST = 20
_DAY_S = 86_400


def slots_of(titles: Sequence[str]) -> tuple[str, list[str], int]:
    """("wall" or "numbered", the titles, the step in seconds); ("", [], 0) where the columns are no slots."""
    clocks = {title: minute for title in titles if (minute := _minute(title)) is not None}
    if len(clocks) >= _LEAST:
        minutes = sorted(set(clocks.values()))
        return WALL, list(clocks), int(min(np.diff(minutes))) * 60
    numbered = {title: int(found[1]) for title in titles if (found := _NUMBER.fullmatch(title.strip()))}
    numbers = list(numbered.values())
    if len(numbers) in _COUNTS and numbers == list(range(1, len(numbers) + 1)):
        return NUMBERED, list(numbered), _COUNTS[len(numbers)]
    return "", [], 0


def minute_of(title: str) -> int:
    """The minute of the day that a title like 13:30 names."""
    minute = _minute(title)
    assert minute is not None  # `slots_of` chose it
    return minute


def numbered_starts(day: pd.Timestamp, count: int, step_s: int, zone: str) -> pd.DatetimeIndex:
    """Starts of the intervals of one local day, as many as the day has, in UTC."""
    place = ZoneInfo(zone)
    first = day.tz_localize(place)
    after = (day + pd.Timedelta(days=1)).tz_localize(place)
    room = int((after - first).total_seconds()) // step_s
    return pd.date_range(first.tz_convert("UTC"), periods=min(room, count), freq=pd.Timedelta(seconds=step_s))


def _minute(title: str) -> int | None:
    found = _CLOCK.fullmatch(title.strip())
    if not found:
        return None
    hour, minute = int(found[1]), int(found[2])
    return hour * 60 + minute if hour <= 24 and minute < 60 and (hour < 24 or minute == 0) else None
