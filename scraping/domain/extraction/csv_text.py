"""Text with a row a line: any delimiter, a preamble above, a footer below."""

import csv
import io
import re
from itertools import pairwise

from scraping.domain.extraction.raw import NotThisKind, RawTable
from scraping.domain.extraction.texts import count_named, count_said, decoded, is_text

NAME = "csv"
_DELIMITERS = ";\t|,"
_WORD = re.compile(r"[^\W\d_]")
_FACT = re.compile(r"^[#\s\"']*([^:=;,\t]{1,60}?)\s*[:=;,\t]\s*\"?(.{1,200}?)\"?[;,\s]*$")
_FIGURE = re.compile(r"\s*[\"']?(\w{2,9}[., ]+)?[-+]?\d")
_HEADER_WITHIN = 40


def recognises(body: bytes, content_type: str) -> bool:
    """Text in which most lines have the same number of cells, two or more."""
    if not is_text(body) or not body.strip():
        return False
    lines = [line for line in decoded(body[:65_536]).splitlines()[:200] if line.strip()]
    return bool(_delimiter(lines)) and ("csv" in content_type or len(lines) > 1)


def read(body: bytes) -> list[RawTable]:
    """One table: the longest run of rows of one width; lines above it are facts where they name something."""
    text = decoded(body)
    lines = text.splitlines()
    delimiter = _delimiter([line for line in lines[:200] if line.strip()])
    if not delimiter:
        return []
    try:
        rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, skipinitialspace=True))
    except csv.Error as error:
        raise NotThisKind(f"The text cannot be read as rows: {error}.") from error
    width = _width(rows)
    header, named = _header(rows, width)
    titles = [cell.strip() for cell in rows[header]]
    columns = _columns(titles if named else [""] * len(rows[header]))
    body_rows = [row for row in rows[header + named :] if any(cell.strip() for cell in row)]
    lead = min(_figures(body_rows[0]), default=0) if body_rows else 0  # the times; a line of sums has none there
    last = max((at for at, row in enumerate(body_rows) if len(row) >= width and lead in _figures(row)), default=-1)
    facts = _facts(lines[: _line_of(lines, rows[header], delimiter)]) | _facts(
        [delimiter.join(row) for row in body_rows[last + 1 :]]
    )
    claims = [
        claim for name, value in facts.items() if (claim := count_named(name.replace(" ", "_"), value)) is not None
    ]
    claims += [claim for line in lines[: header + 1] if (claim := count_said(line)) is not None and not named]
    cut = tuple(tuple((row + [""] * len(columns))[: len(columns)]) for row in body_rows[: last + 1])
    return [RawTable("the file", columns, cut, claimed_rows=claims[0] if claims else None, facts=facts)]


def _delimiter(lines: list[str]) -> str:
    """The mark that cuts most lines into the same number of cells, two or more; "" where none does."""
    scores = {}
    for mark in _DELIMITERS:
        counts = [line.count(mark) for line in lines]
        usual = max(set(counts), key=counts.count, default=0) if counts else 0
        later = counts[min(len(counts) - 1, len(counts) // 3) :] if counts else []
        steady = sum(count == usual for count in later) / max(len(later), 1)
        if usual and steady >= 0.6:
            scores[mark] = (steady, usual)
    # 1,5;2,5 has as many commas as bars: where a semicolon is steady, commas are decimals
    return ";" if ";" in scores else max(scores, key=lambda mark: scores[mark], default="")


def _width(rows: list[list[str]]) -> int:
    widths = [len(row) for row in rows if _filled(row)]
    return max(set(widths), key=widths.count, default=0)


def _header(rows: list[list[str]], width: int) -> tuple[int, bool]:
    """Where the titles stand: the last row of words before two rows with figures; (first row, False) without any."""
    whole = [at for at, row in enumerate(rows) if len(row) >= width and _filled(row)]
    runs = [(a, len(_figures(rows[a]) & _figures(rows[b]))) for a, b in pairwise(whole)]
    # a time and a value: "Meter;12" over "Step;60 min" is no table yet
    data = next((at for least in (2, 1) for at, common in runs if common >= least), None)
    if data is None:  # one row at most
        words = [at for at in whole if _filled(rows[at]) > 1 and not _figures(rows[at])]
        return (words[-1], True) if words else (whole[0] if whole else 0, False)
    below = next(at for at in whole if at > data)
    lead = min(_figures(rows[below]), default=0)
    if lead not in _figures(rows[data]) and _WORD.search("".join(rows[data][lead : lead + 1])):
        return data, True  # "Date;1;2;3" or "Start;4711 (kWh)": titles with figures, but no time among them
    above = [at for at in range(data - 1, max(data - _HEADER_WITHIN, -1), -1) if _filled(rows[at]) > 1]
    titles = next((at for at in above if all(_WORD.search(cell) for cell in rows[at] if cell.strip())), None)
    return (data, False) if titles is None else (titles, True)


def _figures(row: list[str]) -> set[int]:
    """Where a row has a number or a time."""
    return {at for at, cell in enumerate(row) if _FIGURE.match(cell)}


def _filled(row: list[str]) -> int:
    return sum(bool(cell.strip()) for cell in row)


def _columns(titles: list[str]) -> tuple[str, ...]:
    named = [title or f"column {at}" for at, title in enumerate(titles, start=1)]
    return tuple(title if title not in named[:at] else f"{title} ({at + 1})" for at, title in enumerate(named))


def _line_of(lines: list[str], row: list[str], delimiter: str) -> int:
    """Where the row of titles stands among the lines."""
    for at, line in enumerate(lines[:_HEADER_WITHIN]):
        if next(csv.reader([line], delimiter=delimiter, skipinitialspace=True), []) == row:
            return at
    return 0


def _facts(lines: list[str]) -> dict[str, str]:
    found = [match for line in lines if (match := _FACT.match(line))]
    return {match[1].strip(): match[2].strip() for match in found}
