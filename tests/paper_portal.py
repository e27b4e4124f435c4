"""A portal and a browser of paper, below the protocols: what each meter gives is written down by the test."""

import io
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, ClassVar, cast

import pandas as pd
import pytest

from scraping.domain.browsing import LastSeen, RequestNote
from scraping.domain.contract import (
    Browser,
    Credentials,
    Document,
    MeterListing,
    ParsedReadings,
    Portal,
    PortalParams,
    Window,
)
from scraping.domain.errors import BrowserCrashed, LayoutChanged
from scraping.models import PortalAccount
from scraping.registry import portals
from scraping.services import save_account
from twin_project.kit.params import param

PAPER_NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
PAPER_PASSWORD = "paper-secret-5150"


def sheet(
    *values: float | None, start: datetime = PAPER_NOW - timedelta(hours=6), **columns: list[float | None]
) -> bytes:
    """A document with an hourly reading for each value."""
    starts = pd.date_range(start, periods=len(values), freq="h", tz="UTC")
    return pd.DataFrame({"start_at": starts, "energy_kwh": list(values), **columns}).to_csv(index=False).encode()


@dataclass
class Paper:
    """What the portal does on its next visits, and what was asked of it."""

    pages: dict[str, list[bytes | BaseException]] = field(default_factory=dict)
    at_the_door: BaseException | None = None
    zone: str = "Europe/Paris"
    now: datetime = PAPER_NOW
    windows: dict[str, Window] = field(default_factory=dict)
    passwords: list[str] = field(default_factory=list)
    question: str = ""
    codes: list[str] = field(default_factory=list)
    keeps_session: bool = False
    cookies: list[dict[str, Any]] = field(default_factory=list)
    page: str = "<p>nothing\x00 here</p>"
    asked: list[RequestNote] = field(default_factory=list)
    browsers_n: int = 0
    is_gone: bool = False
    stays_gone: bool = False
    fetched: list[str] = field(default_factory=list)
    pins: object = None


class PaperPortal(Portal):
    """Serves `Paper`: bytes become documents of the window, an exception is raised in its place."""

    title = "Paper"
    summary = "For tests."
    paper: ClassVar[Paper]
    may_be_local: ClassVar[bool] = True

    @dataclass(frozen=True)
    class Params(PortalParams):
        """On this machine."""

        base_url: str = param("http://127.0.0.1:1/", "Address")

    def log_in(self, browser: Browser, credentials: Credentials) -> None:
        self.paper.passwords.append(credentials.password)
        if self.paper.at_the_door is not None:
            raise self.paper.at_the_door
        if self.paper.question:
            self.paper.codes.append(credentials.code(self.paper.question, now=browser.now()))

    @property
    def keeps_session(self) -> bool:
        return self.paper.keeps_session

    def is_signed_in(self, browser: Browser) -> bool:
        return bool(browser.cookies())

    def list_meters(self, browser: Browser) -> list[MeterListing]:  # noqa: ARG002 - as above
        return [
            MeterListing(name, f"Meter {name}", self.paper.zone, 3600, ("energy_kwh",), place="Paperville")
            for name in self.paper.pages
        ]

    def fetch(self, browser: Browser, meter_reference: str, window: Window) -> Iterator[Document]:
        self.paper.windows[meter_reference] = window
        self.paper.fetched.append(meter_reference)
        for at, page in enumerate(list(self.paper.pages[meter_reference])):
            if isinstance(page, BrowserCrashed):
                del self.paper.pages[meter_reference][: at + 1]  # what is fetched again begins after it
            if isinstance(page, BaseException):
                raise page
            now = browser.now()
            yield Document(self.key, meter_reference, window, "text/csv", page, now, "http://127.0.0.1:1/x.csv")

    def parse(self, document: Document) -> ParsedReadings:
        if document.body.startswith(b"stumble"):
            raise KeyError("a key")
        if not document.body.startswith(b"start_at"):
            raise LayoutChanged("The sheet has no column start_at.")
        frame = pd.read_csv(io.BytesIO(document.body))
        frame["start_at"] = pd.to_datetime(frame["start_at"], utc=True)
        frame.insert(1, "interval_s", 3600)
        return ParsedReadings(document.meter_reference, frame)


class PaperBrowser:
    """Shows one page for ever."""

    def __init__(self, paper: Paper) -> None:
        self._paper = paper
        self._cookies: list[dict[str, Any]] = paper.cookies
        paper.browsers_n += 1
        self._url = "http://127.0.0.1:1/where-it-broke"

    def now(self) -> datetime:
        self._paper.now += timedelta(seconds=1)
        return self._paper.now

    @property
    def current_url(self) -> str:
        if self._paper.is_gone:
            raise BrowserCrashed("It is gone.")
        return self._url

    def open(self, url: str) -> None:
        self._url = url

    def redact(self, text: str) -> str:
        return text

    def page_source(self) -> str:
        return self._paper.page

    def requests(self) -> list[RequestNote]:
        return self._paper.asked

    def last_seen(self) -> LastSeen | None:
        return LastSeen(PAPER_NOW, self._url, self._paper.page, self._cookies) if self._paper.page else None

    def cookies(self) -> list[dict[str, Any]]:
        return self._cookies

    def restore_cookies(self, cookies: list[dict[str, Any]]) -> None:
        self._cookies = cookies

    def screenshot(self) -> bytes:
        return b"\x89PNG"


@dataclass
class Notes:
    """A watcher that remembers."""

    folder: Path
    told: list[str] = field(default_factory=list)
    warned: list[str] = field(default_factory=list)

    def step(self, text: str) -> None:
        self.told.append(text)

    def progress(self, done_n: int, done_of: int | None) -> None:
        self.told.append(f"{done_n} of {done_of}")

    def log(self, text: str) -> None:
        self.told.append(text)

    def warn(self, text: str) -> None:
        self.warned.append(text)


@pytest.fixture
def paper(monkeypatch: pytest.MonkeyPatch) -> Paper:
    """The paper portal is a plug-in for the time of the test, and no browser starts."""
    paper = Paper()

    @contextmanager
    def open_paper(
        _folder: Path, *, hosts: Sequence[str], pause_s: float = 0, pins: object, visible: bool = False
    ) -> Iterator[Browser]:
        paper.pins = pins
        yield cast("Browser", PaperBrowser(paper))

    monkeypatch.setattr(PaperPortal, "paper", paper, raising=False)
    monkeypatch.setitem(cast("dict[str, Any]", portals._loaded), PaperPortal.key, PaperPortal)
    monkeypatch.setattr("scraping.browser.open_browser", open_paper)
    return paper


@pytest.fixture
def paper_account(db: None, paper: Paper) -> PortalAccount:
    """A customer of the paper portal."""
    return save_account(name="Paper", portal="paper_portal", username="me", password=PAPER_PASSWORD, params={})


@pytest.fixture
def notes(tmp_path: Path) -> Notes:
    """Who is told."""
    return Notes(tmp_path)
