"""Tend the ledger, every few seconds, in the process that watches over the clusters.

1. Put back every running job whose lease has run out: its process is gone.
2. Kick every queued job that is due and was not kicked lately: a kick is lost with its cluster.
3. Let each app enqueue what is due.
4. Send a canary round each cluster.

Safe to run in several places at once: each step is conditional in the database.
"""

import logging
import shutil
from datetime import datetime, timedelta

from django.conf import settings
from django.db import InterfaceError, OperationalError, transaction
from django.db.models import F, Q

from twin_project.kit import processes
from twin_project.kit.jobs.context import JOBS_FOLDER
from twin_project.kit.jobs.kick import put_back
from twin_project.kit.jobs.models import Beat, Job
from twin_project.kit.jobs.registry import JobKind, kinds, ticks
from twin_project.kit.jobs.services import kick_off

logger = logging.getLogger("twin.jobs")
CANARY = "twin_project.kit.jobs.kick.canary"
KICK_AGAIN = timedelta(minutes=1)
CANARY_EVERY = timedelta(seconds=30)
ALIVE_WITHIN = timedelta(minutes=3)


def tend(*, now: datetime) -> None:
    """One round."""
    reap(now=now)
    kick_due(now=now)
    for tick in ticks():
        try:
            tick(now)
        except (OperationalError, InterfaceError):
            raise
        except Exception:  # of one app: the others' work, and the clusters, go on
            logger.exception("%s.%s failed; it is tried again in the next round.", tick.__module__, tick.__name__)
    send_canaries(now=now)


def reap(*, now: datetime) -> list[str]:
    """Put back the jobs of dead processes; sweep their folders and those that no open job owns."""
    lost = Job.objects.filter(state=Job.State.RUNNING, lease_until__lt=now)
    outcomes = []
    for job_id in lost.values_list("pk", flat=True):
        processes.sweep(JOBS_FOLDER / str(job_id))
        outcomes.append(put_back(str(job_id), "its process was lost"))
    running = {str(pk) for pk in Job.objects.filter(state=Job.State.RUNNING).values_list("pk", flat=True)}
    for folder in JOBS_FOLDER.glob("*"):
        if folder.name not in running:
            processes.sweep(folder)
            shutil.rmtree(folder, ignore_errors=True)
    return outcomes


def kick_due(*, now: datetime) -> int:
    """Kick what waits and is due; returns how many.

    A job that was kicked waits its turn while its cluster is busy, and is kicked again where it is not.
    """
    busy = [kind.key for name in settings.JOB_CLUSTERS if _works(name, now) for kind in _kinds_of(name)]
    stale = Q(kicked_at=None) | (Q(kicked_at__lt=now - KICK_AGAIN) & ~Q(kind__in=busy))
    with transaction.atomic():
        due = list(
            Job.objects.select_for_update(skip_locked=True).filter(stale, state=Job.State.QUEUED, run_after__lte=now)
        )
        for job in due:
            kick_off(job=job)
    return len(due)


def forget_kicks(*, cluster: str) -> None:
    """A cluster starts anew: what it had fetched is lost, so its queued jobs are kicked again."""
    own = [kind.key for kind in _kinds_of(cluster)]
    Job.objects.filter(state=Job.State.QUEUED, kind__in=own).update(kicked_at=None)


def send_canaries(*, now: datetime) -> None:
    """Send a canary round each cluster whose last one is back, or long overdue."""
    from django_q.tasks import async_task

    for cluster in settings.JOB_CLUSTERS:
        beat, _ = Beat.objects.get_or_create(cluster=cluster)
        back = beat.sent_at is None or beat.back_at == beat.sent_at
        if beat.sent_at is None or now - beat.sent_at > (CANARY_EVERY if back else ALIVE_WITHIN):
            with transaction.atomic():
                Beat.objects.filter(cluster=cluster).update(sent_at=now)
                async_task(CANARY, cluster, now.isoformat(), cluster=cluster, save=False)


def is_alive(*, cluster: str, now: datetime) -> bool:
    """A canary came back lately, or a job of the cluster has a fresh heartbeat (its worker is busy, not dead)."""
    if Beat.objects.filter(cluster=cluster, back_at__gt=now - ALIVE_WITHIN, back_at__lte=F("sent_at")).exists():
        return True
    return _works(cluster, now)


def _works(cluster: str, now: datetime) -> bool:
    own = [kind.key for kind in _kinds_of(cluster)]
    return Job.objects.filter(state=Job.State.RUNNING, kind__in=own, lease_until__gt=now).exists()


def _kinds_of(cluster: str) -> list[JobKind]:
    return [kind for kind in kinds() if kind.cluster == cluster]
