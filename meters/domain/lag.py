"""How long readings usually take to come, learned from the arrivals of the last visits. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median

FEWEST = 3
_CATCHING_UP = timedelta(hours=1)
_OUTAGE = 3  # times the median: a wait that long is no habit
_SLACK, _LEAST_SLACK = 0.1, timedelta(hours=1)


@dataclass(frozen=True)
class Arrival:
    """At `at` the readings up to `through` had come."""

    at: datetime
    through: datetime


@dataclass(frozen=True)
class Lag:
    """From the end of an interval to the arrival of its reading: the middle one, and about the longest."""

    usual: timedelta
    longest: timedelta
    visits_n: int

    @property
    def late_after(self) -> timedelta:
        """Data older than this are late: a tenth beyond the longest, an hour at least."""
        return self.longest + max(self.longest * _SLACK, _LEAST_SLACK)


def learned_lag(arrivals: Iterable[Arrival]) -> Lag | None:
    """From arrivals in the order of time; None before three visits brought something newer than was there.

    Only what is newer than all before counts, so backfills and corrections of the past do not. What came in one go
    counts once. Between two visits the age of the data goes from the lag of the newest reading up to that of the
    oldest which the next visit brings: its middle is the usual lag. Both are taken over the visits by rank (median,
    90th of 100), so that one outage among them makes no difference.
    """
    visits = _visits(arrivals)
    if len(visits) < FEWEST:
        return None
    oldest_s = [(at - before).total_seconds() for at, before, _ in visits]
    newest_s = [(at - after).total_seconds() for at, _, after in visits]
    usual_s = median([(low + high) / 2 for low, high in zip(newest_s, oldest_s, strict=True)])
    habit_s = sorted(wait for wait in oldest_s if wait <= _OUTAGE * median(oldest_s))
    longest_s = habit_s[int(0.9 * (len(habit_s) - 1))]
    return Lag(timedelta(seconds=usual_s), timedelta(seconds=longest_s), len(visits))


_Visit = tuple[datetime, datetime, datetime]  # when, how far before it, how far after it


def _visits(arrivals: Iterable[Arrival]) -> list[_Visit]:
    """What brought something newer, less the first, before which nobody knows what there was.

    A visit may bring its readings day by day: one that catches up faster than time passes goes on.
    """
    visits: list[_Visit] = []
    for arrival in arrivals:
        if not visits:
            visits.append((arrival.at, arrival.through, arrival.through))
            continue
        at, before, front = visits[-1]
        if arrival.through <= front:
            continue
        if arrival.at - at < min(_CATCHING_UP, (arrival.through - front) / 3):
            visits[-1] = (arrival.at, before, arrival.through)
        else:
            visits.append((arrival.at, front, arrival.through))
    return visits[1:]
