"""The row of a visit: opened, ended with its reason, its evidence kept; and what a failure means for the account."""

import contextlib
from datetime import datetime, timedelta
from typing import Any

from django.db import InterfaceError, OperationalError, connection, transaction
from django.db.models import QuerySet
from django.db.models.functions import Now

from scraping.domain.contract import Browser
from scraping.domain.errors import InvalidCredentials, PortalError, SecondFactorRequired
from scraping.models import Evidence, PortalAccount, ScrapeRun
from twin_project.kit.jobs.errors import Interrupted
from twin_project.kit.jobs.models import Job

BREAKER_OPENS_AT = 3
NEEDS_THE_CUSTOMER = (InvalidCredentials, SecondFactorRequired)
SETTLING = timedelta(minutes=1)
BROKEN_OFF = "The visit broke off: its process ended without a word."
GOES_ON = "Nothing is lost; the next visit goes on where this one ended."


def open_run(*, account: PortalAccount, job: str | None, now: datetime) -> ScrapeRun:
    """A new visit. One that still counts as running is not: whoever asks here holds the account's lock."""
    _break_off(ScrapeRun.objects.filter(account=account, state=ScrapeRun.State.RUNNING))
    return ScrapeRun.objects.create(account=account, job=job, started_at=now)


def end_well(*, run: ScrapeRun) -> None:
    """Done; earlier failures are forgotten, and with them the reason why the scraper was stopped."""
    _end(run, ScrapeRun.State.DONE)
    PortalAccount.objects.filter(pk=run.account_id).update(failures=0, stopped_because="")


def end_badly(*, run: ScrapeRun, error: BaseException, counts: bool) -> None:
    """Keep the reason; where the failure `counts`, stop by ourselves if another try would do harm."""
    if isinstance(error, Interrupted):
        told = {"error_class": "Interrupted", "error_message": "The visit was interrupted.", "advice": GOES_ON}
        _end(run, ScrapeRun.State.FAILED, **told)
    elif not isinstance(error, Exception):
        _end(run, ScrapeRun.State.CANCELLED)
    else:
        what, advice = getattr(error, "what", f"{type(error).__name__}: {error}"), getattr(error, "advice", "")
        _end(
            run,
            ScrapeRun.State.FAILED,
            error_class=type(error).__name__,
            error_message=what.replace("\x00", ""),
            advice=advice,
        )
        if isinstance(error, PortalError) and counts:
            _count(run, error)


def end_lost_runs(*, now: datetime) -> int:
    """End the visits whose job has ended without them, as after kill -9; returns how many."""
    old = ScrapeRun.objects.filter(state=ScrapeRun.State.RUNNING, job__isnull=False, started_at__lt=now - SETTLING)
    cancelled = Job.objects.filter(state=Job.State.CANCELLED).values("pk")
    ended = old.filter(job__in=cancelled).update(state=ScrapeRun.State.CANCELLED, finished_at=Now())
    return ended + _break_off(old.exclude(job__in=Job.objects.filter(state__in=Job.OPEN).values("pk")))


def keep_evidence(*, run: ScrapeRun, browser: Browser, now: datetime) -> None:
    """What the browser shows now; the first look at a visit stays, and a browser that has crashed shows nothing."""
    found: dict[str, Any] = {}
    with contextlib.suppress(PortalError):
        found["url"] = browser.redact(browser.current_url)
        found["html"] = browser.page_source().replace("\x00", "")
        found["screenshot"] = browser.screenshot()
    if found:
        Evidence.objects.get_or_create(run=run, defaults={"taken_at": now, **found})


def _break_off(runs: QuerySet[ScrapeRun]) -> int:
    told = {"error_class": "BrokenOff", "error_message": BROKEN_OFF, "advice": GOES_ON}
    return runs.update(state=ScrapeRun.State.FAILED, finished_at=Now(), **told)


def _count(run: ScrapeRun, error: PortalError) -> None:
    """The row may have changed under the visit: only what must be is written."""
    with transaction.atomic():
        account = PortalAccount.objects.select_for_update().get(pk=run.account_id)
        account.failures += 1
        if isinstance(error, NEEDS_THE_CUSTOMER):
            account.stopped_because = f"Stopped at the first refusal, since another try may lock the account: {error}"
        elif account.failures >= BREAKER_OPENS_AT:
            account.stopped_because = f"Stopped after {account.failures} failed visits in a row; the last one: {error}"
        else:
            account.save(update_fields=["failures"])
            return
        account.enabled, account.next_visit_at = False, None
        account.save(update_fields=["failures", "stopped_because", "enabled", "next_visit_at"])


def _end(run: ScrapeRun, state: str, **told: Any) -> None:
    """Write the end, on a new connection where a signal broke the old one in the middle of a statement."""
    running = ScrapeRun.objects.filter(pk=run.pk, state=ScrapeRun.State.RUNNING)
    try:
        running.update(state=state, finished_at=Now(), **told)
    except (OperationalError, InterfaceError):
        connection.close()
        with contextlib.suppress(OperationalError, InterfaceError):  # still gone: the next visit ends this row
            running.update(state=state, finished_at=Now(), **told)
