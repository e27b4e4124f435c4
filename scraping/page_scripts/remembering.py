"""What the page was when it was last looked at, for the day on which the browser is gone."""

import time
from abc import ABC, abstractmethod
from contextlib import suppress
from datetime import datetime
from typing import Any

from scraping.domain.browsing import LastSeen
from scraping.domain.errors import PortalError

# [address, HTML]; a page of many megabytes is not carried about.
LOOK = """const html = document.documentElement ? document.documentElement.outerHTML : '';
return [location.href, html.length > 2e6 ? '' : html]"""
NEW_PAGE_S, SAME_PAGE_S = 1.0, 5.0  # between two looks: they shall cost a visit next to nothing


class Remembering(ABC):
    """The half of our browser that keeps its last look at the page, scrubbed only when it is handed out."""

    _seen: LastSeen | None = None
    _looked_at: float = float("-inf")
    _is_new: bool = False

    @abstractmethod
    def now(self) -> datetime:
        """As Browser has it."""

    @abstractmethod
    def script(self, source: str, *arguments: Any) -> Any:
        """As Browser has it."""

    @abstractmethod
    def _drain(self) -> None:
        """Take what the driver has noted of requests."""

    @abstractmethod
    def cookies(self) -> list[dict[str, Any]]:
        """As Browser has it."""

    @abstractmethod
    def redact(self, text: str) -> str:
        """As Browser has it."""

    def last_seen(self) -> LastSeen | None:
        """As Browser has it."""
        seen = self._seen
        return seen and LastSeen(seen.at, self.redact(seen.url), self.redact(seen.html), seen.cookies)

    def _arrived(self, url: str) -> None:
        self._is_new = self._seen is None or self._seen.url != url

    def _remember(self) -> None:
        """Look at the page where that is due, for it may be the last time."""
        passed = time.monotonic() - self._looked_at
        if passed < (NEW_PAGE_S if self._is_new else SAME_PAGE_S):
            return
        self._looked_at = time.monotonic()
        with suppress(PortalError):  # a page on its way is looked at the next time; whoever acts next is told
            self._drain()  # the requests until now are known then
            if (found := self.script(LOOK)) is not None:  # a box that opens in mid-script leaves it no answer
                url, html = found
                self._seen, self._is_new = LastSeen(self.now(), url, html, self.cookies()), False
