"""A browser of paper: what it shows is a dict, what a click does is a function. Keeps the promises of Browser."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from scraping.domain.browsing import Download, FormNote, LastSeen, Link, RequestNote, Response
from scraping.domain.errors import LayoutChanged

Act = Callable[["PaperTab"], None]


@dataclass
class PaperTab:
    """`shown`: selector to text of what is visible. `on`: "click #go" or "open /path" to what happens then."""

    shown: dict[str, str] = field(default_factory=dict)
    on: dict[str, Act] = field(default_factory=dict)
    given: dict[str, list[dict[str, str]]] = field(default_factory=dict)
    rows: dict[str, list[list[str]]] = field(default_factory=dict)
    html: dict[str, str] = field(default_factory=dict)
    loaded: list[Response] = field(default_factory=list)
    file: Download = field(default_factory=lambda: Download("file.csv", b""))
    snapshot: bytes = b'{"twin_charts": []}'
    current_url: str = "https://portal.example/"
    clock: datetime = datetime(2026, 6, 1, 12, tzinfo=UTC)
    calls: list[str] = field(default_factory=list)
    secrets: list[str] = field(default_factory=list)
    scrolls: int = 0

    def _did(self, *words: str) -> None:
        self.calls.append(" ".join(words))
        for known in (" ".join(words), " ".join(words[:2])):
            if known in self.on:
                self.on[known](self)
                return

    def now(self) -> datetime:
        self.clock += timedelta(seconds=1)
        return self.clock

    def open(self, url: str) -> None:
        self.current_url = url
        self._did("open", url.removeprefix("https://portal.example"))

    def wait_for(self, *selectors: str, timeout_s: float = 20) -> str:  # noqa: ARG002 - as Browser has it
        for selector in selectors:
            if selector in self.shown:
                return selector
        raise LayoutChanged(f"The page does not show {' or '.join(selectors)}.")

    def exists(self, selector: str) -> bool:
        return selector in self.shown

    is_shown = exists

    def text(self, selector: str) -> str:
        return self.shown[self.wait_for(selector)]

    def attributes(self, selector: str, *names: str) -> list[dict[str, str]]:
        self.wait_for(selector)
        return [{name: row.get(name, "") for name in names} for row in self.given.get(selector, [{}])]

    def fill(self, selector: str, value: str, *, secret: bool = False) -> None:
        self.wait_for(selector)
        if secret:
            self.secrets.append(value)
        self._did("fill", selector, "***" if secret else value)

    def click(self, selector: str) -> None:
        self.wait_for(selector)
        self._did("click", selector)

    def choose(self, selector: str, option: str) -> None:
        self._did("choose", selector, option)

    def press(self, selector: str, key: str) -> None:
        self._did("press", selector, key)

    def set_value(self, selector: str, value: str) -> None:
        self._did("set", selector, value)

    def settle(self, *, timeout_s: float = 8) -> None:
        """Paper rests."""

    def scroll(self, selector: str) -> bool:
        self.scrolls -= 1
        self._did("scroll", selector)
        return self.scrolls >= 0

    def cells(self, row_selector: str, cell_selector: str = "td, th", *, key: str = "") -> list[list[str]]:  # noqa: ARG002
        return self.rows.get(row_selector, self.rows.get(f"{row_selector} {cell_selector}", []))

    def markup(self, selector: str) -> str:
        return self.html.get(selector, "")

    def charts(self) -> bytes:
        return self.snapshot

    def links(self) -> list[Link]:
        return []

    def forms(self) -> list[FormNote]:
        return []

    def responses(self) -> list[Response]:
        loaded, self.loaded = self.loaded, []
        return loaded

    def requests(self) -> list[RequestNote]:
        return []

    def last_seen(self) -> LastSeen | None:
        return None

    def cookies(self) -> list[dict[str, Any]]:
        return []

    def restore_cookies(self, cookies: list[dict[str, Any]]) -> None:  # noqa: ARG002
        self._did("restore cookies")

    def download(self, selector: str, *, timeout_s: float = 60) -> Download:  # noqa: ARG002
        self._did("download", selector)
        return self.file

    def fetch_json(self, url: str) -> Any:
        raise NotImplementedError

    def script(self, source: str, *arguments: Any) -> Any:
        raise NotImplementedError

    def page_source(self) -> str:
        return "<p>paper</p>"

    def screenshot(self) -> bytes:
        return b"\x89PNG"

    def redact(self, text: str) -> str:
        return text
