"""What can be done to a job from outside: ask for it, announce, cancel."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.contrib.auth.models import AbstractBaseUser
from django.db import connection, transaction
from django.utils import timezone

from twin_project.kit.jobs.models import Job, JobLine
from twin_project.kit.jobs.registry import JobKind, get_kind, listeners

KICK = "twin_project.kit.jobs.kick.kick"


def enqueue(
    *,
    kind: str,
    params: dict[str, Any],
    by: AbstractBaseUser | None = None,
    dedup_key: str = "",
) -> Job:
    """Ask for a job; an open one with the same key (kind and params, unless given) is returned instead."""
    found = get_kind(kind)
    key = dedup_key or f"{kind}:{sorted(params.items())}"
    now = timezone.now()
    job = Job(
        kind=kind,
        subject=found.subject(params)[:200],
        dedup_key=key[:200],
        params=params,
        max_attempts=found.max_attempts,
        requested_by_id=getattr(by, "pk", None),
        created_at=now,
        run_after=now,
    )
    while True:
        with transaction.atomic():
            Job.objects.bulk_create([job], ignore_conflicts=True)
            stored = Job.objects.filter(dedup_key=job.dedup_key, state__in=Job.OPEN).first()
            if stored is not None and stored.pk == job.pk:
                kick_off(job=stored, kind=found)
        if stored is not None:  # None: the one in our way ended between the two statements
            return stored


def announce(*, announcement: str, params: dict[str, Any]) -> list[Job]:
    """Enqueue every job kind that listens to the announcement.

    One that runs already may have read before the news came, so it is run once more when it is done.
    """
    return [_follow(kind.key, params) for kind in listeners(announcement)]


def _follow(kind: str, params: dict[str, Any]) -> Job:
    while True:
        job = enqueue(kind=kind, params=params)
        open_as_seen = Job.objects.filter(pk=job.pk, state=job.state)
        if open_as_seen.update(again=job.state == Job.State.RUNNING):
            return job  # else it moved on meanwhile: ask again


def kick_off(*, job: Job, kind: JobKind | None = None) -> None:
    """Put the kick for a queued job on its cluster's queue, in the transaction of the caller."""
    from django_q.tasks import async_task  # its import starts Django's registry of tasks

    kind = kind or get_kind(job.kind)
    async_task(KICK, str(job.pk), kind.timeout_s, cluster=kind.cluster, timeout=kind.timeout_s + 60)
    Job.objects.filter(pk=job.pk).update(kicked_at=timezone.now())


def request_cancel(*, job: Job) -> None:
    """Cancel a job: a queued one at once, a running one within ten seconds."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            UPDATE jobs_job SET cancel_requested_at = now(),
                   state = CASE state WHEN 'queued' THEN 'cancelled' ELSE state END,
                   finished_at = CASE state WHEN 'queued' THEN now() ELSE finished_at END
             WHERE id = %s AND state IN ('queued', 'running')""",
            [job.pk],
        )
    job.refresh_from_db()


def log_line(*, job_id: Any, text: str, level: str = JobLine.Level.INFO) -> None:
    """Append a line to a job's log."""
    JobLine.objects.create(job_id=job_id, at=timezone.now(), level=level, text=text)


@contextmanager
def alone(name: str) -> Iterator[bool]:
    """Hold the advisory lock `name` for a while; yields False at once where somebody else holds it.

    It belongs to the database session, so it ends with the process, kill -9 included.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(hashtextextended(%s, 0))", [name])
        held = bool(cursor.fetchone()[0])
        try:
            yield held
        finally:
            if held and connection.is_usable():
                cursor.execute("SELECT pg_advisory_unlock(hashtextextended(%s, 0))", [name])
