"""The columns of a table that say when: one of stamps, or a date and a time, perhaps an end beside it. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from scraping.domain.discovery import words
from scraping.domain.discovery.context import Context
from scraping.domain.discovery.guess import LIKELY, SURE, Guess
from scraping.domain.discovery.stamps import EPOCH_MS, EPOCH_S, Stamps, is_clock, stamps_of
from scraping.domain.discovery.words import plain


@dataclass(frozen=True)
class Clock:
    """`title` of the stamps, `time` of the times of day where they stand apart, `end` of the ends where both are."""

    title: str
    stamps: Stamps
    time: str = ""
    end: str = ""
    ends: Stamps | None = None

    @property
    def titles(self) -> set[str]:
        """Every column that is used up."""
        return {self.title, self.time, self.end} - {""}


def clock_of(columns: Mapping[str, Sequence[str]], context: Context) -> Clock | None:
    """The clock of a table; None where no column holds stamps."""
    month_first = context.month_first
    found = {
        title: stamps
        for title, cells in columns.items()
        if (stamps := stamps_of(cells, month_first=month_first)) is not None and _may_be(title, stamps)
    }
    if not found:
        return None
    title = min(found, key=lambda name: (_rank(name, found[name]), list(columns).index(name)))
    stamps = found[title]
    if stamps.only_dates:
        times = [name for name, cells in columns.items() if name != title and is_clock(cells)]
        times.sort(key=lambda name: (bool(words.END.search(plain(name))), list(columns).index(name)))
        if times:
            joined = stamps_of(
                [f"{day} {time}" for day, time in zip(columns[title], columns[times[0]], strict=True)],
                month_first=month_first,
            )
            if joined is not None:
                return Clock(title, joined, times[0])
    return _with_end(title, stamps, found)


def _may_be(title: str, stamps: Stamps) -> bool:
    """An epoch needs a word for it, or to be the first thing of a row: large numbers are many things."""
    if stamps.form.value not in (EPOCH_S, EPOCH_MS):
        return True
    low = plain(title)
    wall = stamps.wall.dropna()
    even = len(wall) > 2 and wall.diff().dropna().abs().dt.total_seconds().mode().iloc[0] % 60 == 0
    return bool(words.STAMP.search(low) or words.START.search(low) or words.END.search(low)) or even


def _rank(title: str, stamps: Stamps) -> int:
    """Starts before plain stamps before ends; dates without a time last; what names another matter never first."""
    low = plain(title)
    rank = 0 if words.START.search(low) else 2 if words.END.search(low) else 1
    if stamps.aware:
        rank -= 1
    if stamps.only_dates:
        rank += 3
    if not (words.STAMP.search(low) or words.START.search(low) or words.END.search(low)):
        rank += 1
    if _differs(stamps) < 0.5:
        rank += 6
    return rank


def _differs(stamps: Stamps) -> float:
    wall = stamps.wall.dropna()
    return float(wall.nunique() / max(len(wall), 1))


def _with_end(title: str, stamps: Stamps, found: Mapping[str, Stamps]) -> Clock:
    for other, ends in found.items():
        if other == title or ends.only_dates != stamps.only_dates:
            continue
        spans = (ends.wall - stamps.wall).dropna()
        if len(spans) and (spans == spans.mode().iloc[0]).mean() > 0.9 and spans.mode().iloc[0] > pd.Timedelta(0):
            return Clock(title, stamps, end=other, ends=ends)
    return Clock(title, stamps)


def interval_of(clock: Clock, *, groups: Sequence[str] = ()) -> Guess[int] | None:
    """Seconds of an interval; None where the rows follow no regular step."""
    if clock.ends is not None:
        span = int((clock.ends.wall - clock.stamps.wall).dropna().mode().iloc[0].total_seconds())
        return Guess(span, SURE, (f"Each row has its start and its end, {spoken(span)} apart.",))
    if clock.stamps.until is not None:
        spans = (clock.stamps.until - clock.stamps.wall).dropna().dt.total_seconds()
        span = int(spans.mode().iloc[0])
        return Guess(span, SURE, (f"Each stamp is a span of {spoken(span)}.",))
    utc = clock.stamps.wall - pd.to_timedelta(np.nan_to_num(clock.stamps.offset_s), unit="s")
    if groups:
        first = pd.Series(list(groups)).mode().iloc[0]
        utc = utc[[group == first for group in groups]]
    steps = utc.dropna().sort_values().diff().dt.total_seconds().dropna()
    steps = steps[steps > 0]
    if len(steps) < 3:
        return None
    step, share = int(steps.mode().iloc[0]), float((steps == steps.mode().iloc[0]).mean())
    if share < 0.6 or not 60 <= step <= 86_400:
        return None
    firm = SURE if share > 0.95 else LIKELY
    return Guess(step, firm, (f"{share:.0%} of the rows follow each other by {spoken(step)}.",))


def spoken(seconds: int) -> str:
    """900 as 15 minutes."""
    for size, word in ((86_400, "day"), (3600, "hour"), (60, "minute")):
        if seconds % size == 0:
            n = seconds // size
            return f"{n} {word}" if n == 1 else f"{n} {word}s"
    return f"{seconds} seconds"
