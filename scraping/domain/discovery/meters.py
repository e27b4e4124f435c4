"""What tells the meters of one table apart: a column that names them, or a column for each of them. Pure."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

import pandas as pd

from scraping.domain.discovery import words
from scraping.domain.discovery.cells import texts
from scraping.domain.discovery.clocks import Clock
from scraping.domain.discovery.words import plain
from scraping.domain.extraction.raw import RawTable
from scraping.domain.recipes.meters import PLACE

MOST = 50
_NUMBERED = re.compile(
    r"(?i)\b(?:meters?|z[aä]hler|compteur|contador|contatore|meterpunt)\s*(?:no\.?|nr\.?|n°|#|:)?\s*(\w*\d[\w./-]*|[A-Z])\b"
)
_LONG = re.compile(r"(?<!\w)(?!(?:19|20)\d\d\b)([A-Za-z0-9./-]*\d{3,}[A-Za-z0-9./-]*)(?!\w)")  # but for years
_DATE = re.compile(r"\d{4}-\d\d.*|\d\d?[./-]\d\d?[./-]\d{2,4}")


@dataclass(frozen=True)
class Part:
    """What of a table belongs to one meter, the whole of it where it is of one.

    `told_by` is the column that names the meter; `names` is what a recipe calls the columns that are the meter's own.
    """

    table: RawTable
    meter: str = ""
    told_by: str = ""
    names: Mapping[str, str] = field(default_factory=dict)


def by_rows(table: RawTable, told_by: str) -> Iterator[Part]:
    """The rows of one meter after the other."""
    groups = texts(table)[told_by]
    for meter in dict.fromkeys(groups):
        rows = tuple(row for row, group in zip(table.rows, groups, strict=True) if group == meter)
        yield Part(replace(table, rows=rows), meter, told_by)


def by_columns(table: RawTable, clock: Clock) -> Iterator[Part]:
    """The columns of one meter after the other, beside those of none; the table as it is where it is of one meter."""
    meters = meter_columns(title for title in table.columns if title not in clock.titles)
    if not meters:
        yield Part(table)
    for meter, names in meters.items():
        others = {title for other, columns in meters.items() if other != meter for title in columns}
        kept = [at for at, title in enumerate(table.columns) if title not in others]
        rows = tuple(tuple(row[at] for at in kept) for row in table.rows)
        yield Part(replace(table, columns=tuple(table.columns[at] for at in kept), rows=rows), meter, names=names)


def meter_column(columns: Mapping[str, Sequence[str]], clock: Clock) -> str:
    """Its title; "" where every stamp stands once, or no column explains why it stands more often."""
    wall = clock.stamps.wall
    known = wall.dropna()
    if known.nunique() > 0.8 * len(known):
        return ""
    for title, cells in columns.items():
        different = len(set(cells))
        if not 2 <= different <= MOST:
            continue
        pairs = len({(stamp, cell) for stamp, cell in zip(wall, cells, strict=True) if pd.notna(stamp)})
        if pairs >= 0.98 * len(known) and (
            words.WHICH_METER.search(plain(title)) or known.nunique() * different >= 0.8 * len(known)
        ):
            return title
    return ""


def meter_columns(titles: Iterable[str]) -> dict[str, dict[str, str]]:
    """For each meter its own columns with their name as a recipe writes it; {} where no two columns are alike.

    Alike are titles that differ in the number of a meter alone: "4711 (kWh)" and "4712 (kWh)", "Meter 1" and "Meter 2".
    Tariffs, phases and years are no meters.
    """
    found: dict[str, dict[str, str]] = {}
    for title in titles:
        match = _NUMBERED.search(title) or _LONG.search(title)
        if match and not _DATE.fullmatch(match[1]):
            name = title[: match.start(1)] + PLACE + title[match.end(1) :]
            found.setdefault(match[1], {})[title] = name
    names = [name for columns in found.values() for name in columns.values()]
    return found if any(names.count(name) > 1 for name in names) else {}
