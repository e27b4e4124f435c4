"""The contract of a portal plug-in: one file in `scraping/portals/`, one class, one key."""

import ipaddress
from abc import ABC, abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, ClassVar
from urllib.parse import urljoin, urlsplit

from scraping.domain.browsing import Browser, Download
from scraping.domain.records import (
    QUANTITIES,
    Credentials,
    Document,
    MeterListing,
    ParsedReadings,
    Window,
    public_url,
)
from twin_project.kit.params import param
from twin_project.kit.registry import Plugin

__all__ = [
    "QUANTITIES",
    "Browser",
    "Credentials",
    "Document",
    "Download",
    "MeterListing",
    "ParsedReadings",
    "Portal",
    "PortalParams",
    "Window",
    "public_url",
]

POLITE_PAUSE_S = 2.0


@dataclass(frozen=True)
class PortalParams:
    """What every portal needs; a plug-in's own Params extends it."""

    base_url: str = param("", "Address", "The portal's first page, with https://.")
    pause_s: float = param(
        POLITE_PAUSE_S,
        "Pause",
        "Between two actions. Less than 2 s counts only for a portal on this machine.",
        unit="s",
        minimum=0,
        maximum=60,
    )


class Portal(Plugin, ABC):
    """One kind of web portal. An instance serves one visit: log in, list, fetch.

    `parse` is pure and needs no visit: same document, same readings, no clock, no network.
    """

    Params: ClassVar[type[PortalParams]] = PortalParams
    document_types: ClassVar[tuple[str, ...]] = ("text/csv",)
    may_be_local: ClassVar[bool] = False  # only for what comes with this product and runs on the same machine

    def __init__(self, params: Any = None) -> None:
        self.params = params if params is not None else self.Params()

    @abstractmethod
    def log_in(self, browser: Browser, credentials: Credentials) -> None:
        """Sign in, or raise InvalidCredentials, SecondFactorRequired, Blocked. Tries a password once only.

        Where the portal asks for a code, `credentials.code(question, now=browser.now())` gives it.
        """

    @property
    def keeps_session(self) -> bool:
        """Whether the cookies of a visit are worth keeping (sealed) for the next: then override `is_signed_in` too."""
        return False

    def is_signed_in(self, browser: Browser) -> bool:  # noqa: ARG002 - the contract's signature
        """Open a page of a customer and say whether the kept session still holds; asked only before `log_in`."""
        return False

    @abstractmethod
    def list_meters(self, browser: Browser) -> list[MeterListing]:
        """Every meter of the signed-in customer; raises LayoutChanged rather than return an empty list."""

    @abstractmethod
    def fetch(self, browser: Browser, meter_reference: str, window: Window) -> Iterator[Document]:
        """Yield raw documents that cover the window, oldest first, each as soon as it is there."""

    @abstractmethod
    def parse(self, document: Document) -> ParsedReadings:
        """Read one document; raises LayoutChanged naming what is missing, never gives an empty list for it."""

    @property
    def pause_s(self) -> float:
        """Seconds between two actions: never below the polite pause on a machine that is not our own."""
        pause: float = self.params.pause_s
        return pause if self.is_local else max(pause, POLITE_PAUSE_S)

    @property
    def is_local(self) -> bool:
        """Whether it runs on this machine, where nobody need be spared."""
        return _is_loopback(self.hosts[0])

    @property
    def hosts(self) -> tuple[str, ...]:
        """Host names that the browser may speak to; a plug-in adds those its portal needs."""
        return (urlsplit(self.params.base_url).hostname or "",)

    def url(self, path: str) -> str:
        """An address of the portal."""
        return urljoin(self.params.base_url.rstrip("/") + "/", path.lstrip("/"))


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
