"""kill -9 anywhere in the middle of a visit, and go on: the readings are those of an undisturbed visit."""

from collections.abc import Callable, Iterator
from typing import Any

import psutil
import pytest

from tests.e2e.house import House, kill

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(300)]

# Two visits minutes apart end at different intervals, so only what both must know is compared.
SETTLED = "start_at BETWEEN now() - interval '38 days' AND now() - interval '3 hours'"
READINGS = f"""
    SELECT md5(string_agg(r::text, '|' ORDER BY meter_id, start_at)), count(*), count(DISTINCT (meter_id, start_at))
      FROM (SELECT meter_id, start_at, interval_s, energy_kwh, power_kw, voltage_v, current_a, quality
              FROM meters_reading WHERE {SETTLED}) r"""  # noqa: S608 - a constant of this file
EMPTY = "TRUNCATE meters_reading, meters_readingrevision, scraping_storeddocument, scraping_scraperun CASCADE"
VISIT = """
from django.utils import timezone
from scraping.selectors import account_named
from scraping.services import run_now
import json
print(json.dumps(str(run_now(account=account_named("Test utility")).pk)))
"""


@pytest.fixture(scope="module")
def undisturbed(whole: House) -> tuple[Any, ...]:
    whole.manage("scrape_portal", "Test utility")
    found = whole.sql(READINGS)[0]
    assert found[1] > 3000
    assert found[1] == found[2]
    return found


@pytest.fixture
def workers(whole: House) -> Iterator[psutil.Process]:
    process = whole.start("workers", "manage.py", "run_workers")
    yield psutil.Process(process.pid)
    whole.stop("workers")


def _victim(whole: House, workers: psutil.Process, name: str) -> psutil.Process:
    """The process to kill; the browser is the one that names the profile, the worker the job's parent."""
    everybody = [*workers.children(recursive=True)]
    job = next(p for p in everybody if "run_job" in p.cmdline())
    postgres = next(
        p for p in psutil.process_iter() if "postgres" in p.name() and str(whole.var) in " ".join(p.cmdline())
    )
    victims: dict[str, Callable[[], psutil.Process | None]] = {
        "job": lambda: job,
        "worker": job.parent,
        "cluster": lambda: next(p for p in workers.children() if "qcluster" in p.cmdline() and _runs(p, job)),
        "browser": lambda: next(
            p for p in job.children(recursive=True) if "chrom" in p.name() and "driver" not in p.name()
        ),
        "postgres": lambda: postgres,
    }
    victim = victims[name]()
    assert victim is not None
    return victim


def _runs(cluster: psutil.Process, job: psutil.Process) -> bool:
    return job.pid in {child.pid for child in cluster.children(recursive=True)}


@pytest.mark.parametrize("name", ["job", "worker", "cluster", "browser", "postgres"])
def test_a_kill_in_the_middle_of_a_visit_loses_and_doubles_nothing(
    whole: House, undisturbed: tuple[Any, ...], workers: psutil.Process, name: str
) -> None:
    whole.python(f"from django.db import connection; connection.cursor().execute({EMPTY!r}); print('null')")
    job = whole.python(VISIT)
    whole.wait("the first document", lambda: whole.sql("SELECT count(*) FROM scraping_storeddocument")[0][0] >= 1)
    kill(_victim(whole, workers, name))
    state = "SELECT state, attempts, error_message FROM jobs_job WHERE id = %s"
    whole.wait("the end of the job", lambda: whole.sql(state, job)[0][0] in ("done", "failed"), seconds=150)
    assert whole.sql(state, job)[0][0] == "done", whole.logs()
    assert whole.sql(READINGS)[0] == undisturbed
    whole.wait("no Chrome", lambda: not [p for p in psutil.process_iter() if _is_browser_of(p, whole)], seconds=20)


def _is_browser_of(process: psutil.Process, whole: House) -> bool:
    try:
        return "chrom" in process.name() and str(whole.var) in " ".join(process.cmdline())
    except psutil.Error:
        return False
