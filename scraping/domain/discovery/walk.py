"""The walk through a portal after signing in: its own links, tabs and buttons, the likeliest first, never far.

It stays on the portal's hosts, takes only what `paths` calls harmless, opens each view once, and ends at its limits.
"""

import heapq
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from urllib.parse import urljoin

from scraping.domain.browsing import Browser, Download, FormNote, Link, Response
from scraping.domain.discovery import paths
from scraping.domain.discovery.dates import only_asks
from scraping.domain.discovery.growing import Grown, tables_of
from scraping.domain.discovery.hidden import hidden_links
from scraping.domain.discovery.login import is_sign_in
from scraping.domain.discovery.looking import Looks, look, settle
from scraping.domain.errors import LayoutChanged, NoDownload, PortalUnavailable


@dataclass(frozen=True)
class Limits:
    """How far a walk goes."""

    pages: int = 25
    depth: int = 4
    files: int = 12
    time: timedelta = timedelta(minutes=8)


@dataclass(frozen=True)
class Place:
    """How to come to a view again: open the address, then click these, one after the other."""

    address: str
    clicks: tuple[str, ...] = ()


@dataclass(frozen=True)
class Page:
    """A view as it was seen. `trail` are the words of the links that led there."""

    place: Place
    trail: tuple[str, ...]
    looks: Looks
    forms: tuple[FormNote, ...]
    links: tuple[Link, ...]
    responses: tuple[Response, ...] = field(repr=False)
    charts: bytes = field(repr=False)
    markup: str = field(repr=False)
    source: str = field(repr=False)
    tables: tuple[Grown, ...] = field(default=(), repr=False)
    files: tuple[tuple[Link, Download], ...] = field(default=(), repr=False)


@dataclass(order=True)
class _Way:
    """A link on the page where it was found; the cheapest is taken first."""

    cost: tuple[int, int, int]
    link: Link = field(compare=False)
    place: Place = field(compare=False)
    trail: tuple[str, ...] = field(compare=False)


class Walk:
    """One walk. `again` signs in anew where the session ends on the way; `say` is told of each page."""

    def __init__(
        self,
        browser: Browser,
        hosts: Iterable[str],
        limits: Limits,
        *,
        say: Callable[[str], None],
        again: Callable[[], None],
    ) -> None:
        self.browser = browser
        self.hosts = tuple(hosts)
        self.limits = limits
        self.untaken: dict[str, str] = {}
        self._say = say
        self._again = again
        self._until = browser.now() + limits.time
        self._seen: set[tuple[str, str]] = set()
        self._shown: set[str] = set()
        self._queue: list[_Way] = []
        self._files = 0

    def pages(self) -> Iterator[Page]:
        """Every view, the first as it stands now."""
        first = self._page(Place(self.browser.current_url), ())
        self._shown.add(paths.without_dates(self.browser.current_url))
        yield first
        self._add(first)
        count = 1
        while self._queue and count < self.limits.pages and self.browser.now() < self._until:
            way = heapq.heappop(self._queue)
            page = self._go(way)
            if page is None:
                continue
            count += 1
            yield page
            if len(page.trail) < self.limits.depth:
                self._add(page)

    @property
    def left(self) -> int:
        """Views that were not opened for want of pages or time."""
        return len(self._queue)

    def come_to(self, place: Place) -> None:
        """Open a view again."""
        self.browser.open(place.address)
        settle(self.browser)
        if is_sign_in(self.browser.forms()):
            self._again()
            self.browser.open(place.address)
            settle(self.browser)
        for selector in place.clicks:
            self.browser.click(selector)
            settle(self.browser)

    def _add(self, page: Page) -> None:
        for link in page.links:
            if paths.is_harmful(link) and not link.in_form:
                self.untaken[" ".join(link.text.split())] = "It could change something or end the session."
            if paths.is_file(link) or not paths.may_take(link, page=page.place.address, hosts=self.hosts):
                continue
            key = paths.key_of(link)
            if key in self._seen:
                continue
            self._seen.add(key)
            cost = (-paths.worth(link), len(page.trail), len(self._seen))
            heapq.heappush(self._queue, _Way(cost, link, page.place, (*page.trail, " ".join(link.text.split()))))

    def _go(self, way: _Way) -> Page | None:
        """Take a way; None where it leads nowhere new."""
        self._say(f"Looking at “{way.trail[-1] or way.link.url}”")
        try:
            if way.link.url and not way.link.url.startswith("#"):
                place = Place(urljoin(way.place.address, way.link.url))
                self.come_to(place)
                shown = paths.without_dates(self.browser.current_url)
                if shown in self._shown:
                    return None
                self._shown.add(shown)
            else:
                self.come_to(way.place)
                self.browser.responses()
                self.browser.click(way.link.selector)
                settle(self.browser)
                moved = self.browser.current_url != way.place.address
                clicks = () if moved else (*way.place.clicks, way.link.selector)
                place = Place(self.browser.current_url if moved else way.place.address, clicks)
            return self._page(place, way.trail)
        except (LayoutChanged, PortalUnavailable) as error:
            self.untaken[way.trail[-1]] = error.what
            return None

    def _page(self, place: Place, trail: tuple[str, ...]) -> Page:
        browser = self.browser
        shown, forms, source = browser.links(), tuple(browser.forms()), browser.page_source()
        known = {link.url for link in shown}
        links = (*shown, *hidden_links(source, page=browser.current_url, known=known))
        page = Page(
            place,
            trail,
            look(browser),
            forms,
            links,
            tuple(browser.responses()),
            browser.charts(),
            browser.markup(">>> table") + browser.markup(">>> [role=grid], [role=treegrid], [role=table]"),
            source,
            tuple(tables_of(browser)),
        )
        return Page(**{**page.__dict__, "files": tuple(self._download(page))})

    def _download(self, page: Page) -> Iterator[tuple[Link, Download]]:
        """The files that the page offers, by a link or by a form that only asks for days; each once."""
        for link in page.links:
            if not link.selector or not paths.is_file(link) or not self._may_download(link, page):
                continue
            key = ("file", paths.key_of(link)[1])
            if key in self._seen or self._files >= self.limits.files:
                continue
            self._seen.add(key)
            self._files += 1
            self._say(f"Trying the file “{' '.join(link.text.split())}”")
            try:
                yield link, self.browser.download(link.selector, timeout_s=20)
            except NoDownload:
                self.come_to(page.place)
            except (LayoutChanged, PortalUnavailable) as error:
                self.untaken[" ".join(link.text.split())] = error.what
                self.come_to(page.place)

    def _may_download(self, link: Link, page: Page) -> bool:
        if link.in_form:
            return not paths.says_harm(link.text) and any(only_asks(form) for form in page.forms)
        return paths.may_take(link, page=page.place.address, hosts=self.hosts)
