"""Run one job in a process of its own: claim, heartbeat, body, end. `manage.py run_job ID` is the door."""

import logging
import os
import shutil
import signal
import threading
import time
import traceback
import uuid
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from types import FrameType

from django.db import InterfaceError, OperationalError, connection, transaction

from twin_project.kit import processes
from twin_project.kit.jobs import ledger
from twin_project.kit.jobs.context import RunningJob
from twin_project.kit.jobs.errors import Cancelled, Interrupted, JobError
from twin_project.kit.jobs.models import Job, JobLine
from twin_project.kit.jobs.registry import get_kind

logger = logging.getLogger("twin.jobs")
BEAT_S = 2.0
GRACE_S = 10.0
DATABASE_BACK_S = 60.0


class Heart(threading.Thread):
    """Beats beside the body on a connection of its own, and stops the process when it must stop."""

    def __init__(self, job: Job) -> None:
        super().__init__(name="heart", daemon=True)
        self.job = job
        self.stop_as: type[BaseException] = Interrupted
        self._quiet = threading.Event()
        self._lost_at = time.monotonic() + ledger.LEASE.total_seconds()

    def stop(self) -> None:
        """The body has ended."""
        self._quiet.set()

    def run(self) -> None:
        """Beat until the body ends, the claim is lost, or somebody cancels."""
        while not self._quiet.wait(BEAT_S):
            pulse = self._beat()
            if pulse is not None and not pulse.held:
                logger.error("%s: another process holds this job now; this one ends.", self.job)
                os.killpg(0, signal.SIGKILL)
            if pulse is not None and pulse.cancel_requested:
                self.stop_as = Cancelled
                os.kill(os.getpid(), signal.SIGTERM)
                if not self._quiet.wait(GRACE_S):
                    os.killpg(0, signal.SIGKILL)  # stuck in a long call; the worker writes the end
                return

    def _beat(self) -> ledger.Pulse | None:
        try:
            pulse = ledger.beat(job=self.job)
        except (OperationalError, InterfaceError):
            connection.close()
            if time.monotonic() > self._lost_at:
                os.killpg(0, signal.SIGKILL)  # the lease has run out unseen: somebody else may hold the job
            return None
        self._lost_at = time.monotonic() + ledger.LEASE.total_seconds()
        return pulse


def run_job(job_id: uuid.UUID | str) -> Job | None:
    """Claim and run a job to its end; None if it was not to be had. Call it in a process that leads its own group."""
    job = ledger.claim(job_id=job_id)
    if job is None:
        return None
    running = RunningJob(job)
    processes.sweep(running.folder)
    running.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    heart = Heart(job)

    def on_term(_signal: int, _frame: FrameType | None) -> None:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        raise heart.stop_as

    signal.signal(signal.SIGTERM, on_term)
    heart.start()
    try:
        result = get_kind(job.kind).body(running, **job.params)
        _write_end(partial(ledger.finish, job=job, result=result))
    except BaseException as error:  # every end of a job is written down, whatever it was
        _write_end(partial(_end_badly, running, error))
    finally:
        heart.stop()
        processes.sweep(running.folder)
        shutil.rmtree(running.folder, ignore_errors=True)
    job.refresh_from_db()
    return job


def _write_end(write: Callable[[], object]) -> None:
    """Write the end of a job, waiting for a database that is restarting."""
    give_up_at = time.monotonic() + DATABASE_BACK_S
    while True:
        try:
            with transaction.atomic():
                write()
        except (OperationalError, InterfaceError):
            connection.close()
            if time.monotonic() > give_up_at:
                raise
            time.sleep(0.5)
        else:
            return


def _end_badly(running: RunningJob, error: BaseException) -> None:
    job = running.row
    if isinstance(error, Cancelled):
        running.log("Cancelled.")
        ledger.cancelled(job=job)
    elif isinstance(error, Interrupted | KeyboardInterrupt | SystemExit):
        running.warn("Interrupted; it goes on when the workers are back.")
        ledger.requeue(job=job, delay=timedelta(0), spent=False)
    elif isinstance(error, OperationalError | InterfaceError):
        _retry_or_fail(running, error, "The database went away in the middle of the job.", timedelta(seconds=1))
    elif isinstance(error, JobError):
        _retry_or_fail(running, error, str(error), error.retry_after, error.advice)
    else:
        logger.error("%s failed", job, exc_info=error)
        where = traceback.extract_tb(error.__traceback__)[-1]
        message = f"{type(error).__name__}: {error}"
        running.log(f"{message} ({where.name}, line {where.lineno})", JobLine.Level.ERROR)
        ledger.fail(job=job, error=error, message=message, advice="This is a fault of the twin: please report it.")


def _retry_or_fail(
    running: RunningJob, error: BaseException, message: str, retry_after: timedelta | None, advice: str = ""
) -> None:
    job = running.row
    if retry_after is not None and job.attempts < job.max_attempts:
        running.warn(f"{message} Next try in {retry_after.total_seconds():.0f} s.")
        ledger.requeue(job=job, delay=retry_after, spent=True, error=error, message=message)
    else:
        running.log(message, JobLine.Level.ERROR)
        ledger.fail(job=job, error=error, message=message, advice=advice)
