"""Job kinds for tests: they count their runs in a file, sleep, fail, leave children behind."""

import subprocess
import sys
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

from twin_project.kit.jobs.context import RunningJob
from twin_project.kit.jobs.errors import JobError
from twin_project.kit.jobs.registry import job_kind


@job_kind(title="Probe: count", cluster="computing", after=("probe_happened",))
def probe_count(job: RunningJob, *, file: str) -> dict[str, Any]:
    """Append a line to the file."""
    with Path(file).open("a") as out:
        out.write(f"{job.row.attempts}\n")
    job.step("Counted")
    return {"lines": len(Path(file).read_text().splitlines())}


@job_kind(title="Probe: sleep", cluster="computing", max_attempts=3)
def probe_sleep(job: RunningJob, *, file: str, seconds: float) -> dict[str, Any]:
    """Say that it runs, leave a grandchild that names the job's folder, and sleep."""
    subprocess.Popen([sys.executable, "-c", "import time; time.sleep(300)", str(job.folder)], start_new_session=True)
    with Path(file).open("a") as out:
        out.write(f"{job.row.attempts}\n")
    job.step("Sleeping")
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        time.sleep(0.1)
    return {}


@job_kind(title="Probe: fail", cluster="computing", max_attempts=2)
def probe_fail(job: RunningJob, *, retry: bool) -> dict[str, Any]:
    """Fail with a sentence."""
    delay = timedelta(0) if retry else None
    raise JobError("The probe has no power.", advice="Plug it in.", retry_after=delay)
