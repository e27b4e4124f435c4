"""What travels between a portal and our database: windows, listings, documents and parsed readings."""

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit
from zoneinfo import ZoneInfo

import pandas as pd

from scraping.domain.errors import SecondFactorRequired
from scraping.domain.one_time_codes import one_time_code

QUANTITIES = (
    "energy_kwh",
    "power_kw",
    "voltage_v",
    "current_a",
    "reactive_kvarh",
    "power_factor",
    "frequency_hz",
    "temperature_c",
)
_SECRET_WORDS = ("token", "key", "pass", "secret", "session", "sig", "auth", "code")


@dataclass(frozen=True)
class Credentials:
    """What a customer signs in with; nothing secret stands in its repr.

    `ask` brings a question of the portal to the customer and waits for the answer; None where nobody can be asked.
    """

    username: str
    password: str = field(repr=False)
    totp_seed: str = field(default="", repr=False)
    ask: Callable[[str], str] | None = field(default=None, repr=False, compare=False)

    def code(self, question: str, *, now: datetime) -> str:
        """The second factor: computed from the seed, else asked of the customer in the words of `question`.

        Waits as long as the customer is given. Raises SecondFactorRequired where no code comes. Type it as a secret.
        """
        if self.totp_seed:
            return one_time_code(self.totp_seed, now=now)
        if self.ask is None:
            raise SecondFactorRequired(question)
        return self.ask(question)


def month_before(day: date) -> date:
    """The first day of the month before its own."""
    return (day.replace(day=1) - timedelta(days=1)).replace(day=1)


def last_of_month(day: date) -> date:
    """The last day of its month."""
    return (day.replace(day=1) + timedelta(days=32)).replace(day=1) - timedelta(days=1)


@dataclass(frozen=True)
class Window:
    """Aware and half-open: `[start, end)`."""

    start: datetime
    end: datetime

    def __post_init__(self) -> None:
        if self.start.tzinfo is None or self.end.tzinfo is None:
            raise ValueError("A window needs aware times.")
        if self.end <= self.start:
            raise ValueError(f"A window ends after it starts: {self.start} .. {self.end}.")

    def local_days(self, zone: str) -> tuple[date, date]:
        """First and last local day that the window touches."""
        last = self.end.astimezone(UTC) - timedelta(microseconds=1)
        return self.start.astimezone(ZoneInfo(zone)).date(), last.astimezone(ZoneInfo(zone)).date()

    def chunks(self, zone: str, *, days: int) -> Iterator[tuple[date, date]]:
        """Runs of at most `days` whole local days that cover the window, oldest first; both ends inclusive."""
        day, last = self.local_days(zone)
        while day <= last:
            until = min(day + timedelta(days=days - 1), last)
            yield day, until
            day = until + timedelta(days=1)

    def months(self, zone: str) -> Iterator[tuple[date, date]]:
        """Runs of local days that cover the window, each within one calendar month, oldest first."""
        day, last = self.local_days(zone)
        while day <= last:
            until = min(last_of_month(day), last)
            yield day, until
            day = until + timedelta(days=1)

    @classmethod
    def of_local_days(cls, first: date, last: date, zone: str) -> "Window":
        """The window from midnight of `first` to the midnight after `last`, 23- and 25-hour days included."""
        tz = ZoneInfo(zone)
        start = datetime.combine(first, time(), tz)
        end = datetime.combine(last + timedelta(days=1), time(), tz)
        return cls(start.astimezone(UTC), end.astimezone(UTC))


@dataclass(frozen=True)
class MeterListing:
    """One meter as the portal's own pages describe it; "" and None where the portal does not say."""

    reference: str
    name: str
    zone: str
    interval_s: int
    quantities: tuple[str, ...]
    place: str = ""
    country: str = ""
    latitude: float | None = None
    longitude: float | None = None
    nominal_voltage_v: float | None = None
    simulated: bool = False
    note: str = ""


@dataclass(frozen=True)
class Document:
    """Raw bytes that a portal gave for one meter and window, kept before anything reads them.

    `claimed_rows` is how many intervals the portal's page announced for the same window, None where it does
    not say; the parser compares. `url` carries no secret (see `public_url`).
    """

    portal: str
    meter_reference: str
    window: Window
    content_type: str
    body: bytes = field(repr=False)
    fetched_at: datetime
    url: str
    claimed_rows: int | None = None

    @property
    def sha256(self) -> str:
        """Hex digest of the body."""
        return hashlib.sha256(self.body).hexdigest()


@dataclass(frozen=True)
class ParsedReadings:
    """Readings of one meter out of one document.

    `frame`: one row per interval, `start_at` (UTC, strictly increasing), `interval_s` (int), and those of
    QUANTITIES that the portal gives, as floats. NaN is missing; an interval without any value has no row.
    """

    meter_reference: str
    frame: pd.DataFrame = field(repr=False)

    def __post_init__(self) -> None:
        columns = set(self.frame.columns)
        if not {"start_at", "interval_s"} <= columns:
            raise ValueError("Parsed readings need start_at and interval_s.")
        if unknown := columns - {"start_at", "interval_s", *QUANTITIES}:
            raise ValueError(f"Parsed readings do not know {', '.join(sorted(unknown))}.")
        start = self.frame["start_at"]
        if str(start.dt.tz) != "UTC" or not (start.is_monotonic_increasing and start.is_unique):
            raise ValueError("start_at must be UTC and strictly increasing.")


def public_url(url: str) -> str:
    """The address without user info, fragment and query values that look like secrets."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    place = f"{host}:{parts.port}" if parts.port else host
    query = [(k, v) for k, v in parse_qsl(parts.query) if not any(word in k.lower() for word in _SECRET_WORDS)]
    return urlunsplit((parts.scheme, place, parts.path, urlencode(query), ""))
