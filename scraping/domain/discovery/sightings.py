"""Every table that a walk came by, with how it was come by: the best sources first. Pure."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from scraping.domain.browsing import Link
from scraping.domain.discovery.growing import Grown
from scraping.domain.discovery.walk import Page
from scraping.domain.extraction.raw import CHARTS_TYPE, NotThisKind, RawTable
from scraping.domain.tables import kind_of, tables_in

ANSWER, FILE, CHART, TABLE = "answer", "file", "chart", "table"
# What is read without drawing anything is surer than a chart, a chart than the rows in view.
BEST_FIRST = (ANSWER, FILE, CHART, TABLE)
_ASIDE = ("image/", "font/", "text/css", "javascript", "video/", "audio/")


@dataclass(frozen=True)
class Sighting:
    """A table, its page, and its source: `url` of the answer or file, `link` of the file, `at` its place of several."""

    kind: str
    page: Page = field(repr=False)
    table: RawTable
    format: str
    url: str = ""
    link: Link | None = None
    at: int = 0

    @property
    def grown(self) -> Grown | None:
        """Of a table in a page: how it is found and how all of its rows are got."""
        titles = [title for title in self.table.columns if not title.startswith("column ")]
        fit = [one for one in self.page.tables if all(title in " ".join(one.head.split()) for title in titles)]
        return fit[0] if fit and titles else next(iter(self.page.tables), None)


@dataclass(frozen=True)
class Unread:
    """A source that could not be read, and why."""

    name: str
    why: str


def sightings_of(page: Page) -> Iterator[Sighting | Unread]:
    """The tables of one page."""
    for response in page.responses:
        if response.kind in ("document", "download") or response.status != 200 or not response.body:
            continue
        if any(word in response.content_type for word in _ASIDE):
            continue
        yield from _read(ANSWER, page, response.body, response.content_type, url=response.url)
    for link, file in page.files:
        yield from _read(FILE, page, file.body, "", url=link.url, link=link)
    yield from _read(CHART, page, page.charts, CHARTS_TYPE)
    if page.markup:
        yield from _read(TABLE, page, page.markup.encode(), "text/html")


def _read(
    kind: str, page: Page, body: bytes, content_type: str, *, url: str = "", link: Link | None = None
) -> Iterator[Sighting | Unread]:
    try:
        tables = tables_in(body, content_type)
    except NotThisKind as error:
        yield Unread(url or " › ".join(page.trail), str(error))
        return
    written = kind_of(body, content_type)
    for at, table in enumerate(tables):
        yield Sighting(kind, page, table, written, url, link, at)


def best_first(sightings: Iterable[Sighting]) -> list[Sighting]:
    """Sorted by how sure their source is."""
    return sorted(sightings, key=lambda one: BEST_FIRST.index(one.kind))
