"""Tables as text: any delimiter, encoding and place of the header."""

import csv
import io
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, BinaryIO, ClassVar

import pandas as pd

from meters.domain.detection import detect
from meters.domain.files import (
    CHUNK_ROWS,
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

_HEAD = 1 << 18
_HEADER_WITHIN = 30
_DATE = re.compile(
    r"\d{1,4}[-/.]\d{1,2}[-/.]\d{2,4}|\d{1,2}[- ][A-Za-z]{3,9}[- ,]+\d{2,4}"
    r"|[A-Za-z]{3,9} \d{1,2},? \d{4}|^\s*\d{8,14}\b"
)

_WORD = re.compile(r"[^\W\d_]")
_BOMS = {b"\xef\xbb\xbf": "utf-8-sig", b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16"}


class Csv(FileFormat):
    """Text with one row a line."""

    title = "CSV"
    summary = "Text with one row a line; comma, semicolon, tab or bar between the cells."
    suffixes = (".csv", ".txt", ".tsv")
    media_type: ClassVar[str] = "text/csv; charset=utf-8"
    writes = True

    @classmethod
    def recognises(cls, head: bytes) -> bool:
        """Anything that is not one of the others: a text has no mark of its own."""
        return True

    def sample(self, path: Path, limits: Limits) -> Sample:
        """Try each delimiter and each first row, and take what gives a table of readings."""
        with path.open("rb") as file:
            encoding = _encoding(file.read(_HEAD))
        reasons: list[str] = []
        for delimiter in _by_count(path, encoding, limits):
            rows = list(_first(_records(path, encoding, delimiter, limits), SAMPLE_ROWS + _HEADER_WITHIN))
            for header in _headers(rows):
                found = _frame(rows, header)
                try:
                    detect(found)
                except BadTable as error:
                    reasons.append(str(error))
                    continue
                options = {
                    "encoding": encoding,
                    "delimiter": delimiter,
                    "header": header,
                    "titles": list(found.columns),
                }
                note = "" if encoding.startswith("utf-8") else f"The text is read as {encoding}."
                return Sample(found, header + 2, options, tuple(filter(None, [note])))
        raise BadTable(reasons[0] if reasons else "The file holds no table: no row has two cells or more.")

    def chunks(self, path: Path, options: dict[str, Any], limits: Limits) -> Iterator[Chunk]:
        """Rows as texts; one with more cells than there are titles ends the reading."""
        titles, first = options["titles"], options["header"] + 2
        width, number, rows = len(titles), 0, []
        for number, row in enumerate(_records(path, options["encoding"], options["delimiter"], limits), start=1):
            if number < first:
                continue
            check_rows(number, limits)
            if len(row) > width:
                if any(cell.strip() for cell in row[width:]):
                    raise BadTable(f"Row {number} has {len(row)} cells, but there are {width} columns. Mend that row.")
                row = row[:width]  # noqa: PLW2901 - a delimiter at the end of each line
            rows.append(row + [""] * (width - len(row)))
            if len(rows) == CHUNK_ROWS:
                yield Chunk(number - len(rows) + 1, pd.DataFrame(rows, columns=titles, dtype="str"))
                rows = []
        if rows:
            yield Chunk(number - len(rows) + 1, pd.DataFrame(rows, columns=titles, dtype="str"))

    def write(self, target: BinaryIO, frames: Iterable[pd.DataFrame]) -> None:
        """UTF-8, comma, a point before decimals; figures at full precision."""
        text = io.TextIOWrapper(target, encoding="utf-8", newline="", write_through=True)
        for number, frame in enumerate(frames):
            as_text(frame).to_csv(text, index=False, header=number == 0, lineterminator="\r\n")
        text.detach()


def _encoding(head: bytes) -> str:
    for mark, name in _BOMS.items():
        if head.startswith(mark):
            return name
    zeros = head[:4096].count(0)
    if zeros:
        even = head[:4096:2].count(0)
        if zeros < len(head[:4096]) // 4:
            raise BadTable("The file is no text: it holds binary data. Save the table as CSV, Excel or Parquet.")
        return "utf-16-be" if even > zeros // 2 else "utf-16-le"
    try:
        io.IncrementalNewlineDecoder(None, translate=False)
        head.decode("utf-8")
    except UnicodeDecodeError as error:
        return "utf-8" if error.start >= len(head) - 4 and len(head) == _HEAD else "cp1252"
    return "utf-8"


def _lines(path: Path, encoding: str, limits: Limits) -> Iterator[str]:
    with path.open(encoding=encoding, newline="") as file:
        number = 0
        while True:
            number += 1
            try:
                line = file.readline(limits.line + 1)
            except UnicodeError as error:
                raise BadTable(
                    f"Line {number} or one soon after is not written in {encoding}. Save the file as UTF-8."
                ) from error
            if not line:
                return
            if len(line) > limits.line:
                raise BadTable(f"Line {number} is longer than {limits.line:,} characters, so this is no table.")
            if "\0" in line:
                raise BadTable(f"Line {number} holds binary data, so this is no text. Save the table as CSV again.")
            yield line


def _records(path: Path, encoding: str, delimiter: str, limits: Limits) -> Iterator[list[str]]:
    """Each row, blank ones too, so that numbers are those of a spreadsheet."""
    reader = csv.reader(_lines(path, encoding, limits), delimiter=delimiter, strict=False)
    number = 0
    while True:
        number += 1
        try:
            row = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            raise BadTable(f"Row {number} cannot be read ({error}): a quotation mark may be open. Mend it.") from error
        check_columns(len(row), limits)
        yield row


def _first(rows: Iterator[list[str]], count: int) -> Iterator[list[str]]:
    for _, row in zip(range(count), rows, strict=False):
        yield row


def _by_count(path: Path, encoding: str, limits: Limits) -> list[str]:
    """Delimiters, the most frequent of the first lines first."""
    head = "".join(line for _, line in zip(range(60), _lines(path, encoding, limits), strict=False))
    if not head.strip():
        raise BadTable("The file is empty.")
    there = [mark for mark in ";\t|," if mark in head]
    return sorted(there, key=lambda mark: (mark == "," and len(there) > 1 and ";" in there, -head.count(mark)))


def _headers(rows: list[list[str]]) -> list[int]:
    """Indexes of rows that may hold the titles, the likeliest first; -1 for none.

    That is the last row with words before the rows of dates begin, for what stands above it is about the customer.
    """
    if max((len(row) for row in rows), default=0) < 2:
        return []
    data = next((at for at in range(len(rows) - 1) if _dated(rows[at]) & _dated(rows[at + 1])), len(rows) - 1)
    near = range(min(data, _HEADER_WITHIN) - 1, -1, -1)
    return [*[at for at in near if _is_titles(rows[at])], -1]


def _dated(row: list[str]) -> set[int]:
    """Where a row has what looks like a date."""
    return {at for at, cell in enumerate(row) if _DATE.search(cell)}


def _is_titles(row: list[str]) -> bool:
    return sum(bool(cell.strip()) for cell in row) >= 2 and any(_WORD.search(cell) for cell in row)


def _frame(rows: list[list[str]], header: int) -> pd.DataFrame:
    body = rows[header + 1 : header + 1 + SAMPLE_ROWS]
    filled = [len(row) for row in body if row]
    width = len(rows[header]) if header >= 0 else max(filled, default=0)
    titles = unique_titles(rows[header] if header >= 0 else [""] * width)
    if header >= 0 and not titles:
        raise BadTable("The file holds no table.")
    cut = [(row + [""] * width)[:width] for row in body]
    return pd.DataFrame(cut, columns=titles, dtype="str")
