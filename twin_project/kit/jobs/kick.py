"""What the queue carries: start a job in a fresh process and watch over it. Runs in a django-q worker.

The worker was forked, so nothing heavy may be imported here. The job's own process claims it; this one
only waits, ends it when its time is up, sweeps what it left, and puts back what died without a word.
"""

import contextlib
import os
import subprocess
import sys
from datetime import timedelta

import psutil
from django.db import connection

from twin_project.kit import processes
from twin_project.kit.env import ROOT
from twin_project.kit.jobs import ledger
from twin_project.kit.jobs.context import JOBS_FOLDER
from twin_project.kit.jobs.models import Beat, Job, JobLine
from twin_project.kit.jobs.services import log_line


def kick(job_id: str, timeout_s: int) -> str:
    """Run the job's process to its end; returns one word on how it went."""
    if not Job.objects.filter(pk=job_id, state=Job.State.QUEUED).exists():
        return "not queued"
    connection.close()  # the wait may be long
    process = subprocess.Popen(
        [sys.executable, str(ROOT / "manage.py"), "run_job", job_id],
        start_new_session=True,
        stdin=subprocess.DEVNULL,
        env={**os.environ, "TWIN_POOLED": "0"},
    )
    try:
        code = process.wait(timeout=timeout_s)
    except subprocess.TimeoutExpired:
        code = None
    finally:
        processes.end(processes.family(process.pid))
        processes.sweep(JOBS_FOLDER / job_id)
        with contextlib.suppress(subprocess.TimeoutExpired, psutil.Error):
            process.wait(timeout=5)
    if code == 0:
        return "ended"
    return put_back(job_id, "it took too long" if code is None else f"its process ended with {code}")


def put_back(job_id: str, reason: str) -> str:
    """Queue a job whose process has died; fail it where its attempts are spent, cancel it where that was asked."""
    job = Job.objects.filter(pk=job_id, state=Job.State.RUNNING).first()
    if job is None:
        return "ended"
    if job.cancel_requested_at:
        ledger.cancelled(job=job)
        return "cancelled"
    error = RuntimeError(reason)
    if job.attempts < job.max_attempts:
        log_line(job_id=job.pk, text=f"Started again: {reason}.", level=JobLine.Level.WARNING)
        ledger.requeue(job=job, delay=timedelta(0), spent=True, error=error, message=reason)
        return "put back"
    message = f"Given up after {job.attempts} attempts: {reason}."
    log_line(job_id=job.pk, text=message, level=JobLine.Level.ERROR)
    ledger.fail(job=job, error=error, message=message, advice="The log of the job says how far it came.")
    return "failed"


def canary(cluster: str, sent_at: str) -> None:
    """Come back from the worker: the cluster is alive, not only its process."""
    Beat.objects.filter(cluster=cluster, sent_at=sent_at).update(back_at=sent_at)
