"""A recipe tried at its portal before there is an account: nothing of it is stored."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import pandas as pd

from scraping.domain.browsing import Browser
from scraping.domain.contract import Credentials, Document, MeterListing, Window
from scraping.domain.errors import BrowserCrashed, LayoutChanged, PortalError
from scraping.domain.recipes.loading import load_recipe
from scraping.domain.redaction import redact
from scraping.domain.tables import kind_of
from scraping.portals.recipe import RecipeOfAccount
from scraping.services.plugins import AccountUnusable, checked_places
from scraping.services.visits import Watcher

_ENDINGS = {"csv": "csv", "json": "json", "xlsx": "xlsx", "green button": "xml", "html": "html", "parts": "json"}


@dataclass(frozen=True)
class Tryout:
    """What a recipe brought of one meter: `frame` as a portal's `parse` gives it."""

    meters: tuple[MeterListing, ...]
    meter: MeterListing
    documents: tuple[Document, ...]
    frame: pd.DataFrame


def try_recipe(
    *,
    text: str,
    credentials: Credentials,
    watcher: Watcher,
    days: int,
    now: datetime,
    meter: str = "",
    keep: Path | None = None,
) -> Tryout:
    """Sign in, list the meters, read the last days of one of them (of the first by default).

    Documents, and the page on which it failed, are written into the folder `keep`. Raises BadRecipe or PortalError.
    """
    recipe = load_recipe(text)
    portal = RecipeOfAccount(RecipeOfAccount.Params(base_url=recipe.base_url, recipe=text))
    pins = checked_places(portal=portal)
    from scraping.browser import open_browser

    watcher.step(f"Starting the browser for {recipe.base_url}")
    with open_browser(watcher.folder, hosts=portal.hosts, pause_s=portal.pause_s, pins=pins) as browser:
        try:
            return _Try(portal, browser, watcher, keep).run(credentials, Window(now - timedelta(days=days), now), meter)
        except PortalError as error:
            error.what = redact(browser.redact(error.what), [credentials.password, credentials.totp_seed])
            if isinstance(error, LayoutChanged):  # it may, but it is the recipe that is new
                error.advice = "So the recipe does not fit yet: compare it with the page and with the files of --keep."
            if keep is not None and not isinstance(error, BrowserCrashed):
                _write(keep / "page.png", browser.screenshot())
                _write(keep / "page.html", browser.page_source().encode())
            raise


@dataclass(frozen=True)
class _Try:
    portal: RecipeOfAccount
    browser: Browser
    watcher: Watcher
    keep: Path | None

    def run(self, credentials: Credentials, window: Window, wanted: str) -> Tryout:
        watcher = self.watcher
        watcher.step("Signing in")
        self.portal.log_in(self.browser, credentials)
        watcher.step("Looking for meters")
        meters = tuple(self.portal.list_meters(self.browser))
        watcher.log(", ".join(f"{one.name} ({one.reference})" for one in meters))
        meter = next((one for one in meters if not wanted or wanted == one.reference), None)
        if meter is None:
            raise AccountUnusable(f"The portal lists no meter {wanted!r}.", advice="Give one of those that it lists.")
        first, last = window.local_days(meter.zone)
        watcher.step(f"Reading {meter.name}, {first:%-d %b} to {last:%-d %b %Y}")
        documents = tuple(self._documents(meter, window))
        frame = pd.concat([self.portal.parse(document).frame for document in documents], ignore_index=True)
        return Tryout(meters, meter, documents, frame)

    def _documents(self, meter: MeterListing, window: Window) -> Iterator[Document]:
        for number, document in enumerate(self.portal.fetch(self.browser, meter.reference, window), start=1):
            name = f"document-{number}.{_ENDINGS.get(kind_of(document.body, document.content_type), 'txt')}"
            if self.keep is not None:
                _write(self.keep / name, document.body)
            self.watcher.log(f"{name}: {len(document.body):,} bytes of {document.content_type or 'no type'}")
            yield document


def _write(path: Path, body: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(body)
