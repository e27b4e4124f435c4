"""A visit: sign in, list the meters, fetch documents oldest first, keep each, read each.

Every document is committed before it is read and every read is one transaction, so a visit that breaks off
anywhere has lost nothing: the next one reads what was kept and fetches from where the readings end.
"""

import contextlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Protocol

from django.utils import timezone

from meters.selectors import data_through
from scraping.domain.contract import Browser, Document, MeterListing, Portal, Window
from scraping.domain.errors import InvalidCredentials, PortalError
from scraping.models import Evidence, PortalAccount, PortalMeter, ScrapeRun
from scraping.registry import portals
from scraping.services.accounts import credentials_of
from scraping.services.documents import keep_document, read_document, read_pending
from scraping.services.sources import link_meter
from twin_project.kit import params as kit_params
from twin_project.kit.jobs.services import alone

BREAKER_OPENS_AT = 3


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


def visit(
    *, account: PortalAccount, watcher: Watcher, now: datetime, job: str | None = None, days: int | None = None
) -> ScrapeRun:
    """Bring everything that the portal has for this account; raises PortalError after keeping its evidence.

    `days` reads so far back; by default the first visit reads `first_days` and each later one `reread_days`
    before the last reading.
    """
    run = ScrapeRun.objects.create(account=account, job=job, started_at=now)
    try:
        _Visit(account, run, watcher, now, days).make()
    except PortalError as error:
        _note_failure(account, run, error)
        raise
    except BaseException as error:
        _finish(run, ScrapeRun.State.FAILED if isinstance(error, Exception) else ScrapeRun.State.CANCELLED, error)
        raise
    _finish(run, ScrapeRun.State.DONE)
    account.failures = 0
    account.save(update_fields=["failures"])
    return run


def visit_alone(
    *, account: PortalAccount, watcher: Watcher, now: datetime, job: str | None = None, days: int | None = None
) -> ScrapeRun:
    """`visit`, unless somebody visits for this account already: two sessions throw each other out. Raises NotNow."""
    with alone(f"portal account {account.pk}") as free:
        if not free:
            raise NotNow(f"{account} is being visited by another process right now. Wait for it, or stop it first.")
        return visit(account=account, watcher=watcher, now=now, job=job, days=days)


@dataclass
class _Visit:
    account: PortalAccount
    run: ScrapeRun
    watcher: Watcher
    now: datetime
    days: int | None

    def make(self) -> None:
        pending = read_pending(account=self.account, now=self.now)
        if pending:
            self.watcher.log(f"Read {pending} documents that an earlier visit had kept.")
        plugin = portals.get(self.account.portal)
        portal = plugin(kit_params.read(plugin.Params, self.account.params))
        from scraping.browser import open_browser  # selenium, in the job's own process only

        self.watcher.step("Starting the browser")
        with open_browser(self.watcher.folder, hosts=portal.hosts, pause_s=portal.pause_s) as browser:
            try:
                self._walk(portal, browser)
            except PortalError:
                _keep_evidence(self.run, browser)
                raise

    def _walk(self, portal: Portal, browser: Browser) -> None:
        self.watcher.step(f"Signing in at {portal.params.base_url}")
        portal.log_in(browser, credentials_of(account=self.account))
        self.watcher.step("Looking for meters")
        listings = portal.list_meters(browser)
        self.watcher.log("Found " + ", ".join(f"{listing.name} ({listing.reference})" for listing in listings) + ".")
        for listing in listings:
            window = self._window(link_meter(account=self.account, listing=listing))
            first, last = window.local_days(listing.zone)
            self.watcher.step(f"{listing.name}: {first:%-d %b %Y} to {last:%-d %b %Y}")
            for document in portal.fetch(browser, listing.reference, window):
                self._take(listing, document)
                done = (document.window.end - window.start) / (window.end - window.start)
                self.watcher.progress(round(100 * min(done, 1)), 100)

    def _window(self, link: PortalMeter) -> Window:
        through = data_through(link.meter)
        if self.days is not None:
            back = timedelta(days=self.days)
        elif through is None:
            back = timedelta(days=self.account.first_days)
        else:
            back = self.now - min(through, self.now) + timedelta(days=self.account.reread_days)
        return Window(self.now - back, self.now)

    def _take(self, listing: MeterListing, document: Document) -> None:
        stored = keep_document(account=self.account, run=self.run, document=document)
        report = read_document(stored=stored, now=timezone.now())
        self.run.documents_n += 1
        self.run.new_n += report.new
        self.run.changed_n += report.changed
        self.run.same_n += report.same
        self.run.refused_n += len(report.refused)
        self.run.save()
        told = f"{report.new} new, {report.changed} corrected, {report.same} known readings"
        self.watcher.log(f"{listing.name}: {told}.")
        for refusal in report.refused[:5]:
            self.watcher.warn(f"Refused: {refusal.reason}")


def _note_failure(account: PortalAccount, run: ScrapeRun, error: PortalError) -> None:
    """Keep the reason, and stop by ourselves where another try would do harm."""
    _finish(run, ScrapeRun.State.FAILED, error)
    account.failures += 1
    if isinstance(error, InvalidCredentials) or account.failures >= BREAKER_OPENS_AT:
        account.enabled = False
        account.next_visit_at = None
        account.stopped_because = str(error)
    account.save(update_fields=["failures", "enabled", "next_visit_at", "stopped_because"])


def _finish(run: ScrapeRun, state: str, error: BaseException | None = None) -> None:
    run.state = state
    run.finished_at = timezone.now()
    if error is not None:
        run.error_class = type(error).__name__
        run.error_message = getattr(error, "what", str(error))
        run.advice = getattr(error, "advice", "")
    run.save()


def _keep_evidence(run: ScrapeRun, browser: Browser) -> None:
    """What the browser shows now; a browser that has crashed shows nothing."""
    evidence = Evidence(run=run, taken_at=timezone.now())
    with contextlib.suppress(PortalError):
        evidence.url = browser.redact(browser.current_url)
        evidence.html = browser.page_source()
        evidence.screenshot = browser.screenshot()
    evidence.save()
