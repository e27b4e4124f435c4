"""kill -9 anywhere in the middle of a visit, and go on: the readings are those of an undisturbed visit."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import psutil
import pytest

from tests.e2e.house import House, kill
from twin_project.kit.processes import words

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(300)]

# Two visits minutes apart end at different intervals, so only a period that both must know is compared, the same for
# each: it is fixed when this file is read, not by the clock of each question.
STARTED_AT = datetime.now(UTC)
SETTLED = (STARTED_AT - timedelta(days=38), STARTED_AT - timedelta(hours=3))
READINGS = """
    SELECT md5(string_agg(r::text, '|' ORDER BY meter_id, start_at)), count(*), count(DISTINCT (meter_id, start_at))
      FROM (SELECT meter_id, start_at, interval_s, energy_kwh, power_kw, voltage_v, current_a
              FROM meters_reading WHERE start_at BETWEEN %s AND %s) r"""
EMPTY = "TRUNCATE meters_reading, meters_readingrevision, scraping_storeddocument, scraping_scraperun CASCADE"
VISIT = """
from scraping.selectors import account_named
from scraping.services import run_now
import json
print(json.dumps(str(run_now(account=account_named("Test utility")).pk)))
"""


@pytest.fixture(scope="module")
def undisturbed(whole: House) -> tuple[Any, ...]:
    whole.manage("scrape_portal", "Test utility")
    found = whole.sql(READINGS, *SETTLED)[0]
    assert found[1] > 3000
    assert found[1] == found[2]
    return found


@pytest.fixture(scope="module")
def workers(whole: House) -> Iterator[psutil.Process]:
    """The same through all the kills; nothing follows a visit, which would keep the machine busy for minutes."""
    process = whole.start("workers", "manage.py", "run_workers", "--cluster", "scraping")
    yield psutil.Process(process.pid)
    whole.stop("workers")


def _victim(whole: House, workers: psutil.Process, visit: str, name: str) -> psutil.Process:
    """The process to kill; the browser is a child of the visit's job, the worker its parent."""
    job = next(p for p in workers.children(recursive=True) if {"run_job", visit} <= set(words(p)))
    victims: dict[str, Callable[[], psutil.Process | None]] = {
        "job": lambda: job,
        "worker": job.parent,
        "cluster": lambda: next(p for p in workers.children() if job in p.children(recursive=True)),
        "browser": lambda: next(p for p in job.children(recursive=True) if "/chromium" in " ".join(words(p)[:1])),
        "postgres": lambda: next(p for p in psutil.process_iter() if _is_server_of(p, whole)),
    }
    victim = victims[name]()
    assert victim is not None
    return victim


def _is_server_of(process: psutil.Process, whole: House) -> bool:
    line = words(process)
    return bool(line) and line[0].endswith("/postgres") and any(str(whole.var) in word for word in line)


@pytest.mark.parametrize("name", ["job", "worker", "cluster", "browser", "postgres"])
def test_a_kill_in_the_middle_of_a_visit_loses_and_doubles_nothing(
    whole: House, undisturbed: tuple[Any, ...], workers: psutil.Process, name: str
) -> None:
    whole.python(f"from django.db import connection; connection.cursor().execute({EMPTY!r}); print('null')")
    job = whole.python(VISIT)
    whole.wait("the first document", lambda: whole.sql("SELECT count(*) FROM scraping_storeddocument")[0][0] >= 1)
    kill(_victim(whole, workers, job, name))
    state = "SELECT state, attempts, error_message FROM jobs_job WHERE id = %s"
    whole.wait("the end of the job", lambda: whole.sql(state, job)[0][0] in ("done", "failed"), seconds=150)
    assert whole.sql(state, job)[0][0] == "done", whole.logs()
    if name == "browser":
        assert whole.sql(state, job)[0][1] == 1  # a fresh one goes on inside the same job
    assert whole.sql(READINGS, *SETTLED)[0] == undisturbed
    whole.wait("no Chrome", lambda: not [p for p in psutil.process_iter() if _is_browser_of(p, whole)], seconds=20)


def _is_browser_of(process: psutil.Process, whole: House) -> bool:
    line = " ".join(words(process))
    return "chrom" in line and str(whole.var) in line
