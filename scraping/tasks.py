"""The scraper's job kinds, and what it enqueues when due."""

from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from scraping.domain.contract import Window
from scraping.domain.errors import PortalError
from scraping.models import Backfill, PortalAccount, Probe, ScrapeRun
from scraping.selectors import link_of
from scraping.services import (
    BackfillErrand,
    EverydayErrand,
    FetchAgainErrand,
    NotNow,
    SignInErrand,
    end_backfill,
    end_lost_runs,
    enqueue_due_visits,
    forget_probe_secrets,
    prune_evidence,
    run_probe,
    sweep_command_folders,
    tend_backfills,
    visit_alone,
    wait_for,
)
from scraping.services import (
    replay_documents as replay_kept_documents,
)
from scraping.services.errands import Errand
from twin_project.kit.jobs.context import RunningJob
from twin_project.kit.jobs.errors import JobError
from twin_project.kit.jobs.registry import every_tick, job_kind

RETRY_DELAYS_S = (5, 60, 300)
BUSY_S = 15
GONE = "This portal account has been deleted since the visit was asked for."
NO_PORTAL = "No portal account brings the readings of this meter, so the missing ones cannot be fetched again."
STOPPED = "The scraper of this portal account was stopped, because the portal refused it."
NEEDS_A_PERSON = ("InvalidCredentials", "SecondFactorRequired", "Blocked")


def _subject(params: dict[str, Any]) -> str:
    return str(PortalAccount.objects.filter(pk=params["account_id"]).values_list("name", flat=True).first() or "")


def _meter_name(params: dict[str, Any]) -> str:
    link = link_of(params["meter_id"])
    return link.meter.name if link else ""


@job_kind(title="Visit a portal", cluster="scraping", max_attempts=4, timeout_s=7200, subject=_subject)
def scrape_portal(job: RunningJob, *, account_id: int, days: int | None = None) -> dict[str, Any]:
    """Bring what the portal has; `readings_stored` is announced for each meter that has something new."""
    return _told(_visit(job, _account(account_id), EverydayErrand(now=timezone.now(), days=days)))


@job_kind(title="Test the sign-in at a portal", cluster="scraping", max_attempts=2, timeout_s=1200, subject=_subject)
def check_sign_in(job: RunningJob, *, account_id: int) -> dict[str, Any]:
    """Sign in and look which meters there are."""
    _visit(job, _account(account_id), SignInErrand())
    job.log("The sign-in works.")
    return {"signed_in": True}


@job_kind(title="Backfill from a portal", cluster="scraping", max_attempts=10, timeout_s=7200, subject=_subject)
def backfill_portal(job: RunningJob, *, account_id: int, backfill_id: int) -> dict[str, Any]:
    """Work on a backfill for a while; the tending asks for the next job as long as windows are left."""
    backfill = Backfill.objects.filter(pk=backfill_id, state=Backfill.State.OPEN).first()
    if backfill is None:
        return {"windows": "nothing to do"}
    errand = BackfillErrand(backfill=backfill)
    run = _visit(job, _account(account_id), errand)
    if errand.is_complete:
        end_backfill(backfill=backfill, state=Backfill.State.DONE, now=timezone.now())
    elif not backfill.windows.exists():
        raise JobError("The portal does not list the meter of this backfill.", advice="Look at it in your own browser.")
    else:
        job.log("Other visits get their turn; the backfill goes on by itself.")
    return _told(run)


@job_kind(
    title="Fetch missing readings again",
    cluster="scraping",
    max_attempts=4,
    timeout_s=3600,
    after=("readings_wanted",),
    subject=_meter_name,
)
def fetch_again(job: RunningJob, *, meter_id: int, start_at: str, end_at: str) -> dict[str, Any]:
    """Ask the portal for one window of one meter once more; both times are ISO with their offset."""
    link = link_of(meter_id)
    if link is None:
        raise JobError(NO_PORTAL, advice="Import them from a file on the page Data.")
    if link.account.stopped_class in NEEDS_A_PERSON:
        raise JobError(STOPPED, advice="Mend that on the page Scraper first, then fetch again.")
    window = Window(datetime.fromisoformat(start_at), datetime.fromisoformat(end_at))
    return _told(_visit(job, link.account, FetchAgainErrand(reference=link.reference, window=window)))


@job_kind(title="Read kept documents again", cluster="scraping", max_attempts=3, timeout_s=3600, subject=_subject)
def replay_documents(job: RunningJob, *, account_id: int) -> dict[str, Any]:
    """Replay the parser over all kept documents; nothing is asked of the portal."""
    account = _account(account_id)
    job.step("Reading the kept documents again")
    try:
        report = replay_kept_documents(account=account, now=timezone.now(), watcher=job)
    except PortalError as error:
        raise JobError(error.what, advice=error.advice) from error
    told = f"{report.new} new, {report.changed} changed, {report.same} as they were, {report.refused} refused"
    job.log(f"{report.documents} documents, {report.unreadable} of them unreadable. Readings: {told}.")
    return report.counts


def _probe_address(params: dict[str, Any]) -> str:
    return str(Probe.objects.filter(pk=params["probe_id"]).values_list("address", flat=True).first() or "")


@job_kind(title="Find series at a portal", cluster="scraping", max_attempts=2, timeout_s=1800, subject=_probe_address)
def probe_portal(job: RunningJob, *, probe_id: int) -> dict[str, Any]:
    """Sign in, walk, propose; see services.probing."""
    probe = Probe.objects.filter(pk=probe_id).first()
    if probe is None:
        raise JobError("This search has been deleted since it was asked for.", advice="Start a new search.")
    try:
        found = run_probe(probe=probe, watcher=job, now=timezone.now())
    except PortalError as error:
        wait = timedelta(seconds=RETRY_DELAYS_S[0]) if error.retryable else None
        raise JobError(error.what, advice=error.advice, retry_after=wait) from error
    return {"pages": probe.pages_n, "proposals": len(found)}


@every_tick
def visit_when_due(now: datetime) -> None:
    """Enqueue what is due, end the visits that nobody makes any more, forget old evidence."""
    end_lost_runs(now=now)
    enqueue_due_visits(now=now)
    tend_backfills(now=now)
    prune_evidence(now=now)
    forget_probe_secrets(now=now)
    sweep_command_folders()


def _account(account_id: int) -> PortalAccount:
    account = PortalAccount.objects.filter(pk=account_id).first()
    if account is None:
        raise JobError(GONE, advice="Add the account again if it is still wanted.")
    return account


def _visit(job: RunningJob, account: PortalAccount, errand: Errand) -> ScrapeRun:
    """A visit, with its errors as the ledger wants them: what may pass is tried again later and later."""
    words: dict[str, Any] = {"job": str(job.row.pk), "tries_again": job.row.attempts < job.row.max_attempts}
    try:
        return visit_alone(account=account, watcher=job, now=timezone.now(), errand=errand, **words)
    except PortalError as error:
        delay = timedelta(seconds=RETRY_DELAYS_S[min(job.row.attempts, len(RETRY_DELAYS_S)) - 1])
        asked = wait_for(error)  # the portal's own word wins
        wait = (delay if asked is None else asked) if error.retryable else None
        raise JobError(error.what, advice=error.advice, retry_after=wait) from error
    except NotNow as error:
        raise JobError(str(error), retry_after=timedelta(seconds=BUSY_S)) from error


def _told(run: ScrapeRun) -> dict[str, Any]:
    return {"documents": run.documents_n, "new": run.new_n, "changed": run.changed_n, "refused": run.refused_n}
