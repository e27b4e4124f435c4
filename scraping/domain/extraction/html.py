"""HTML: tables, grids of ARIA roles, and JSON that the page carries in itself."""

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser

from scraping.domain.extraction import json_text
from scraping.domain.extraction.raw import Cell, NotThisKind, RawTable
from scraping.domain.extraction.texts import count_said, decoded

NAME = "html"
_VOID = frozenset(
    ["area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"]
)
_SILENT = frozenset({"script", "style", "template", "noscript"})
_TABLES, _ROWS = frozenset({"table", "grid", "treegrid"}), frozenset({"row", "tr"})
_HEADS, _CELLS = frozenset({"th", "columnheader", "rowheader"}), frozenset({"td", "cell", "gridcell"})


def recognises(body: bytes, content_type: str) -> bool:
    """A page, or a piece of one."""
    head = decoded(body[:2048]).lstrip("\ufeff \t\r\n").lower()
    return head.startswith(("<!doctype html", "<html", "<table", "<div", "<body", "<section")) or (
        "html" in content_type and head.startswith("<")
    )


def read(body: bytes) -> list[RawTable]:
    """Tables in the page's order, each with the sentence beside it that counts its rows; then the page's own JSON."""
    reader = _Reader()
    reader.feed(decoded(body))
    reader.close()
    found = [table for open_table in reader.tables if (table := open_table.table(reader.claim)) is not None]
    for at, text in enumerate(reader.embedded, start=1):
        try:
            inner = json_text.read(text.encode())
        except NotThisKind:
            continue
        found += [RawTable(f"script {at} {t.name}", t.columns, t.rows, t.claimed_rows, t.facts) for t in inner]
    return found


@dataclass
class _Open:
    """A table that is being read."""

    tag: str
    depth: int
    number: int
    caption: str = ""
    head: list[str] = field(default_factory=list)
    rows: list[list[Cell]] = field(default_factory=list)
    row: list[tuple[bool, str]] = field(default_factory=list)

    def end_row(self) -> None:
        if not self.row:
            return
        if all(heading for heading, _ in self.row) and not self.rows:
            # a second row of titles tells more than the first: "Energy" over "kWh"
            self.head = [text for _, text in self.row] if len(self.row) >= len(self.head) else self.head
        else:
            self.rows.append([text for _, text in self.row])
        self.row = []

    def table(self, claim: str) -> RawTable | None:
        self.end_row()
        width = max([len(row) for row in self.rows] + [len(self.head)], default=0)
        if width < 2 or not (self.rows or self.head):
            return None
        titles = [title or f"column {at}" for at, title in enumerate(self.head, start=1)]
        titles += [f"column {at + 1}" for at in range(len(titles), width)]
        columns = [title if title not in titles[:at] else f"{title} ({at + 1})" for at, title in enumerate(titles)]
        rows = tuple((*row, *[None] * (width - len(row))) for row in self.rows)
        name = self.caption or f"table {self.number}"
        return RawTable(name, tuple(columns), rows, claimed_rows=count_said(claim) if claim else None)


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.tables: list[_Open] = []
        self.embedded: list[str] = []
        self.claim = ""
        self._open: list[_Open] = []
        self._stack: list[str] = []
        self._roles: list[str] = []
        self._text: list[str] | None = None
        self._heading = False
        self._script: list[str] | None = None
        self._caption: list[str] | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        role = given.get("role") or tag
        if tag not in _VOID:
            self._stack.append(tag)
            self._roles.append(role)
        if tag == "script":
            kind = given.get("type", "")
            self._script = [] if "json" in kind else None
        if role in _TABLES:
            self._open.append(_Open(tag, len(self._stack), len(self.tables) + 1, given.get("aria-label", "")))
            self.tables.append(self._open[-1])
        elif not self._open:
            return
        elif tag == "caption":
            self._caption = []
        elif role in _ROWS:
            self._end_cell()
            self._open[-1].end_row()
        elif role in _HEADS or role in _CELLS:
            self._end_cell()
            self._text, self._heading = [], role in _HEADS and role != "rowheader" and given.get("scope") != "row"
        elif tag == "br" and self._text is not None:
            self._text.append(" ")

    def handle_endtag(self, tag: str) -> None:
        if tag in self._stack:
            while self._stack:
                role, last = self._roles.pop(), self._stack.pop()
                self._ended(last, role)
                if last == tag:
                    break

    def handle_data(self, data: str) -> None:
        if self._script is not None:
            self._script.append(data)
        elif not _SILENT & set(self._stack[-1:]):
            if self._caption is not None:
                self._caption.append(data)
            elif self._text is not None:
                self._text.append(data)
            elif count_said(data) is not None and len(data) < 200:
                self.claim = data

    def _ended(self, tag: str, role: str) -> None:
        if tag == "script" and self._script is not None:
            self.embedded.append("".join(self._script))
            self._script = None
        elif role in _HEADS or role in _CELLS:
            self._end_cell()
        elif self._open and role in _ROWS:
            self._end_cell()
            self._open[-1].end_row()
        elif tag == "caption" and self._caption is not None and self._open:
            self._open[-1].caption, self._caption = _tidy(self._caption), None
        elif self._open and role in _TABLES:
            self._end_cell()
            self._open.pop().end_row()

    def _end_cell(self) -> None:
        if self._text is not None and self._open:
            self._open[-1].row.append((self._heading, _tidy(self._text)))
        self._text = None


def _tidy(texts: list[str]) -> str:
    return re.sub(r"\s+", " ", "".join(texts)).strip()
