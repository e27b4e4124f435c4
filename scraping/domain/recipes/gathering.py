"""Rows of a table that does not stand there at once: pages, a button for more, a grid that shows a few at a time."""

import json

from scraping.domain.browsing import Browser
from scraping.domain.errors import LayoutChanged
from scraping.domain.extraction.raw import GRID_TYPE
from scraping.domain.recipes.model import TableSpec

MOST_PAGES, MOST_CLICKS, MOST_SCROLLS, PATIENCE, BRIEFLY = 2_000, 2_000, 20_000, 40, 6
HTML = "text/html"


def gather(browser: Browser, table: TableSpec) -> tuple[str, bytes]:
    """Content type and body of everything that the table shows in the end."""
    browser.wait_for(table.select)
    if table.scroll:
        return GRID_TYPE, _scrolled(browser, table)
    pages = [_whole(browser, table)]
    while table.next and _is_open(browser, table.next):
        if len(pages) == MOST_PAGES:
            raise LayoutChanged(f"The table {table.select} has more than {MOST_PAGES} pages.")
        browser.click(table.next)
        pages.append(_changed(browser, table.select, pages[-1]))
    return HTML, "\n".join(["<!doctype html>", *pages]).encode()


def _whole(browser: Browser, table: TableSpec) -> str:
    """The table after its button for more has nothing more to give, shown or not."""
    found = browser.markup(table.select)
    for _ in range(MOST_CLICKS):
        if not table.more or not _is_open(browser, table.more):
            break
        browser.click(table.more)
        browser.settle()
        grown = browser.markup(table.select)
        if grown == found:
            break
        found = grown
    return found


def _is_open(browser: Browser, selector: str) -> bool:
    """Whether a button is there, shown and not switched off."""
    if not browser.is_shown(selector):
        return False
    plain, mark, text = selector.partition("::text(")
    if browser.exists(f"{plain}:disabled{mark}{text}"):
        return False
    found = browser.attributes(selector, "aria-disabled", "class")[0]
    return found["aria-disabled"] != "true" and "disabled" not in found["class"].split()


def _changed(browser: Browser, selector: str, before: str) -> str:
    """The table once it is another than before."""
    for _ in range(PATIENCE):
        after = browser.markup(selector)
        if after and after != before:
            return after
        browser.settle(timeout_s=1)
    raise LayoutChanged(f"The table {selector} stayed the same after its button was clicked.")


def _scrolled(browser: Browser, table: TableSpec) -> bytes:
    """Every row by its key, or by its texts in the order in which they came into view."""
    rows: dict[str, list[str]] = {}
    heading = browser.cells(table.select, table.heading)
    box = "" if table.scroll == "page" else table.scroll
    more = True
    for _ in range(MOST_SCROLLS):
        _take(browser, table, rows, news=more)
        if not more:
            break
        more = browser.scroll(box)
        if not more:  # a list that loads at its end grows, and can then be scrolled on
            browser.settle()
            more = browser.scroll(box)
    before = -1
    while len(rows) > before:  # the last rows may be on their way still
        before = len(rows)
        browser.settle(timeout_s=1)
        _take(browser, table, rows, news=False)
    ordered = (
        sorted(rows.items(), key=lambda item: int(item[0])) if all(key.isdigit() for key in rows) else rows.items()
    )
    columns = next((cells for cells in heading if cells), [])
    return json.dumps({"columns": columns, "rows": [cells for _, cells in ordered]}, ensure_ascii=False).encode()


def _take(browser: Browser, table: TableSpec, rows: dict[str, list[str]], *, news: bool) -> None:
    """The rows in view; waits where they are not joined to those before, for then some are still on their way.

    With `news` something new should have come into view: it waits for that too, but not for long, since the end of a
    list may have been in view before.
    """
    for turn in range(PATIENCE):
        seen = [row for row in browser.cells(f"{table.select} :is({table.row})", table.cell, key=table.key) if row[1:]]
        shown = {key or "\x1f".join(cells): cells for key, *cells in seen}
        if _is_joined(shown, rows) and (not news or turn == BRIEFLY or not shown.keys() <= rows.keys()):
            break
        browser.settle(timeout_s=0.5)
    rows.update(shown)


def _is_joined(shown: dict[str, list[str]], rows: dict[str, list[str]]) -> bool:
    """Whether no numbered row is missing between those known and the last in view; without numbers nothing tells."""
    numbers = [int(key) for key in shown if key.isdigit()]
    if not numbers:
        return bool(shown) or not rows
    known = [int(key) for key in rows if key.isdigit()]
    first = min(*numbers, max(known, default=min(numbers) - 1) + 1)
    return set(range(first, max(numbers) + 1)) <= {*numbers, *known}
