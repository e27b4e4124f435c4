"""Browsers, jobs, workers and clusters are killed in mid-visit, each at a moment of its own.

What is stored in the end must be what a visit in peace stores.
"""

import random
import time
from collections.abc import Callable
from typing import Any

import psutil

from benchmarks.proving.accounts import ensure_account, run_now
from benchmarks.proving.ground import Ground
from benchmarks.proving.results import Case, Results
from tests.e2e.house import kill
from twin_project.kit import processes

PART = "kills"
STATE = "SELECT state, attempts, error_message FROM jobs_job WHERE id = %s"
OPEN = ("queued", "running")


def run_kills(ground: Ground, results: Results, *, browsers: int, others: int, key: str, days: int) -> None:
    """`others` are shared out over job, worker and cluster."""
    names = [f"browser {n}" for n in range(browsers)]
    names += [f"{('job', 'worker', 'cluster')[n % 3]} {n}" for n in range(others)]
    names = [name for name in names if not results.has(PART, name)]
    if not names:
        return
    ensure_account(ground, key, first_days=days, pause_s=0.2)
    workers = psutil.Process(ground.house.start("workers", "manage.py", "run_workers", "--cluster", "scraping").pid)
    try:
        for name in names:
            results.add(_one(ground, workers, name, key, days))
    finally:
        ground.house.stop("workers")


def _one(ground: Ground, workers: psutil.Process, name: str, key: str, days: int) -> Case:
    for _ in range(4):  # a visit may be over before its moment comes
        ground.empty()
        job = run_now(key)
        ground.house.wait("a visit", lambda job=job: _state(ground, job)[0] != "queued", seconds=60)  # type: ignore[misc]
        time.sleep(random.uniform(0.3, 4.0))  # noqa: S311 - a moment, no secret
        if _strike(workers, job, name.partition(" ")[0]):
            break
        _wait_for_end(ground, job)
    else:
        return Case(PART, name, ok=False, told="no visit lasted long enough to be killed")
    began = time.perf_counter()
    state, attempts, message = _wait_for_end(ground, job)
    in_job = state == "done"
    if not in_job:
        state, _, message = _wait_for_end(ground, run_now(key))
    found = ground.compare(key, days=days)
    left = _orphans(ground)
    facts: dict[str, float] = {"in_job": in_job, "attempts": attempts, "orphans": left}
    facts |= {"doubled": found.doubled, "lost": found.missing, "wrong": found.wrong + found.extra}
    facts["seconds"] = time.perf_counter() - began
    return Case(PART, name, ok=state == "done" and found.whole and not left, told=message[:200], facts=facts)


def _state(ground: Ground, job: str) -> tuple[Any, ...]:
    return ground.house.sql(STATE, job)[0]


def _wait_for_end(ground: Ground, job: str) -> tuple[Any, ...]:
    ground.house.wait("the end of the job", lambda: _state(ground, job)[0] not in OPEN, seconds=240)
    return _state(ground, job)


def _strike(workers: psutil.Process, visit: str, name: str) -> bool:
    """Kill it; False where the visit is over already or has no browser yet."""
    try:
        job = next((p for p in workers.children(recursive=True) if {"run_job", visit} <= set(processes.words(p))), None)
        if job is None:
            return False
        victims: dict[str, Callable[[], psutil.Process | None]] = {
            "job": lambda: job,
            "worker": job.parent,
            "cluster": lambda: next((p for p in workers.children() if job in p.children(recursive=True)), None),
            "browser": lambda: next((p for p in job.children(recursive=True) if _is_browser(p)), None),
        }
        victim = victims[name]()
        if victim is None:
            return False
        kill(victim)
    except psutil.Error:
        return False
    return True


def _is_browser(process: psutil.Process) -> bool:
    program = "".join(processes.words(process)[:1])
    return "/chrom" in program and "driver" not in program


def _orphans(ground: Ground) -> int:
    """Chrome processes of the house after its job has ended, once the sweep had its twenty seconds."""
    until = time.monotonic() + 20
    while (left := _chromes(ground)) and time.monotonic() < until:
        time.sleep(0.5)
    return left


def _chromes(ground: Ground) -> int:
    return len([p for p in processes.of_folder(ground.house.var) if "chrom" in "".join(processes.words(p)[:1])])
