"""The scraper's job kinds, and what it enqueues when due."""

from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from scraping.domain.errors import PortalError
from scraping.models import PortalAccount
from scraping.services import NotNow, end_lost_runs, enqueue_due_visits, visit_alone
from twin_project.kit.jobs.context import RunningJob
from twin_project.kit.jobs.errors import JobError
from twin_project.kit.jobs.registry import every_tick, job_kind

RETRY_DELAYS_S = (5, 60, 300)
GONE = "This portal account has been deleted since the visit was asked for."


def _subject(params: dict[str, Any]) -> str:
    return str(PortalAccount.objects.filter(pk=params["account_id"]).values_list("name", flat=True).first() or "")


@job_kind(title="Visit a portal", cluster="scraping", max_attempts=4, timeout_s=7200, subject=_subject)
def scrape_portal(job: RunningJob, *, account_id: int, days: int | None = None) -> dict[str, Any]:
    """Bring what the portal has; `readings_stored` is announced for each meter that has something new."""
    account = PortalAccount.objects.filter(pk=account_id).first()
    if account is None:
        raise JobError(GONE, advice="Add the account again if it is still wanted.")
    tries_again = job.row.attempts < job.row.max_attempts
    words: dict[str, Any] = {"job": str(job.row.pk), "days": days, "tries_again": tries_again}
    try:
        run = visit_alone(account=account, watcher=job, now=timezone.now(), **words)
    except PortalError as error:
        delay = timedelta(seconds=RETRY_DELAYS_S[min(job.row.attempts, len(RETRY_DELAYS_S)) - 1])
        wait = max(delay, error.retry_after or delay) if error.retryable else None
        raise JobError(error.what, advice=error.advice, retry_after=wait) from error
    except NotNow as error:
        raise JobError(str(error), retry_after=timedelta(seconds=15)) from error
    return {"documents": run.documents_n, "new": run.new_n, "changed": run.changed_n, "refused": run.refused_n}


@every_tick
def visit_when_due(now: datetime) -> None:
    """Enqueue the visits whose time has come, and end those that nobody makes any more."""
    end_lost_runs(now=now)
    enqueue_due_visits(now=now)
