"""The browser as a portal plug-in sees it: a protocol of ours, so that no plug-in knows what drives it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol


@dataclass(frozen=True)
class Download:
    """One file that a click gave."""

    name: str
    body: bytes


class Browser(Protocol):
    """One tab of one visit. Selectors are CSS.

    Every call may raise PortalUnavailable (unreachable, 5xx, too slow), Blocked (403, 429) or BrowserCrashed.
    Calls that look for an element wait for it and raise LayoutChanged, naming it, when it does not come.
    """

    def now(self) -> datetime:
        """The time of the visit, aware: a plug-in has no clock of its own."""

    @property
    def current_url(self) -> str:
        """Address of the page that is shown."""

    def open(self, url: str) -> None:
        """Go to an address and wait until its page has loaded."""

    def wait_for(self, *selectors: str, timeout_s: float = 20) -> str:
        """Wait until one of the selectors is visible and return it."""

    def exists(self, selector: str) -> bool:
        """Whether it is on the page now; does not wait."""

    def text(self, selector: str) -> str:
        """Visible text of the first match."""

    def attributes(self, selector: str, *names: str) -> list[dict[str, str]]:
        """The named attributes ("" where absent) of every match, in the page's order."""

    def fill(self, selector: str, value: str, *, secret: bool = False) -> None:
        """Replace the value of a field. A secret is removed from whatever this browser hands out later."""

    def click(self, selector: str) -> None:
        """Click as a person would."""

    def download(self, selector: str, *, timeout_s: float = 60) -> Download:
        """Click, wait for the whole file and return it; raises NoDownload where a page comes instead."""

    def fetch_json(self, url: str) -> Any:
        """Ask the portal from inside the page, with its session, and decode the JSON answer."""

    def script(self, source: str, *arguments: Any) -> Any:
        """Run JavaScript in the page and return what it returns."""

    def page_source(self) -> str:
        """HTML of the page as it stands, typed secrets removed."""

    def screenshot(self) -> bytes:
        """PNG of the page, fields with typed secrets blanked."""

    def redact(self, text: str) -> str:
        """The text without any secret that was typed."""
