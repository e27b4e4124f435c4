"""The scraper's job kinds, and what it enqueues when due."""

from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from scraping.domain.errors import PortalError
from scraping.models import PortalAccount
from scraping.services import NotNow, enqueue_due_visits, visit_alone
from twin_project.kit.jobs.context import RunningJob
from twin_project.kit.jobs.errors import JobError
from twin_project.kit.jobs.registry import every_tick, job_kind
from twin_project.kit.jobs.services import announce

RETRY_DELAYS_S = (5, 60, 300)


def _subject(params: dict[str, Any]) -> str:
    return str(PortalAccount.objects.filter(pk=params["account_id"]).values_list("name", flat=True).first() or "")


@job_kind(title="Visit a portal", cluster="scraping", max_attempts=4, timeout_s=7200, subject=_subject)
def scrape_portal(job: RunningJob, *, account_id: int, days: int | None = None) -> dict[str, Any]:
    """Bring what the portal has, then announce `readings_stored` for each meter that has something new."""
    account = PortalAccount.objects.get(pk=account_id)
    try:
        run = visit_alone(account=account, watcher=job, now=timezone.now(), job=str(job.row.pk), days=days)
    except PortalError as error:
        wait = error.retry_after or timedelta(seconds=RETRY_DELAYS_S[min(job.row.attempts, len(RETRY_DELAYS_S)) - 1])
        retry = error.retryable and not account.stopped_because
        raise JobError(error.what, advice=error.advice, retry_after=wait if retry else None) from error
    except NotNow as error:
        raise JobError(str(error), retry_after=timedelta(seconds=15)) from error
    if run.new_n or run.changed_n:
        for link in account.meters.all():
            announce(announcement="readings_stored", params={"meter_id": link.meter_id})
    return {"documents": run.documents_n, "new": run.new_n, "changed": run.changed_n, "refused": run.refused_n}


@every_tick
def visit_when_due(now: datetime) -> None:
    """Enqueue the visits whose time has come."""
    enqueue_due_visits(now=now)
