"""A raw table as columns of texts: what is asked of each cell is how it is written. Pure."""

import math
import re
from collections.abc import Mapping

from scraping.domain.discovery.words import plain
from scraping.domain.extraction.raw import Cell, RawTable

_UNIT_NAME = re.compile(r"\b(?:units?|uom|einheit|unite|unidad|unita|eenheid|unidade|unit of measure(?:ment)?)\b")


def texts(table: RawTable) -> dict[str, list[str]]:
    """Each column under its title, every cell as text, "" where it is not there; of a double title the first."""
    columns: dict[str, list[str]] = {}
    for at, title in enumerate(table.columns):
        columns.setdefault(title, [as_text(row[at]) for row in table.rows])
    return columns


def as_text(cell: Cell) -> str:
    """Whole floats without their point, so that an epoch stays one."""
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, float):
        if math.isnan(cell):
            return ""
        return str(int(cell)) if cell.is_integer() and abs(cell) < 1e15 else repr(float(cell))
    return str(cell).strip()


def beside(table: RawTable) -> str:
    """The words that stand with a table: its name and the facts around it."""
    return " · ".join([table.name, *(f"{name}: {value}" for name, value in facts(table).items())])


def facts(table: RawTable) -> Mapping[str, str]:
    """Short facts only: a long text beside a table is the page's, not the table's."""
    return {name: value for name, value in table.facts.items() if len(value) <= 200}


def units_beside(table: RawTable) -> dict[str, str]:
    """The unit of each column where a field beside the table gives it, for one column or for all."""
    named = {name: value for name, value in facts(table).items() if _UNIT_NAME.search(plain(name))}
    of_one = {title: value for title in table.columns if (value := named.get(f"unit of {title}"))}
    of_all = next((value for name, value in named.items() if not name.startswith("unit of ")), "")
    return {title: of_one.get(title, "" if of_one else of_all) for title in table.columns}
