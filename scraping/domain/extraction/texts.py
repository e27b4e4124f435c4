"""Bytes into text, and what readers of text share."""

import re

from scraping.domain.extraction.raw import Cell

_BOMS = {b"\xef\xbb\xbf": "utf-8-sig", b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16"}
_COUNT = re.compile(
    r"(total|count|records|rows|intervals|readings|measured|entries|results|size|num)(_?(total|count|rows|records))?|"
    r"(total|num|n|row|record|number_?of)_?(rows|records|count|items|readings|entries|results|intervals|elements|points)"
    r"|iTotalRecords|recordsTotal|totalElements|totalCount|total_count",
    re.IGNORECASE,
)
_WORDED = re.compile(
    r"(?:\bof|\btotal(?: of)?:?|\bshowing|\bvon|\bsur|\bde)\s+([\d.,\u202f\u00a0 ]*\d)\b"
    r"|([\d.,\u202f\u00a0 ]*\d)\s+(?:rows|records|readings|entries|intervals|results|values|einträge|werte)\b",
    re.IGNORECASE,
)


def decoded(body: bytes) -> str:
    """The text of a body: by its mark, else UTF-8, else Windows' Latin."""
    for mark, encoding in _BOMS.items():
        if body.startswith(mark):
            return body.decode(encoding, errors="replace")
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError:
        return body.decode("cp1252", errors="replace")


def is_text(body: bytes) -> bool:
    """Whether a body is text and no binary file."""
    if body.startswith((b"\xff\xfe", b"\xfe\xff")):
        return True
    head = body[:4096]
    return b"\x00" not in head and sum(byte < 9 or 13 < byte < 32 for byte in head) <= len(head) // 100


def count_named(name: str, value: Cell) -> int | None:
    """The number of rows that a fact such as `recordsTotal: 8760` claims; None where it is no such fact."""
    if not _COUNT.fullmatch(name.rpartition(".")[2]):
        return None
    digits = re.sub(r"[\s.,\u00a0\u202f']", "", str(value))
    return int(digits) if digits.isdigit() and len(digits) < 9 else None


def count_said(text: str) -> int | None:
    """The number of rows that a sentence such as "Showing 1 to 50 of 8,760 entries" claims; None where none."""
    found = [group for match in _WORDED.finditer(text) for group in match.groups() if group]
    numbers = [int(re.sub(r"\D", "", group)) for group in found if re.search(r"\d", group)]
    return max(numbers, default=None)
