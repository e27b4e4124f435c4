"""Every table of a document: one module of `extraction` for each kind, the first that knows the body reads it. Pure."""

from collections.abc import Callable
from dataclasses import dataclass

from scraping.domain.extraction import charts, csv_text, green_button, html, json_text, parts, workbook
from scraping.domain.extraction.raw import CHARTS_TYPE, GRID_TYPE, PARTS_TYPE, Cell, NotThisKind, RawTable

__all__ = ["CHARTS_TYPE", "GRID_TYPE", "PARTS_TYPE", "Cell", "NotThisKind", "RawTable", "kind_of", "tables_in"]


@dataclass(frozen=True)
class _Kind:
    """`recognises(body, content_type)`; `read(body)` raises NotThisKind where the body is not whole."""

    name: str
    recognises: Callable[[bytes, str], bool]
    read: Callable[[bytes], list[RawTable]]


_STRICTEST_FIRST = (charts, workbook, green_button, json_text, html, csv_text)
_KINDS = tuple(_Kind(module.NAME, module.recognises, module.read) for module in _STRICTEST_FIRST)


def kind_of(body: bytes, content_type: str = "") -> str:
    """The kind by which a document would be read, such as "json"; "" where it is of none."""
    if content_type == PARTS_TYPE:
        return "parts"
    return next((kind.name for kind in _KINDS if kind.recognises(body, content_type)), "")


def tables_in(body: bytes, content_type: str = "") -> list[RawTable]:
    """The tables of a document in its own order; empty where it holds none or is of no known kind.

    What the bytes begin with counts for more than the content type: portals send CSV as HTML and the other way
    round. Raises NotThisKind where a file breaks off in its middle.
    """
    if content_type == PARTS_TYPE:
        return [table for part in parts.unpacked(body) for table in tables_in(part.body, part.content_type)]
    kind = next((kind for kind in _KINDS if kind.recognises(body, content_type)), None)
    return kind.read(body) if kind else []
