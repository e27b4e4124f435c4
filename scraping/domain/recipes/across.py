"""Tables with a row for each day and a column for each hour, as rows of one time and one value. Pure.

Days of 23 and 25 hours come in two kinds. By the clock: the column of the hour that is skipped is blank, and one that
comes twice has a second column, or only one of its values is known. By count, which only numbered columns can be: the
23rd is the last one of a short day, the 25th that of a long one. Each row shows which it is.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from scraping.domain.errors import LayoutChanged
from scraping.domain.extraction.raw import Cell, RawTable
from scraping.domain.recipes import cells
from scraping.domain.recipes.model import Across, Series
from twin_project.kit.numbers import BLANKS

STAMP = "time of the column"
DAY_S = 86_400
_MARKS = r"(?: ?[ab*])?(?: \(\d+\))?"  # of an hour that comes twice: 2A and 2B, or the same title again
_COUNTED = rf"(?P<n>\d{{1,3}}){_MARKS}"
_CLOCK = r"\d{1,2}(?:[:.h]\d\d)?(?::00)?\s?h?\.?(?:\s?[ap]\.?m\.?)?"
_TIMED = (
    r"(?P<hour>\d{1,2})(?:[:.h](?P<minute>\d\d))?(?::00)?\s?h?\.?(?:\s?(?P<half>[ap])\.?m\.?)?"
    rf"(?:\s?(?:-|–|—|to|bis|à|a)\s?{_CLOCK})?{_MARKS}"
)
_NOUGHT = re.compile(r"0*([.,]0*)?")


def minutes_of(titles: Sequence[str], across: Across, interval_s: int) -> dict[int, int]:
    """The columns of the hours: where they stand, and the minutes after midnight that they name."""
    shape = re.escape(across.columns).replace(r"\{n\}", _COUNTED, 1).replace(r"\{time\}", _TIMED, 1)
    pattern = re.compile(shape, re.IGNORECASE)
    found = {at: match for at, title in enumerate(titles) if (match := pattern.fullmatch(title.strip()))}
    if across.is_counted:
        return {at: (int(match["n"]) - across.first) * interval_s // 60 for at, match in found.items()}
    return {at: _minutes(match) for at, match in found.items()}


def spread(table: RawTable, series: Series, zone: str, interval_s: int) -> RawTable:
    """A row for each filled cell: STAMP and the value; raises LayoutChanged where a column is gone."""
    assert series.across is not None
    columns = minutes_of(table.columns, series.across, interval_s)
    _check_whole(columns, series, interval_s)
    texts = [" ".join(cells.text_of(row[table.columns.index(name)]) for name in series.stamp) for row in table.rows]
    dated = [(row, text) for row, text in zip(table.rows, texts, strict=True) if text.strip()]
    walls = cells.walls([text for _, text in dated], series)[0] if dated else ()
    place = ZoneInfo("UTC" if series.stamp_zone == "utc" else series.stamp_zone or zone)
    rows: list[tuple[Cell, ...]] = []
    for (row, _), day in zip(dated, walls, strict=True):
        filled = [(minutes, row[at]) for at, minutes in columns.items() if not _is_blank(row[at], series)]
        rows += _of_day(filled, day.to_pydatetime(), place, interval_s // 60, may_count=series.across.is_counted)
    return replace(table, columns=(STAMP, series.across.columns), rows=tuple(rows))


def spread_series(series: Series) -> Series:
    """How the rows that `spread` gives are read."""
    return replace(series, stamp=(STAMP,), stamp_format="iso", across=None)


def _of_day(
    filled: Sequence[tuple[int, Cell]], midnight: datetime, place: ZoneInfo, step: int, *, may_count: bool
) -> Iterator[tuple[Cell, ...]]:
    """By the clock without an offset, by count with one."""
    start = midnight.replace(tzinfo=place)
    after = datetime.combine(midnight.date() + timedelta(days=1), time(), place)
    length, usual = round((after.timestamp() - start.timestamp()) / 60), DAY_S // 60
    there = {minutes for minutes, _ in filled}
    short = length < usual and there == set(range(0, length, step))
    counted = may_count and (short or (length > usual and max(there, default=0) >= usual))
    seen = set[int]()
    for minutes, cell in filled:
        is_within = minutes < length if counted else minutes < usual + (not may_count)
        is_extra = minutes in seen and length <= usual  # a column for the second pass, on a day that has none
        seen.add(minutes)
        if is_within and not (is_extra and _is_nought(cell)):
            instant = start.timestamp() + minutes * 60
            wall = datetime.fromtimestamp(instant, place) if counted else midnight + timedelta(minutes=minutes)
            yield wall.isoformat(), cell
        elif not _is_nought(cell):
            raise LayoutChanged(
                f"The row of {midnight:%Y-%m-%d} has the value {cells.text_of(cell)!r} {minutes / 60:g} hours after "
                f"midnight, and that day has {length / 60:g} hours."
            )


def _check_whole(columns: Mapping[int, int], series: Series, interval_s: int) -> None:
    """A column that was renamed would else leave an hour of each day out."""
    assert series.across is not None
    step = interval_s // 60
    first = step if series.stamp_at == "end" and not series.across.is_counted else 0
    gone = [minutes for minutes in range(first, first + DAY_S // 60, step) if minutes not in columns.values()]
    if gone:
        told = ", ".join(f"{minutes // 60:02}:{minutes % 60:02}" for minutes in gone[:4])
        raise LayoutChanged(
            f"The columns have changed: of those called like {series.across.columns!r} none is for {told}."
        )


def _minutes(match: "re.Match[str]") -> int:
    hour = int(match["hour"])
    if match["half"]:
        hour = hour % 12 + (12 if match["half"] in "pP" else 0)
    return hour * 60 + int(match["minute"] or 0)


def _is_nought(cell: Cell) -> bool:
    return bool(_NOUGHT.fullmatch(cells.text_of(cell)))


def _is_blank(cell: Cell, series: Series) -> bool:
    text = cells.text_of(cell)
    return text.lower() in BLANKS or text in series.missing
