"""Several meters in one document: rows that a column tells apart, or a column for each. Pure."""

import re
from collections.abc import Sequence
from dataclasses import replace

from scraping.domain.errors import LayoutChanged
from scraping.domain.extraction.raw import Cell, RawTable
from scraping.domain.recipes.cells import text_of
from scraping.domain.recipes.model import MeterColumn, Series

PLACE = "{meter}"
_TOLD = 8


def of_meter(series: Series, reference: str) -> Series:
    """The series with the meter's number wherever `{meter}` stands in a name."""
    values = tuple(replace(value, column=value.column.replace(PLACE, reference)) for value in series.values)
    return replace(series, table=series.table.replace(PLACE, reference), values=values)


def is_of_another(column: str, series: Series) -> bool:
    """Whether a column is the one of another meter, by the names that the recipe gives them."""
    named = [value.column for value in series.values if PLACE in value.column]
    return any(re.fullmatch(re.escape(name).replace(re.escape(PLACE), ".+"), column) for name in named)


def rows_of_meter(tables: Sequence[RawTable], told_by: MeterColumn | None, reference: str) -> list[RawTable]:
    """The tables with the rows of one meter; raises LayoutChanged where there are rows, but none of it."""
    if told_by is None or not any(table.rows for table in tables):
        return list(tables)
    found, others = [], dict[str, None]()
    for table in tables:
        named = [_reference(cell, told_by) for cell in table.column(told_by.column)]
        others |= dict.fromkeys(named)
        rows = tuple(row for row, name in zip(table.rows, named, strict=True) if name == reference)
        found.append(replace(table, rows=rows))
    if not any(table.rows for table in found):
        there = ", ".join(repr(name) for name in [*filter(None, others)][:_TOLD]) or "nothing"
        raise LayoutChanged(
            f"No row is of the meter {reference!r}: the column {told_by.column!r} names {there}.",
            advice="If the meter was exchanged, give its new number as the recipe's `reference`.",
        )
    return found


def _reference(cell: Cell, told_by: MeterColumn) -> str:
    text = text_of(cell)
    if not told_by.pattern:
        return text
    found = re.search(told_by.pattern, text)
    return found[found.lastindex or 0].strip() if found else ""
