"""Jobs in real clusters: a kill is made good at once, cancel is real, a failure is a sentence."""

import json
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest

from tests.e2e.house import House, kill
from twin_project.kit import processes

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(200)]

ASK = """
import json
from twin_project.kit.jobs.services import enqueue
print(json.dumps(str(enqueue(kind={kind!r}, params=json.loads({params!r})).pk)))
"""


@pytest.fixture(scope="module")
def working() -> Iterator[House]:
    """A twin of which only the workers run."""
    with tempfile.TemporaryDirectory(prefix="twin jobs ", ignore_cleanup_errors=True) as folder:
        Path(folder).chmod(0o755)
        house = House(Path(folder))
        try:
            house.manage("migrate", "-v0")
            house.start("workers", "manage.py", "run_workers")
            yield house
        finally:
            house.close()
        assert house.left_running() == []


def _ask(house: House, kind: str, **params: Any) -> str:
    return str(house.python(ASK.format(kind=kind, params=json.dumps(params))))


def _job(house: House, job: str) -> tuple[Any, ...]:
    return house.sql("SELECT state, attempts, error_message, advice FROM jobs_job WHERE id = %s", job)[0]


def _sleeper(house: House, job: str) -> psutil.Process:
    """The job's process, once its body runs."""
    house.wait("the body", lambda: house.sql("SELECT 1 FROM jobs_job WHERE id = %s AND step = 'Sleeping'", job))
    found = [
        p
        for p in psutil.process_iter(["cmdline"])
        if job in (p.info["cmdline"] or []) and "run_job" in p.info["cmdline"]
    ]
    return found[0]


def test_a_killed_job_runs_again_at_once_and_a_cancelled_one_ends_with_all_that_it_started(
    working: House, tmp_path: Path
) -> None:
    runs = tmp_path / "runs"
    job = _ask(working, "probe_sleep", file=str(runs), seconds=120)
    kill(_sleeper(working, job))
    working.wait("the second attempt", lambda: runs.read_text() == "1\n2\n", seconds=30)
    grandchildren = processes.of_folder(working.var / "jobs" / job)
    assert grandchildren
    working.python(
        "from twin_project.kit.jobs.models import Job; from twin_project.kit.jobs.services import request_cancel;"
        f"request_cancel(job=Job.objects.get(pk={job!r})); print('null')"
    )
    working.wait("the end", lambda: _job(working, job)[0] == "cancelled", seconds=12)
    working.wait("nobody left", lambda: not processes.of_folder(working.var / "jobs" / job), seconds=10)


def test_a_failure_ends_as_a_sentence_with_advice_after_its_attempts(working: House) -> None:
    job = _ask(working, "probe_fail", retry=True)
    working.wait("the end", lambda: _job(working, job)[0] == "failed", seconds=40)
    assert _job(working, job)[1:] == (2, "The probe has no power.", "Plug it in.")


def test_a_stopped_supervisor_gives_the_attempt_back_and_the_job_goes_on_with_the_next(
    working: House, tmp_path: Path
) -> None:
    runs = tmp_path / "runs"
    job = _ask(working, "probe_sleep", file=str(runs), seconds=6)
    _sleeper(working, job)
    working.stop("workers")
    assert _job(working, job)[:2] == ("queued", 0)
    working.start("workers", "manage.py", "run_workers")
    working.wait("the end", lambda: _job(working, job)[0] == "done", seconds=60)
    assert runs.read_text() == "1\n1\n"


def test_a_canary_goes_round_every_cluster(working: House) -> None:
    beats = "SELECT count(*) FROM jobs_beat WHERE back_at IS NOT NULL AND back_at = sent_at"
    working.wait("all canaries", lambda: working.sql(beats)[0][0] == 3, seconds=60)
