"""Excel workbooks (.xlsx), row by row."""

import zipfile
from collections.abc import Iterable, Iterator
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any, BinaryIO, ClassVar
from xml.etree.ElementTree import ParseError

import pandas as pd
from defusedxml.common import DefusedXmlException

from meters.domain.detection import detect
from meters.domain.files import (
    CHUNK_ROWS,
    MIB,
    SAMPLE_ROWS,
    BadTable,
    Chunk,
    FileFormat,
    Limits,
    Sample,
    as_text,
    check_columns,
    check_rows,
    unique_titles,
)

_HEADER_WITHIN = 30
_MOST_ROWS = 1_048_575  # of a sheet, less the titles
_BROKEN = (
    zipfile.BadZipFile, KeyError, ValueError, OSError, EOFError, ParseError, DefusedXmlException, IndexError,
    AttributeError, TypeError, NotImplementedError, AssertionError, RuntimeError, OverflowError,
)  # fmt: skip  # what openpyxl lets through from a file that is not what it says


class Excel(FileFormat):
    """The first sheet that holds a table of readings."""

    title = "Excel"
    summary = "A workbook (.xlsx); the first sheet with a table of readings is read."
    suffixes = (".xlsx", ".xlsm")
    media_type: ClassVar[str] = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    writes = True

    @classmethod
    def recognises(cls, head: bytes) -> bool:
        """A workbook is a zip archive."""
        return head.startswith(b"PK\x03\x04")

    def sample(self, path: Path, limits: Limits) -> Sample:
        """Look through the sheets for a row of titles with readings below."""
        reasons: list[str] = []
        for sheet in _sheets(path, limits):
            rows = [
                row for _, row in zip(range(SAMPLE_ROWS + _HEADER_WITHIN), _rows(path, sheet, limits), strict=False)
            ]
            for header in range(min(_HEADER_WITHIN, len(rows))):
                if sum(bool(cell) for cell in rows[header]) < 2:
                    continue
                found = _frame(rows[header + 1 :][:SAMPLE_ROWS], unique_titles(rows[header]))
                try:
                    detect(found)
                except BadTable as error:
                    reasons.append(str(error))
                    continue
                options = {"sheet": sheet, "header": header, "titles": list(found.columns)}
                return Sample(found, header + 2, options, (f"The sheet “{sheet}” is read.",))
        raise BadTable(reasons[0] if reasons else "The workbook holds no sheet with a table.")

    def chunks(self, path: Path, options: dict[str, Any], limits: Limits) -> Iterator[Chunk]:
        """Rows as texts; a formula counts by the value that was saved with it."""
        first, rows, number = options["header"] + 2, [], 0
        for number, row in enumerate(_rows(path, options["sheet"], limits), start=1):
            check_rows(number, limits)
            if number >= first:
                rows.append(row)
            if len(rows) == CHUNK_ROWS:
                yield Chunk(number - len(rows) + 1, _frame(rows, options["titles"]))
                rows = []
        if rows:
            yield Chunk(number - len(rows) + 1, _frame(rows, options["titles"]))

    def write(self, target: BinaryIO, frames: Iterable[pd.DataFrame]) -> None:
        """One sheet; stamps are texts, for a cell of Excel knows no offset."""
        from openpyxl import Workbook

        book = Workbook(write_only=True)
        sheet = book.create_sheet("readings")
        count = 0
        for number, frame in enumerate(frames):
            count += len(frame)
            if count > _MOST_ROWS:
                raise BadTable(f"A sheet holds {_MOST_ROWS:,} readings at most. Choose a shorter period, or Parquet.")
            if number == 0:
                sheet.append(list(frame.columns))
            text = as_text(frame)
            for row in text.astype(object).where(frame.notna(), None).itertuples(index=False, name=None):
                sheet.append([_exact(sheet, cell) for cell in row])
        book.save(target)


def _exact(sheet: Any, value: Any) -> Any:
    """openpyxl writes 16 digits; the few floats that need 17 are handed over as their digits."""
    if not isinstance(value, float) or float(f"{value:.16g}") == value:
        return value
    from openpyxl.cell import WriteOnlyCell

    cell = WriteOnlyCell(sheet, value=value)
    cell._value = repr(value)
    return cell


def _sheets(path: Path, limits: Limits) -> list[str]:
    from openpyxl import load_workbook

    _check_archive(path, limits)
    try:
        book = load_workbook(path, read_only=True, data_only=True)
        names = [sheet.title for sheet in book.worksheets]
        book.close()
    except _BROKEN as error:
        raise BadTable(_cannot(path, error)) from error
    return names


def _check_archive(path: Path, limits: Limits) -> None:
    """Refuse what would fill the memory, by the sizes in the archive; the unpacking stops at them too."""
    try:
        with zipfile.ZipFile(path) as archive:
            members = archive.infolist()
    except _BROKEN as error:
        raise BadTable(_cannot(path, error)) from error
    inflated = sum(member.file_size for member in members)
    if inflated > limits.inflated or len(members) > 5_000:
        raise BadTable(f"{path.name} unpacks to more than {limits.inflated // MIB} MiB. Save the table as CSV instead.")
    whole = sum(member.file_size for member in members if "worksheets/" not in member.filename)
    if whole > limits.strings:
        raise BadTable(
            f"{path.name} holds more than {limits.strings // MIB} MiB of texts and formats beside its sheets. "
            "Save the table as CSV instead."
        )
    if "xl/workbook.xml" not in {member.filename for member in members}:
        raise BadTable(f"{path.name} is an archive, but no Excel workbook. Unpack it and import what is inside.")


def _rows(path: Path, sheet: str, limits: Limits) -> Iterator[list[str]]:
    from openpyxl import load_workbook

    try:
        book = load_workbook(path, read_only=True, data_only=True)
        try:
            page = book[sheet]
            page.reset_dimensions()  # what the file says of its size is not to be trusted
            for row in page.iter_rows(values_only=True):
                check_columns(len(row), limits)
                yield [_text(cell) for cell in row]
        finally:
            book.close()
    except BadTable:
        raise
    except _BROKEN as error:
        raise BadTable(_cannot(path, error)) from error


def _text(cell: object) -> str:
    """As a person reads it. Excel counts days in a float: a stamp is rounded to its second."""
    if cell is None:
        return ""
    if isinstance(cell, datetime):
        return (cell + timedelta(milliseconds=500)).replace(microsecond=0).isoformat(" ")
    if isinstance(cell, time):
        return f"{cell:%H:%M:%S}"
    if isinstance(cell, date):
        return cell.isoformat()
    return repr(cell) if isinstance(cell, float) else str(cell)


def _frame(rows: list[list[str]], titles: list[str]) -> pd.DataFrame:
    width = len(titles)
    return pd.DataFrame([(row + [""] * width)[:width] for row in rows], columns=titles, dtype="str")


def _cannot(path: Path, error: BaseException) -> str:
    reason = (str(error).splitlines() or [type(error).__name__])[0].rstrip(".") or type(error).__name__
    return f"{path.name} is not a whole Excel workbook ({reason[:120]}). Open it in a spreadsheet and save it again."
