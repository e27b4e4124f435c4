"""A visit: sign in, list the meters, fetch documents oldest first, keep each, read each.

Every document is committed before it is read and every read is one transaction, so a visit that breaks off
anywhere has lost nothing: the next one reads what was kept and fetches from where the readings end. A browser
that crashes is replaced at once, and the new one goes on from the last document that was kept.
"""

import time
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Protocol

from django.utils import timezone

from scraping.domain.contract import Browser, Credentials, Document, MeterListing, Portal, Window
from scraping.domain.errors import BrowserCrashed, LayoutChanged, NoRoom, PortalError
from scraping.domain.redaction import redact
from scraping.models import PortalAccount, PortalMeter, ScrapeRun
from scraping.services.codes import ask_customer
from scraping.services.documents import keep_document, read_document, read_pending
from scraping.services.errands import Errand, EverydayErrand
from scraping.services.evidence import cookie_values, keep_evidence
from scraping.services.locks import lock_of
from scraping.services.plugins import checked_places, of_plugin, portal_of
from scraping.services.room import check_room, room_error
from scraping.services.runs import end_badly, end_well, open_run
from scraping.services.sealing import credentials_of, keep_session, session_of
from scraping.services.sources import link_meter, tell_news
from twin_project.kit import processes
from twin_project.kit.jobs.services import alone

REFUSALS_TOLD = 5
CRASHES_IN_A_ROW = 3  # without a document in between
MOST_BROWSERS = 12
_SIGN_IN_STEPS = 3  # browser, sign-in, list of meters


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
    errand: Errand | None = None,
    tries_again: bool = False,
) -> ScrapeRun:
    """Run the errand at the portal; raises PortalError after keeping its evidence.

    One visit at a time, since two sessions throw each other out: raises NotNow while there is another. Without an
    errand it brings what is new, or so many `days` back. With `tries_again` the caller comes back soon after a
    retryable error, and that one is not counted.
    """
    errand = errand or EverydayErrand(now=now, days=days)
    with alone(lock_of(account.pk)) as free:
        if not free:
            raise NotNow(f"{account} is being visited by another process right now. Wait for it, or stop it first.")
        processes.sweep(watcher.folder)  # what a visit that was killed there has left
        run = open_run(account=account, purpose=errand.purpose, job=job, now=now)
        try:
            _make(_Visit(account, run, watcher, errand), now)
        except BaseException as error:
            comes_back = tries_again and isinstance(error, PortalError) and error.retryable
            end_badly(run=run, error=error, counts=not (comes_back or isinstance(error, NoRoom)), now=now)
            if isinstance(error, PortalError) and not comes_back:
                tell_news(account=account)
            raise
        end_well(run=run)
        tell_news(account=account)
        run.refresh_from_db()
        return run


def _make(visit: "_Visit", now: datetime) -> None:
    """With a full disk anything may fail anyhow: then that is what is told."""
    try:
        check_room(visit.watcher.folder)
        visit.make(now)
    except Exception as error:
        if (full := room_error(visit.watcher.folder, error)) is not None:
            raise full from error
        raise


@dataclass
class _Visit:
    account: PortalAccount
    run: ScrapeRun
    watcher: Watcher
    errand: Errand
    lost: list[LayoutChanged] = field(default_factory=list)
    secrets: list[str] = field(default_factory=list)
    reached: dict[tuple[str, datetime], datetime] = field(default_factory=dict)
    crashes: int = 0
    steps_n: int = 0
    steps_of: int = 0

    def make(self, now: datetime) -> None:
        portal = portal_of(account=self.account)
        credentials = credentials_of(account=self.account, ask=self._ask)
        self.secrets += [credentials.password, credentials.totp_seed]
        self.steps_of = _SIGN_IN_STEPS + self.account.meters.count()
        pending = read_pending(account=self.account, portal=portal, now=now, watcher=self.watcher)
        if pending:
            self.watcher.log(f"Read {pending} documents that an earlier visit had kept.")
        while not self._one_browser(portal, credentials):
            portal = portal_of(account=self.account)  # an instance serves one sign-in
        if self.lost:
            raise self.lost[0]

    def _one_browser(self, portal: Portal, credentials: Credentials) -> bool:
        """Go as far as one browser lives; False where it crashed and another shall go on."""
        from scraping.browser import open_browser  # selenium, in the job's own process only

        kept_before, self.steps_n = self.run.documents_n, 0
        self.run.browsers_n += 1
        self.run.save(update_fields=["browsers_n"])
        pins = checked_places(portal=portal)
        self._step("Starting the browser")
        try:
            with open_browser(self.watcher.folder, hosts=portal.hosts, pause_s=portal.pause_s, pins=pins) as browser:
                try:
                    self._walk(portal, browser, credentials)
                except PortalError as error:
                    self._clean(error)
                    self._keep_evidence(browser)
                    raise
        except BrowserCrashed as error:
            self._clean(error)
            self.crashes = 1 if self.run.documents_n > kept_before else self.crashes + 1
            if self.crashes >= CRASHES_IN_A_ROW or self.run.browsers_n >= MOST_BROWSERS:
                raise
            self.watcher.warn(f"{error.what} A fresh browser goes on from the last document that was kept.")
            processes.sweep(self.watcher.folder)
            time.sleep(self.crashes)
            return False
        return True

    def _walk(self, portal: Portal, browser: Browser, credentials: Credentials) -> None:
        self._sign_in(portal, browser, credentials)
        self.secrets += cookie_values(browser.cookies())
        self._step("Looking for meters")
        with of_plugin(portal):
            listings = portal.list_meters(browser)
        self.watcher.log("Found " + ", ".join(f"{listing.name} ({listing.reference})" for listing in listings) + ".")
        wanted = [listing for listing in listings if self.errand.wants(listing.reference)]
        self.steps_of = _SIGN_IN_STEPS + len(wanted)
        links: dict[str, PortalMeter] = {}
        for listing in wanted:
            try:
                links[listing.reference] = link_meter(account=self.account, listing=listing)
            except LayoutChanged as error:  # of this meter; the others may be as they were
                self._lose(browser, listing, error)
        self.errand.begin(list(links.values()))
        for listing in wanted:
            if listing.reference in links:
                self._bring(portal, browser, listing, links[listing.reference])
        if portal.keeps_session:
            keep_session(account=self.account, cookies=browser.cookies(), now=timezone.now())

    def _sign_in(self, portal: Portal, browser: Browser, credentials: Credentials) -> None:
        self._step(f"Signing in at {portal.params.base_url}")
        with of_plugin(portal):
            if portal.keeps_session and (cookies := session_of(account=self.account)):
                browser.restore_cookies(cookies)
                if portal.is_signed_in(browser):
                    self.watcher.log("The session of the last visit still holds.")
                    return
            portal.log_in(browser, credentials)
            kept = browser.cookies() if portal.keeps_session else None
        if kept is not None:  # at once, for a browser that crashes later
            keep_session(account=self.account, cookies=kept, now=timezone.now())

    def _bring(self, portal: Portal, browser: Browser, listing: MeterListing, link: PortalMeter) -> None:
        told = False
        while (window := self.errand.next_window(link)) is not None:
            first, last = window.local_days(listing.zone)
            days = f"{listing.name}: {first:%-d %b %Y} to {last:%-d %b %Y}"
            self.watcher.log(days) if told else self._step(days)
            told = True
            try:
                self._fetch(portal, browser, listing, link, window)
            except LayoutChanged as error:
                self._lose(browser, listing, error)
                self.errand.gave_up(link, window, error)
            else:
                self.errand.finished(link, window, now=timezone.now())
            self.watcher.progress(*self.errand.progress(link, 1))

    def _fetch(
        self, portal: Portal, browser: Browser, listing: MeterListing, link: PortalMeter, window: Window
    ) -> None:
        """Bring one window, from the last document that an earlier browser of this visit kept.

        From its start: another one may be of the same days.
        """
        key = (listing.reference, window.start)
        start = self.reached.get(key, window.start)
        with of_plugin(portal):
            documents = iter(portal.fetch(browser, listing.reference, Window(start, window.end)))
        while True:
            with of_plugin(portal):
                document = next(documents, None)
            if document is None:
                return
            self._take(portal, listing, document)
            self.reached[key] = min(max(document.window.start, start), window.end - timedelta(seconds=1))
            part = (document.window.end - window.start) / (window.end - window.start)
            self.watcher.progress(*self.errand.progress(link, min(max(part, 0), 1)))

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

    def _step(self, text: str) -> None:
        self.steps_n += 1
        self.watcher.step(f"{self.steps_n} of {max(self.steps_of, self.steps_n)} · {text}")

    def _ask(self, question: str) -> str:
        code = ask_customer(run=self.run, question=redact(question, self.secrets), watcher=self.watcher)
        self.secrets.append(code)
        self.watcher.step(f"{self.steps_n} of {self.steps_of} · Signing in with the code")
        return code

    def _lose(self, browser: Browser, listing: MeterListing, error: LayoutChanged) -> None:
        self._clean(error)
        self._keep_evidence(browser)
        self.watcher.warn(f"{listing.name}: {error.what}")
        self.lost.append(error)

    def _keep_evidence(self, browser: Browser) -> None:
        keep_evidence(run=self.run, browser=browser, secrets=self.secrets, now=timezone.now())

    def _clean(self, error: PortalError) -> None:
        """A portal that repeats what was typed must not bring a secret into a log."""
        error.what = redact(error.what, self.secrets)
        error.advice = redact(error.advice, self.secrets)
