"""What the body of a job holds: where it stands, its folder, its log, and whether it shall stop."""

import logging
import time
from pathlib import Path
from typing import Any

from twin_project.kit.env import VAR
from twin_project.kit.jobs import ledger, services
from twin_project.kit.jobs.models import Job, JobLine

logger = logging.getLogger("twin.jobs")
JOBS_FOLDER = VAR / "jobs"


class RunningJob:
    """A claimed job, seen from inside its own process."""

    def __init__(self, job: Job) -> None:
        self.row = job
        self.folder: Path = JOBS_FOLDER / str(job.pk)
        self._step = ""
        self._told_at = 0.0

    @property
    def params(self) -> dict[str, Any]:
        """What was asked for."""
        return dict(self.row.params)

    def step(self, text: str) -> None:
        """Say what happens now; also a line of the log."""
        self._step = text
        self.log(text)
        self.progress(0, None, always=True)

    def progress(self, done_n: int, done_of: int | None, *, always: bool = False) -> None:
        """Say how far the step is; written at most twice a second."""
        last = done_of is not None and done_n >= done_of
        if always or last or time.monotonic() - self._told_at > 0.5:
            self._told_at = time.monotonic()
            ledger.report(job=self.row, step=self._step, done_n=done_n, done_of=done_of)

    def log(self, text: str, level: str = JobLine.Level.INFO) -> None:
        """Add a line to the log that the job's page shows."""
        logger.log(logging.getLevelNamesMapping()[level.upper()], "%s: %s", self.row, text)
        services.log_line(job_id=self.row.pk, text=text, level=level)

    def warn(self, text: str) -> None:
        """Add a warning to the log."""
        self.log(text, JobLine.Level.WARNING)
