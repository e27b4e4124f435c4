"""Demo Utility, the portal that comes with this product. Also the example to write another plug-in after."""

import io
import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from typing import ClassVar

import pandas as pd

from scraping.domain.contract import (
    Browser,
    Credentials,
    Document,
    MeterListing,
    ParsedReadings,
    Portal,
    PortalParams,
    Window,
    public_url,
)
from scraping.domain.errors import InvalidCredentials, LayoutChanged, NoDownload, PortalUnavailable
from twin_project.kit.params import param

MAX_DAYS = 31  # what the portal serves at a time
START = "Interval start"
COLUMNS = {
    "Energy (kWh)": "energy_kwh",
    "Active power (kW)": "power_kw",
    "Reactive energy (kvarh)": "reactive_kvarh",
    "Voltage (V)": "voltage_v",
    "Current (A)": "current_a",
    "Outdoor temperature (°C)": "temperature_c",
}
# The two kinds of file: a meter with electrical quantities, a meter with weather.
LAYOUTS = (tuple(COLUMNS)[:5], ("Energy (kWh)", "Outdoor temperature (°C)"))
CARD_FACTS = (
    *("reference", "name", "zone", "interval-s", "quantities", "place", "country", "latitude", "longitude"),
    *("nominal-voltage-v", "simulated", "credit"),
)
SIGN_IN, SIGN_IN_ERROR, METER_CARD = "#sign-in", "#sign-in-error", ".meter[data-reference]"


class DemoUtility(Portal):
    """Sign in, pick dates on the meter's page, download the CSV, compare with the table's count."""

    title = "Demo Utility"
    summary = "The demonstration portal: a measured household in France and a simulated home in Illinois."

    @dataclass(frozen=True)
    class Params(PortalParams):
        """The demo runs on this machine and needs no pause."""

        base_url: str = param("http://127.0.0.1:8600/", "Address", "Where run_demo_portal listens.")
        pause_s: float = param(0.0, "Pause", "Between two actions.", unit="s", minimum=0, maximum=60)

    document_types: ClassVar[tuple[str, ...]] = ("text/csv",)
    may_be_local: ClassVar[bool] = True
    _credentials: Credentials | None = None

    def log_in(self, browser: Browser, credentials: Credentials) -> None:
        """Fill the form; the portal answers with the meters or with its own sentence."""
        self._credentials = credentials
        browser.open(self.url("/sign-in/"))
        browser.fill("#username", credentials.username)
        browser.fill("#password", credentials.password, secret=True)
        browser.click("#sign-in-button")
        if browser.wait_for(METER_CARD, SIGN_IN_ERROR) == SIGN_IN_ERROR:
            raise InvalidCredentials(f"The portal says: {browser.text(SIGN_IN_ERROR)}")

    def list_meters(self, browser: Browser) -> list[MeterListing]:
        """One listing for each card of the first page."""
        browser.open(self.url("/"))
        found = browser.attributes(METER_CARD, *(f"data-{name}" for name in CARD_FACTS))
        return [_listing({key.removeprefix("data-"): value for key, value in row.items()}) for row in found]

    def fetch(self, browser: Browser, meter_reference: str, window: Window) -> Iterator[Document]:
        """One CSV for each 31 days; a session that expires on the way is renewed once."""
        browser.open(self.url(f"/meters/{meter_reference}/"))
        zone = self._zone(browser)
        todo = list(window.chunks(zone, days=MAX_DAYS))
        renewed = False
        while todo:
            try:
                document = self._one_file(browser, meter_reference, zone, *todo[0])
            except _SignedOut:
                if renewed or self._credentials is None:
                    raise PortalUnavailable("The portal asks to sign in again and again.") from None
                self.log_in(browser, self._credentials)
                renewed = True
                continue
            del todo[0]
            yield document

    def parse(self, document: Document) -> ParsedReadings:
        """Stamps are local with their offset, at the START of the interval; an empty cell is a missing value."""
        table, interval_s = _read_table(document)
        # More is in order: an interval may have been published between the page and the file.
        if document.claimed_rows is not None and len(table) < document.claimed_rows:
            raise LayoutChanged(f"The page announced {document.claimed_rows} rows, the file has {len(table)}.")
        if table.empty and document.claimed_rows != 0:
            raise LayoutChanged("The file has no row, and the page did not announce an empty period.")
        quantities = [COLUMNS[name] for name in table.columns if name != START]
        frame = table.rename(columns=COLUMNS)
        for quantity in quantities:
            try:
                frame[quantity] = pd.to_numeric(frame[quantity])
            except ValueError as error:
                raise LayoutChanged(f"The column of {quantity} holds something that is no number: {error}.") from None
        frame["start_at"] = _stamps(frame.pop(START))
        frame["interval_s"] = interval_s
        frame = frame.dropna(subset=quantities, how="all").sort_values("start_at", ignore_index=True)
        if frame["start_at"].duplicated().any():
            raise LayoutChanged("The file holds an interval twice.")
        return ParsedReadings(
            document.meter_reference,
            frame[["start_at", "interval_s", *quantities]].astype(dict.fromkeys(quantities, "float64")),
        )

    def _zone(self, browser: Browser) -> str:
        if browser.wait_for("#readings", SIGN_IN) == SIGN_IN:
            raise PortalUnavailable("The portal asks to sign in before the first page.")
        return browser.attributes("#readings", "data-zone")[0]["data-zone"]

    def _one_file(self, browser: Browser, reference: str, zone: str, first: date, last: date) -> Document:
        if not browser.exists("#period"):
            browser.open(self.url(f"/meters/{reference}/"))
        if browser.wait_for("#period", SIGN_IN) == SIGN_IN:
            raise _SignedOut
        browser.fill("#from", first.isoformat())
        browser.fill("#to", last.isoformat())
        browser.click("#show")
        shown = f'#readings[data-from="{first}"][data-to="{last}"]'
        seen = browser.wait_for(f'{shown}[data-state="ready"]', "#problem", SIGN_IN)
        if seen == SIGN_IN:
            raise _SignedOut
        if seen == "#problem":
            raise LayoutChanged(f"The portal refuses the days {first} to {last}: {browser.text('#problem')}")
        claim = browser.attributes(shown, "data-total")[0]["data-total"]
        link = browser.attributes("#download", "href")[0]["href"]
        try:
            file = browser.download("#download")
        except NoDownload as error:
            if "/sign-in/" in error.url:
                raise _SignedOut from None
            raise
        return Document(
            portal=self.key,
            meter_reference=reference,
            window=Window.of_local_days(first, last, zone),
            content_type="text/csv",
            body=file.body,
            fetched_at=browser.now(),
            url=public_url(self.url(link)),
            claimed_rows=int(claim),
        )


class _SignedOut(Exception):  # a turn of the visit, not an error
    """The sign-in page came instead of what was asked for."""


def _listing(card: dict[str, str]) -> MeterListing:
    try:
        return MeterListing(
            reference=card["reference"],
            name=card["name"],
            zone=card["zone"],
            interval_s=int(card["interval-s"]),
            quantities=tuple(card["quantities"].split(",")),
            place=card["place"],
            country=card["country"],
            latitude=float(card["latitude"]),
            longitude=float(card["longitude"]),
            nominal_voltage_v=float(card["nominal-voltage-v"]),
            simulated=card["simulated"] == "yes",
            note=card["credit"],
        )
    except ValueError as error:
        raise LayoutChanged(f"A meter's card cannot be read: {error}.") from None


def _read_table(document: Document) -> tuple[pd.DataFrame, int]:
    """The rows as text, with the file's own word on interval and meter checked."""
    try:
        text = document.body.decode("utf-8")
    except UnicodeDecodeError:
        raise LayoutChanged("The downloaded file is not text.") from None
    about = dict(re.findall(r"^# (Meter|Interval): (.+?)\r?$", text, re.MULTILINE))
    if about.get("Meter") != document.meter_reference:
        raise LayoutChanged(f"The file does not say that it is of meter {document.meter_reference}.")
    minutes = re.match(r"(\d+) minutes, stamped at its start", about.get("Interval", ""))
    if minutes is None:
        raise LayoutChanged("The file does not say its interval as 'N minutes, stamped at its start'.")
    body = "".join(line for line in io.StringIO(text, newline="") if not line.startswith("#"))
    table = pd.DataFrame()
    with suppress(pd.errors.EmptyDataError, pd.errors.ParserError):
        table = pd.read_csv(io.StringIO(body), dtype={START: "str"})
    _check_columns(tuple(table.columns))
    return table, int(minutes[1]) * 60


def _check_columns(found: tuple[str, ...]) -> None:
    wanted = [(START, *layout) for layout in LAYOUTS]
    if found in wanted:
        return
    nearest = min(wanted, key=lambda layout: len({*layout} ^ {*found}))
    missing = ", ".join(repr(name) for name in nearest if name not in found) or "none"
    new = ", ".join(repr(name) for name in found if name not in nearest) or "none"
    raise LayoutChanged(f"The file's columns have changed: missing {missing}; new {new}.")


def _stamps(texts: pd.Series) -> pd.Series:
    offsets = texts.str.contains(r"[+-]\d\d:\d\d$", regex=True, na=False)
    stamps = pd.to_datetime(texts, utc=True, errors="coerce", format="ISO8601")
    if stamps.isna().any() or not offsets.all():
        raise LayoutChanged(f"The column {START!r} holds something that is no time with an offset.")
    return stamps
