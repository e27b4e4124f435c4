"""The row of a visit: opened, ended with its reason; and what a failure means for the account."""

import contextlib
from datetime import datetime, timedelta
from typing import Any

from django.db import InterfaceError, OperationalError, connection, transaction
from django.db.models import QuerySet
from django.db.models.functions import Now

from scraping.domain.errors import Blocked, InvalidCredentials, PortalError, SecondFactorRequired
from scraping.models import PortalAccount, ScrapeRun
from twin_project.kit.jobs.errors import Interrupted
from twin_project.kit.jobs.models import Job

BREAKER_OPENS_AT = 3
NEEDS_THE_CUSTOMER = (InvalidCredentials, SecondFactorRequired, Blocked)
LONGEST_WAIT = timedelta(days=1)  # whatever the portal says
SETTLING = timedelta(minutes=1)
BROKEN_OFF = "The visit broke off: its process ended without a word."
GOES_ON = "Nothing is lost; the next visit goes on where this one ended."


def open_run(*, account: PortalAccount, purpose: ScrapeRun.Purpose, job: str | None, now: datetime) -> ScrapeRun:
    """A new visit. One that still counts as running is not: whoever asks here holds the account's lock."""
    _break_off(ScrapeRun.objects.filter(account=account, state=ScrapeRun.State.RUNNING))
    return ScrapeRun.objects.create(account=account, purpose=purpose, job=job, started_at=now)


def end_well(*, run: ScrapeRun) -> None:
    """Done; earlier failures are forgotten, and with them the reason why the scraper was stopped."""
    _end(run, ScrapeRun.State.DONE)
    PortalAccount.objects.filter(pk=run.account_id).update(failures=0, stopped_because="", stopped_class="")


def end_badly(*, run: ScrapeRun, error: BaseException, counts: bool, now: datetime) -> None:
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
            _count(run, error, now)


def end_lost_runs(*, now: datetime) -> int:
    """End the visits whose job has ended without them, as after kill -9; returns how many."""
    old = ScrapeRun.objects.filter(state=ScrapeRun.State.RUNNING, job__isnull=False, started_at__lt=now - SETTLING)
    cancelled = Job.objects.filter(state=Job.State.CANCELLED).values("pk")
    ended = old.filter(job__in=cancelled).update(state=ScrapeRun.State.CANCELLED, finished_at=Now())
    return ended + _break_off(old.exclude(job__in=Job.objects.filter(state__in=Job.OPEN).values("pk")))


def _break_off(runs: QuerySet[ScrapeRun]) -> int:
    told = {"error_class": "BrokenOff", "error_message": BROKEN_OFF, "advice": GOES_ON}
    return runs.update(state=ScrapeRun.State.FAILED, finished_at=Now(), **told)


def wait_for(error: PortalError) -> timedelta | None:
    """How long the portal asked to be left alone, a day at most; None where it did not say."""
    return None if error.retry_after is None else min(max(error.retry_after, timedelta(0)), LONGEST_WAIT)


def _count(run: ScrapeRun, error: PortalError, now: datetime) -> None:
    """The row may have changed under the visit: only what must be is written."""
    with transaction.atomic():
        account = PortalAccount.objects.select_for_update().get(pk=run.account_id)
        account.failures += 1
        wait = wait_for(error)
        if isinstance(error, NEEDS_THE_CUSTOMER) and wait is None:
            account.stopped_because = f"Stopped at the first refusal, since another try may lock the account: {error}"
        elif account.failures >= BREAKER_OPENS_AT:
            account.stopped_because = f"Stopped after {account.failures} failed visits in a row; the last one: {error}"
        else:
            if wait is not None and account.next_visit_at is not None:
                account.next_visit_at = max(account.next_visit_at, now + wait)
            account.save(update_fields=["failures", "next_visit_at"])
            return
        account.enabled, account.next_visit_at, account.stopped_class = False, None, type(error).__name__
        account.save(update_fields=["failures", "stopped_because", "stopped_class", "enabled", "next_visit_at"])


def _end(run: ScrapeRun, state: str, **told: Any) -> None:
    """Write the end, on a new connection where a signal broke the old one in the middle of a statement."""
    running = ScrapeRun.objects.filter(pk=run.pk, state=ScrapeRun.State.RUNNING)
    try:
        running.update(state=state, finished_at=Now(), **told)
    except (OperationalError, InterfaceError):
        connection.close()
        with contextlib.suppress(OperationalError, InterfaceError):  # still gone: the next visit ends this row
            running.update(state=state, finished_at=Now(), **told)
