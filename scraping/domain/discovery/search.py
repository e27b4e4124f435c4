"""Find the meter's series at a portal that nobody described: sign in, walk, understand, propose, try.

`discover` is the short way to the proposals; `Search` tells more and can be watched.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from scraping.domain.browsing import Browser
from scraping.domain.discovery.context import Context
from scraping.domain.discovery.login import log_in
from scraping.domain.discovery.merging import merged
from scraping.domain.discovery.proposals import Ignored, Proposal
from scraping.domain.discovery.series import Nothing, Series, series_in
from scraping.domain.discovery.sightings import Sighting, Unread, sightings_of
from scraping.domain.discovery.trying import Trial
from scraping.domain.discovery.walk import Limits, Page, Walk
from scraping.domain.errors import LayoutChanged
from scraping.domain.records import Credentials

MOST_PROPOSALS = 8


def discover(
    url: str,
    credentials: Credentials,
    browser: Browser,
    *,
    limits: Limits | None = None,
    zone: str = "UTC",
    say: Callable[[str], None] = lambda _: None,
) -> list[Proposal]:
    """The series at a portal, the likeliest first, each with a recipe that was tried where that was possible.

    `zone` is that of those who ask, for a portal that tells none. Raises PortalError where nobody can sign in, and
    LayoutChanged where the portal shows no series at all.
    """
    search = Search(url, credentials, browser, limits=limits or Limits(), zone=zone, say=say)
    return search.run()


@dataclass
class Search:
    """One search; `ignored` and `pages_n` tell what was seen beside the proposals."""

    url: str
    credentials: Credentials
    browser: Browser
    limits: Limits
    zone: str = "UTC"
    say: Callable[[str], None] = lambda _: None
    progress: Callable[[int, int], None] = lambda _done, _of: None
    ignored: list[Ignored] = field(default_factory=list)
    pages_n: int = 0

    def run(self) -> list[Proposal]:
        """Everything, from the first page to the proposals."""
        self.say(f"Signing in at {self.url}")
        login = log_in(self.browser, self.url, self.credentials)
        hosts = {urlsplit(self.url).hostname or "", urlsplit(login.address).hostname or ""}

        def again() -> None:
            log_in(self.browser, login.address, self.credentials)

        walk = Walk(self.browser, hosts, self.limits, say=self.say, again=again)
        pages = []
        for page in walk.pages():
            pages.append(page)
            self.pages_n = len(pages)
            self.progress(len(pages), min(self.limits.pages, len(pages) + walk.left))
        self.ignored += [Ignored(f"“{text}”", why) for text, why in list(walk.untaken.items())[:20] if text]
        found = merged(self._understood(pages))
        if not found:
            raise LayoutChanged(
                f"No series of readings was found on {len(pages)} pages of the portal.",
                advice="If you know where it stands, give the address of that page, or write a recipe for it.",
            )
        proposals = []
        for at, one in enumerate(found[:MOST_PROPOSALS], start=1):
            self.say(f"Trying what was found: {at} of {min(len(found), MOST_PROPOSALS)}")
            trial = Trial(self.browser, walk, login, self.credentials, self.say)
            proposals.append(trial.proposal(one, self._context(one.sighting.page, pages)))
        return sorted(proposals, key=lambda one: -one.weight)

    def _context(self, page: Page, pages: Iterable[Page]) -> Context:
        site = "\n".join(one.looks.words for one in pages)
        return Context(
            page.place.address,
            self.browser.now(),
            words=page.looks.words,
            source=page.source,
            language=page.looks.language,
            site=site,
            default_zone=self.zone,
        )

    def _understood(self, pages: list[Page]) -> Iterable[tuple[Sighting, Series]]:
        for page in pages:
            context = self._context(page, pages)
            where = " › ".join(page.trail) or "the first page"
            for seen in sightings_of(page):
                if isinstance(seen, Unread):
                    self.ignored.append(Ignored(where, seen.why))
                    continue
                found = series_in(seen.table, context)
                if isinstance(found, Nothing):
                    if len(seen.table.rows) > 2:
                        self.ignored.append(Ignored(f"{where}: {seen.table.name}"[:160], found.why))
                    continue
                for series in found:
                    yield seen, series
