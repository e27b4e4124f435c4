"""Excel workbooks (.xlsx): each sheet's widest block of rows."""

import io
import zipfile
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from xml.etree.ElementTree import ParseError

from defusedxml.common import DefusedXmlException

from scraping.domain.extraction.raw import Cell, NotThisKind, RawTable
from scraping.domain.extraction.texts import count_named

NAME = "xlsx"
_MOST_INFLATED = 256 << 20
_MOST_ROWS, _MOST_COLUMNS = 1_000_000, 500
_HEADER_WITHIN = 40
_BROKEN = (
    zipfile.BadZipFile, KeyError, ValueError, OSError, EOFError, ParseError, DefusedXmlException, IndexError,
    AttributeError, TypeError, NotImplementedError, AssertionError, RuntimeError, OverflowError,
)  # fmt: skip  # what openpyxl lets through from a file that is not what it says


def recognises(body: bytes, content_type: str) -> bool:  # noqa: ARG001 - one shape for all kinds
    """A workbook is a zip archive."""
    return body.startswith(b"PK\x03\x04")


def read(body: bytes) -> list[RawTable]:
    """A table for each sheet that holds one; stamps as ISO texts, a formula by the value that was saved with it."""
    from openpyxl import load_workbook

    try:
        _check_size(body)
        book = load_workbook(io.BytesIO(body), read_only=True, data_only=True)
        sheets = {sheet.title: _rows(sheet) for sheet in book.worksheets}
        book.close()
    except NotThisKind:
        raise
    except _BROKEN as error:
        raise NotThisKind(f"The workbook cannot be read: {error!r}.") from error
    facts = {name: text for rows in sheets.values() for name, text in _summary(rows).items()}
    tables = [_table(title, rows) for title, rows in sheets.items() if not _summary(rows)]
    return [replace(table, facts={**facts, **table.facts}) for table in tables if table is not None]


def _summary(rows: list[list[Cell]]) -> dict[str, str]:
    """A short sheet of names and what stands beside them; {} for any other."""
    filled = [[cell for cell in row if cell not in (None, "")] for row in rows]
    pairs = [row for row in filled if row]
    is_summary = 0 < len(pairs) <= 20 and all(len(row) == 2 and isinstance(row[0], str) for row in pairs)
    return {str(row[0]).rstrip(": "): str(row[1]) for row in pairs} if is_summary else {}


def _check_size(body: bytes) -> None:
    with zipfile.ZipFile(io.BytesIO(body)) as archive:
        if sum(member.file_size for member in archive.infolist()) > _MOST_INFLATED:
            raise NotThisKind(f"The workbook unpacks to more than {_MOST_INFLATED >> 20} MiB.")


def _rows(sheet: object) -> list[list[Cell]]:
    rows: list[list[Cell]] = []
    sheet.reset_dimensions()  # type: ignore[attr-defined]  # what the file says of its size is not to be trusted
    for row in sheet.iter_rows(values_only=True):  # type: ignore[attr-defined]  # openpyxl has no types
        if len(rows) == _MOST_ROWS or len(row) > _MOST_COLUMNS:
            raise NotThisKind("The sheet is larger than a table of readings can be.")
        rows.append([_cell(cell) for cell in row])
    return rows


def _table(name: str, rows: list[list[Cell]]) -> RawTable | None:
    """Titles are the first row as wide as most rows below; what stands above are facts."""
    counts = [sum(cell not in (None, "") for cell in row) for row in rows]
    filled = [count for count in counts if count]
    usual = max(set(filled), key=filled.count, default=0)
    header = next((at for at, count in enumerate(counts[:_HEADER_WITHIN]) if count >= usual), None)
    if usual < 2 or header is None:
        return None
    titles = [str(cell).strip() if cell is not None else "" for cell in rows[header]]
    while titles and not titles[-1]:
        titles.pop()
    first = next(cell for cell in rows[header] if cell not in (None, ""))
    hours = isinstance(first, str) and not first[:1].isdigit()  # "Date", 1, 2, 3 … 24 are titles too
    named = all(isinstance(cell, str) or cell is None or (hours and isinstance(cell, int)) for cell in rows[header])
    columns = [title or f"column {at}" for at, title in enumerate(titles if named else [""] * len(titles), start=1)]
    unique = [title if title not in columns[:at] else f"{title} ({at + 1})" for at, title in enumerate(columns)]
    below = counts[header + named :]
    end = max((at for at, count in enumerate(below, start=1) if count > 1), default=0)
    body = [row for row, count in zip(rows[header + named :][:end], below[:end], strict=True) if count]
    cut = tuple(tuple((row + [None] * len(unique))[: len(unique)]) for row in body)
    above = [[cell for cell in row if cell not in (None, "")] for row in rows[:header]]
    facts = {str(row[0]).rstrip(": "): str(row[1]) for row in above if len(row) == 2}
    claims = [claim for fact, value in facts.items() if (claim := count_named(fact, value)) is not None]
    return RawTable(f"sheet {name}", tuple(unique), cut, claimed_rows=claims[0] if claims else None, facts=facts)


def _cell(cell: object) -> Cell:
    """Excel counts days in a float: a stamp is rounded to its second."""
    if isinstance(cell, datetime):
        return (cell + timedelta(milliseconds=500)).replace(microsecond=0).isoformat(" ")
    if isinstance(cell, date | time):
        return cell.isoformat()
    if isinstance(cell, timedelta):
        return str(cell)
    return cell if cell is None or isinstance(cell, str | int | float | bool) else str(cell)
