"""What a visit is made for: which windows of which meters it brings, and who is told of each that is done.

A browser that crashes is replaced in the middle of a visit, so an errand remembers what is done and is asked anew.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol

from meters.selectors import data_through
from scraping.domain.contract import Window
from scraping.domain.errors import LayoutChanged
from scraping.models import PortalMeter, ScrapeRun

Progress = tuple[int, int | None]


class Errand(Protocol):
    """What `services.visits` asks while it goes from meter to meter."""

    purpose: ScrapeRun.Purpose

    def wants(self, reference: str) -> bool:
        """Whether a meter of the portal is of interest."""

    def begin(self, links: list[PortalMeter]) -> None:
        """These are the meters; told once for each browser."""

    def next_window(self, link: PortalMeter) -> Window | None:
        """What to bring of the meter now; the same again until it is finished or given up."""

    def progress(self, link: PortalMeter, part: float) -> Progress:
        """How far the errand is, with `part` (0 to 1) of its present window brought."""

    def finished(self, link: PortalMeter, window: Window, *, now: datetime) -> None:
        """All of the window has been kept and read."""

    def gave_up(self, link: PortalMeter, window: Window, error: LayoutChanged) -> None:
        """The window cannot be read; the visit goes on with the next."""


@dataclass
class OneWindowEach:
    """Base of the errands that bring a single window of each meter."""

    purpose: ScrapeRun.Purpose
    _over: set[str] = field(default_factory=set)
    _windows: dict[str, Window] = field(default_factory=dict)

    def wants(self, reference: str) -> bool:
        """Every meter."""
        return True

    def begin(self, links: list[PortalMeter]) -> None:
        """Nothing to plan."""

    def window_of(self, link: PortalMeter) -> Window:
        """Computed once: what is stored meanwhile moves the end of the readings."""
        raise NotImplementedError

    def next_window(self, link: PortalMeter) -> Window | None:
        """The one window, until it is over."""
        if link.reference in self._over:
            return None
        return self._windows.setdefault(link.reference, self.window_of(link))

    def progress(self, link: PortalMeter, part: float) -> Progress:
        """Per cent of the window."""
        return round(100 * part), 100

    def finished(self, link: PortalMeter, window: Window, *, now: datetime) -> None:
        """Nothing more of this meter."""
        self._over.add(link.reference)

    def gave_up(self, link: PortalMeter, window: Window, error: LayoutChanged) -> None:
        """Nothing more of this meter."""
        self._over.add(link.reference)


class EverydayErrand(OneWindowEach):
    """What is new, and the last `reread_days` again; so many `days` back where they are named."""

    def __init__(self, *, now: datetime, days: int | None = None) -> None:
        super().__init__(ScrapeRun.Purpose.VISIT)
        self.now = now
        self.days = days

    def window_of(self, link: PortalMeter) -> Window:
        """The first visit reads `first_days`; each later one goes on from before the last reading."""
        through = data_through(link.meter)
        if self.days is not None:
            back = timedelta(days=self.days)
        elif through is None:
            back = timedelta(days=link.account.first_days)
        else:
            back = self.now - min(through, self.now) + timedelta(days=link.account.reread_days)
        return Window(self.now - max(back, timedelta(days=1)), self.now)


class FetchAgainErrand(OneWindowEach):
    """One window of one meter, whatever is stored of it."""

    def __init__(self, *, reference: str, window: Window) -> None:
        super().__init__(ScrapeRun.Purpose.FETCH_AGAIN)
        self.reference = reference
        self.window = window

    def wants(self, reference: str) -> bool:
        """Only the one."""
        return reference == self.reference

    def window_of(self, link: PortalMeter) -> Window:
        """As asked for."""
        return self.window


class SignInErrand(OneWindowEach):
    """Sign in, see which meters there are, and bring nothing."""

    def __init__(self) -> None:
        super().__init__(ScrapeRun.Purpose.SIGN_IN)

    def wants(self, reference: str) -> bool:
        """None."""
        return False
