"""Tables with a row for each day and a column for each hour, laid out as rows of one time and one value. Pure."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

import pandas as pd

from scraping.domain.discovery import words
from scraping.domain.discovery.cells import as_text, texts
from scraping.domain.discovery.clocks import Clock, clock_of, spoken
from scraping.domain.discovery.context import Context
from scraping.domain.discovery.guess import SURE, Guess
from scraping.domain.discovery.words import plain
from scraping.domain.extraction.raw import Cell, RawTable
from scraping.domain.recipes.across import DAY_S, minutes_of
from scraping.domain.recipes.model import Across

_NUMBERED = re.compile(r"(\D*?)(\d{1,3})(\D*)")
_A_DAY = (96, 48, 24)
_UNITS = re.compile(r"(?<![^\W_])(?:k|M)?Wh?(?![^\W_])")


@dataclass(frozen=True)
class Laid:
    """`table` is the long one, with the days' title for its times; `day` is the column of dates as it was."""

    table: RawTable
    across: Across
    day: Clock
    edge: Guess[str]
    interval_s: Guess[int]


def laid_out(table: RawTable, context: Context) -> Laid | None:
    """The long table; None where columns are no hours or no column beside them holds the days."""
    found = _across(table.columns)
    if found is None:
        return None
    across, step_s, at = found
    minutes = minutes_of(table.columns, across, step_s)
    hours = {table.columns[place] for place in minutes}
    day = clock_of({title: cells for title, cells in texts(table).items() if title not in hours}, context)
    if day is None or not day.stamps.only_dates or day.time:
        return None
    kept = [title for title in table.columns if title not in hours and words.WHICH_METER.search(plain(title))]
    ordered = sorted(minutes, key=lambda place: minutes[place])
    first, last = table.columns[ordered[0]], table.columns[ordered[-1]]
    columns = (day.title, *kept, f"{first} … {last}")
    rows = tuple(_rows(table, day, minutes, kept))
    told = "numbers" if across.is_counted else "times"
    why = f"One row is a day, its columns are the {told} of {'hours' if step_s == 3600 else spoken(step_s)}."
    facts = {**table.facts, **_said(context)}
    return Laid(
        replace(table, columns=columns, rows=rows, facts=facts),
        across,
        day,
        Guess(at, SURE, (f"Its columns run from “{first}” to “{last}”.",)),
        Guess(step_s, SURE, (why,)),
    )


def _rows(table: RawTable, day: Clock, minutes: dict[int, int], kept: Sequence[str]) -> Iterator[tuple[Cell, ...]]:
    others = [table.columns.index(title) for title in kept]
    for row, midnight in zip(table.rows, day.stamps.wall, strict=True):
        for place, after in minutes.items():
            if pd.notna(midnight) and as_text(row[place]) and after <= DAY_S // 60:
                at = midnight + timedelta(minutes=after)
                yield at.isoformat(), *(row[other] for other in others), row[place]


def _across(titles: Sequence[str]) -> tuple[Across, int, str] | None:
    """How the columns are called, the seconds between them, and whether they name start or end."""
    numbers: dict[tuple[str, str], set[int]] = {}
    for title in titles:
        if match := _NUMBERED.fullmatch(title.strip()):
            numbers.setdefault((match[1], match[3]), set()).add(int(match[2]))
    for (before, after), there in numbers.items():
        for count in _A_DAY:
            for first in (0, 1):
                if set(range(first, first + count)) <= there:
                    return Across(f"{before}{{n}}{after}", first), DAY_S // count, "start"
    timed = Across("{time}")
    named = set(minutes_of(titles, timed, 3600).values())
    for count in _A_DAY:
        step = DAY_S // 60 // count
        for at, first in (("start", 0), ("end", step)):
            if named == set(range(first, first + DAY_S // 60, step)):
                return timed, step * 60, at
    return None


def _said(context: Context) -> dict[str, str]:
    """The unit of which alone the page speaks: numbers under hours seldom say theirs."""
    units = set(_UNITS.findall(context.words))
    return {"words of the page": units.pop()} if len(units) == 1 else {}
