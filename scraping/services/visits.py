"""A visit: sign in, list the meters, fetch documents oldest first, keep each, read each.

Every document is committed before it is read and every read is one transaction, so a visit that breaks off
anywhere has lost nothing: the next one reads what was kept and fetches from where the readings end.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Protocol

from django.utils import timezone

from meters.selectors import data_through
from scraping.domain.contract import Browser, Credentials, Document, MeterListing, Portal, Window
from scraping.domain.errors import LayoutChanged, PortalError
from scraping.domain.redaction import redact
from scraping.models import PortalAccount, PortalMeter, ScrapeRun
from scraping.services.accounts import credentials_of
from scraping.services.documents import keep_document, read_document, read_pending
from scraping.services.plugins import of_plugin, portal_of
from scraping.services.runs import end_badly, end_well, keep_evidence, open_run
from scraping.services.sources import link_meter, tell_news
from twin_project.kit import processes
from twin_project.kit.jobs.services import alone

REFUSALS_TOLD = 5


class NotNow(Exception):
    """The account is being visited already."""


class Watcher(Protocol):
    """Who is told how the visit goes, and where it may put files: a running job, or a command."""

    folder: Path

    def step(self, text: str) -> None:
        """A new part begins."""

    def progress(self, done_n: int, done_of: int | None) -> None:
        """So far."""

    def log(self, text: str) -> None:
        """One line."""

    def warn(self, text: str) -> None:
        """One line that matters."""


def visit_alone(
    *,
    account: PortalAccount,
    watcher: Watcher,
    now: datetime,
    job: str | None = None,
    days: int | None = None,
    tries_again: bool = False,
) -> ScrapeRun:
    """Bring everything that the portal has for this account; raises PortalError after keeping its evidence.

    One visit at a time, since two sessions throw each other out: raises NotNow while there is another. `days` reads
    so far back; by default the first visit reads `first_days` and each later one `reread_days` before the last
    reading. With `tries_again` the caller comes back soon after a retryable error, and that one is not counted.
    """
    with alone(f"portal account {account.pk}") as free:
        if not free:
            raise NotNow(f"{account} is being visited by another process right now. Wait for it, or stop it first.")
        processes.sweep(watcher.folder)  # what a visit that was killed there has left
        run = open_run(account=account, job=job, now=now)
        try:
            _Visit(account, run, watcher, now, days).make()
        except BaseException as error:
            comes_back = tries_again and isinstance(error, PortalError) and error.retryable
            end_badly(run=run, error=error, counts=not comes_back)
            if isinstance(error, PortalError) and not comes_back:
                tell_news(account=account)
            raise
        end_well(run=run)
        tell_news(account=account)
        run.refresh_from_db()
        return run


@dataclass
class _Visit:
    account: PortalAccount
    run: ScrapeRun
    watcher: Watcher
    now: datetime
    days: int | None
    lost: list[LayoutChanged] = field(default_factory=list)

    def make(self) -> None:
        portal = portal_of(account=self.account)
        credentials = credentials_of(account=self.account)
        pending = read_pending(account=self.account, portal=portal, now=self.now, watcher=self.watcher)
        if pending:
            self.watcher.log(f"Read {pending} documents that an earlier visit had kept.")
        from scraping.browser import open_browser  # selenium, in the job's own process only

        self.watcher.step("Starting the browser")
        with open_browser(self.watcher.folder, hosts=portal.hosts, pause_s=portal.pause_s) as browser:
            try:
                self._walk(portal, browser, credentials)
            except PortalError as error:
                _take_out(credentials, error)
                keep_evidence(run=self.run, browser=browser, now=timezone.now())
                raise
        if self.lost:
            raise self.lost[0]

    def _walk(self, portal: Portal, browser: Browser, credentials: Credentials) -> None:
        self.watcher.step(f"Signing in at {portal.params.base_url}")
        with of_plugin(portal):
            portal.log_in(browser, credentials)
        self.watcher.step("Looking for meters")
        with of_plugin(portal):
            listings = portal.list_meters(browser)
        self.watcher.log("Found " + ", ".join(f"{listing.name} ({listing.reference})" for listing in listings) + ".")
        for listing in listings:
            try:
                self._bring(portal, browser, listing)
            except LayoutChanged as error:  # of this meter; the others may be as they were
                _take_out(credentials, error)
                keep_evidence(run=self.run, browser=browser, now=browser.now())
                self.watcher.warn(f"{listing.name}: {error.what}")
                self.lost.append(error)

    def _bring(self, portal: Portal, browser: Browser, listing: MeterListing) -> None:
        window = self._window(link_meter(account=self.account, listing=listing))
        first, last = window.local_days(listing.zone)
        self.watcher.step(f"{listing.name}: {first:%-d %b %Y} to {last:%-d %b %Y}")
        with of_plugin(portal):
            documents = iter(portal.fetch(browser, listing.reference, window))
        while True:
            with of_plugin(portal):
                document = next(documents, None)
            if document is None:
                return
            self._take(portal, listing, document)
            done = (document.window.end - window.start) / (window.end - window.start)
            self.watcher.progress(round(100 * min(max(done, 0), 1)), 100)

    def _window(self, link: PortalMeter) -> Window:
        through = data_through(link.meter)
        if self.days is not None:
            back = timedelta(days=self.days)
        elif through is None:
            back = timedelta(days=self.account.first_days)
        else:
            back = self.now - min(through, self.now) + timedelta(days=self.account.reread_days)
        return Window(self.now - max(back, timedelta(days=1)), self.now)

    def _take(self, portal: Portal, listing: MeterListing, document: Document) -> None:
        run = self.run
        stored = keep_document(account=self.account, run=run, document=document)
        run.documents_n += 1
        run.save(update_fields=["documents_n"])
        report = read_document(stored=stored, portal=portal, now=document.fetched_at)
        run.new_n += report.new
        run.changed_n += report.changed
        run.same_n += report.same
        run.refused_n += len(report.refused)
        run.save(update_fields=["new_n", "changed_n", "same_n", "refused_n"])
        told = f"{report.new} new, {report.changed} corrected, {report.same} known readings"
        self.watcher.log(f"{listing.name}: {told}.")
        for refusal in report.refused[:REFUSALS_TOLD]:
            self.watcher.warn(f"Refused: {refusal.reason}")
        if len(report.refused) > REFUSALS_TOLD:
            self.watcher.warn(f"Refused {len(report.refused) - REFUSALS_TOLD} more.")


def _take_out(credentials: Credentials, error: PortalError) -> None:
    """A portal that repeats what was typed must not bring the password into a log."""
    error.what = redact(error.what, [credentials.password])
    error.advice = redact(error.advice, [credentials.password])
