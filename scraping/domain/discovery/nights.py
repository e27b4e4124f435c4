"""The zone of local stamps, by what only its clocks do: the nights when they change, and the present hour. Pure."""

from collections.abc import Callable, Sequence
from datetime import date, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pandas as pd

from scraping.domain.discovery.cells import texts
from scraping.domain.discovery.clocks import clock_of
from scraping.domain.discovery.context import Context
from scraping.domain.discovery.guess import LIKELY, MAYBE, SURE, Guess
from scraping.domain.discovery.hours import laid_out
from scraping.domain.discovery.series import Series
from scraping.domain.discovery.zones import USUAL, nights_of, said_zones
from scraping.domain.extraction.raw import NotThisKind
from scraping.domain.tables import tables_in

Walls = Callable[[date, date], Sequence[tuple[bytes, str]]]
SOON = timedelta(hours=3)
USUAL_AGE = timedelta(minutes=45)  # few portals show an hour at the moment in which it ends


def checked_zone(series: Series, context: Context, bring: Walls) -> Guess[str]:
    """The guessed zone, or a better one, after looking at the days in which most zones change their clocks."""
    today = context.seen_at.date()
    year = today.year if today >= date(today.year, 11, 5) else today.year - 1
    walls = _walls(series, context, bring(date(year, 9, 24), date(year, 11, 3)))
    said = [guess.value for guess in said_zones(context)]
    zones = list(dict.fromkeys([series.zone.value, *said, context.default_zone, *USUAL]))
    shown = nights_of(walls, zones)
    best = max(shown.values(), default=0)
    if best > 0:
        fit = [zone for zone in zones if shown.get(zone) == best]
        why = "The nights when its clocks change show in the rows."
        if series.zone.value in fit and (series.zone.confidence > 0.4 or len(fit) == 1):
            return series.zone.but(SURE, why)
        nearest = by_the_hour(series, context, fit)
        return Guess(nearest or fit[0], LIKELY if len(fit) < 3 or nearest else MAYBE, (why,))
    if series.zone.confidence > 0.4 and shown.get(series.zone.value, 0) == 0:
        return series.zone
    fit = [zone for zone in zones if shown.get(zone, 0) == 0 and not changes(zone, year)]
    nearest = by_the_hour(series, context, fit)
    if nearest:
        return Guess(nearest, MAYBE, ("No clock change shows in the rows, and the newest row fits the hour there.",))
    return series.zone


def by_the_hour(series: Series, context: Context, zones: Sequence[str]) -> str:
    """The zone in which the newest row is of just now, that of those who ask before others; "" where rows end with a
    day, as those of slow portals do.
    """
    wall = series.clock.stamps.wall.dropna()
    if wall.empty:
        return ""
    newest = wall.max() + timedelta(seconds=series.interval_s.value if series.stamp_at.value == "start" else 0)
    if newest == newest.normalize():
        return ""
    ages = {zone: context.seen_at.astimezone(ZoneInfo(zone)).replace(tzinfo=None) - newest for zone in zones}
    fresh = {zone: age for zone, age in ages.items() if -timedelta(minutes=5) <= age <= SOON}
    if context.default_zone in fresh:
        return context.default_zone
    return min(fresh, key=lambda zone: abs(fresh[zone] - USUAL_AGE), default="")


def changes(zone: str, year: int) -> bool:
    """Whether the clocks of a zone change in a year."""
    place = ZoneInfo(zone)
    offsets = {pd.Timestamp(year, month, 1, tz=place).utcoffset() for month in range(1, 13)}
    return len(offsets) > 1


def _walls(series: Series, context: Context, bodies: Sequence[tuple[bytes, str]]) -> "pd.Series[Any]":
    """The wall times of every row, as they stand."""
    found = []
    for body, content_type in bodies:
        try:
            tables = tables_in(body, content_type)
        except NotThisKind:
            continue
        for seen in tables:
            table = laid.table if (laid := laid_out(seen, context)) else seen
            if series.clock.title in table.columns and set(series.table.columns) <= set(table.columns):
                clock = clock_of(texts(table), context)
                if clock is not None:
                    found.append(clock.stamps.wall)
    return pd.concat(found, ignore_index=True) if found else pd.Series(dtype="datetime64[us]")
