"""The moves of a running job, each one conditional UPDATE on the database's own clock.

Only the holder of the current claim can move a job, so a process that was thought dead and comes back
changes nothing.
"""

import uuid
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db import connection, transaction
from django.db.models.functions import Now

from twin_project.kit.jobs.models import Job
from twin_project.kit.jobs.services import enqueue

LEASE = timedelta(seconds=30)


@dataclass(frozen=True)
class Pulse:
    """What a heartbeat learns: is the claim still ours, and does somebody want the job to stop."""

    held: bool
    cancel_requested: bool


def claim(*, job_id: uuid.UUID | str) -> Job | None:
    """Take a due job, or None if it is not to be had. `attempts + 1` is committed before any work."""
    token = uuid.uuid4()
    taken = _update(
        """
        UPDATE jobs_job
           SET state = 'running', attempts = attempts + 1, claim = %s, started_at = now(), heartbeat_at = now(),
               lease_until = now() + %s, step = '', done_n = 0, done_of = NULL,
               error_class = '', error_message = '', advice = ''
         WHERE id = %s AND state = 'queued' AND run_after <= now() AND attempts < max_attempts
        RETURNING id""",
        [token, LEASE, job_id],
    )
    return Job.objects.get(pk=job_id) if taken else None


def beat(*, job: Job) -> Pulse:
    """Extend the lease."""
    row = _update(
        """UPDATE jobs_job SET heartbeat_at = now(), lease_until = now() + %s
            WHERE id = %s AND claim = %s AND state = 'running' RETURNING cancel_requested_at IS NOT NULL""",
        [LEASE, job.pk, job.claim],
    )
    return Pulse(held=row is not None, cancel_requested=bool(row and row[0]))


def report(*, job: Job, step: str, done_n: int, done_of: int | None) -> None:
    """Write where the job stands, for those who watch."""
    Job.objects.filter(pk=job.pk, claim=job.claim).update(step=step[:200], done_n=done_n, done_of=done_of)


def finish(*, job: Job, result: dict[str, Any]) -> bool:
    """Running -> done, and into the queue once more where `again` asks for it; False if the claim was lost."""
    with transaction.atomic():
        ended = _end(job, "done", result=result)
        if ended and Job.objects.filter(pk=job.pk, again=True).exists():
            enqueue(kind=job.kind, params=job.params, dedup_key=job.dedup_key)
    return ended


def fail(*, job: Job, error: BaseException, message: str, advice: str = "") -> bool:
    """Running -> failed, with the reason as a sentence."""
    return _end(job, "failed", error_class=type(error).__name__, error_message=message, advice=advice)


def cancelled(*, job: Job) -> bool:
    """Running -> cancelled."""
    return _end(job, "cancelled")


def requeue(*, job: Job, delay: timedelta, spent: bool, error: BaseException | None = None, message: str = "") -> bool:
    """Running -> queued; the attempt counts only where it was `spent` (a shutdown gives it back)."""
    row = _update(
        """UPDATE jobs_job SET state = 'queued', claim = NULL, lease_until = NULL, kicked_at = NULL,
                  run_after = now() + %s, attempts = attempts - %s, error_class = %s, error_message = %s
            WHERE id = %s AND claim = %s AND state = 'running' RETURNING id""",
        [delay, 0 if spent else 1, type(error).__name__ if error else "", message, job.pk, job.claim],
    )
    return row is not None


def _end(job: Job, state: str, **fields: Any) -> bool:
    held = Job.objects.filter(pk=job.pk, claim=job.claim, state=Job.State.RUNNING)
    return bool(held.update(state=state, finished_at=Now(), lease_until=None, claim=None, **fields))


def _update(sql: str, params: list[Any]) -> tuple[Any, ...] | None:
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        row: tuple[Any, ...] | None = cursor.fetchone()
    return row
