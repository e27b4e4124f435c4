"""Links that stand in a page without being shown, as those of menus that open under the mouse. Pure."""

from html.parser import HTMLParser
from urllib.parse import urljoin

from scraping.domain.browsing import Link

MOST = 200


def hidden_links(source: str, *, page: str, known: set[str]) -> list[Link]:
    """Every link of the HTML whose address is not `known`; it has no selector, for nobody can click it."""
    reader = _Reader()
    reader.feed(source)
    found: dict[str, Link] = {}
    for href, text in reader.links[:MOST]:
        url = urljoin(page, href)
        if text and not href.startswith("#") and url not in known and url not in found:
            found[url] = Link(text, url, "link", "")
    return list(found.values())


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.links: list[tuple[str, str]] = []
        self._href = ""
        self._text: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "a":
            given = dict(attrs)
            self._href = given.get("href") or ""
            self._text = [given.get("aria-label") or given.get("title") or ""]

    def handle_endtag(self, tag: str) -> None:
        if tag == "a" and self._href:
            self.links.append((self._href, " ".join(" ".join(self._text).split())))
            self._href = ""

    def handle_data(self, data: str) -> None:
        if self._href:
            self._text.append(data)
