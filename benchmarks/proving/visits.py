"""Every archetype by its recipe over some days, and a year of hours with the clock and the memory watched."""

import threading
import time
from contextlib import suppress

import psutil

from benchmarks.proving.accounts import ensure_account, recipes
from benchmarks.proving.ground import Ground
from benchmarks.proving.results import Case, Results
from twin_project.kit import processes


def run_archetypes(ground: Ground, results: Results, *, days: int) -> None:
    """One visit each; everything of the settled days must be stored as it is true."""
    for key in recipes():
        if results.has("archetypes", key):
            continue
        ensure_account(ground, key)
        visit = ground.visit(key, days=days)
        found = ground.compare(key, days=days)
        told = visit.sentence or f"{found.right} of {found.true_n} right, {found.wrong} wrong, {found.extra} too many"
        facts = {"seconds": visit.seconds, "rows": float(found.right)}
        results.add(Case("archetypes", key, visit.ended == "done" and found.whole and found.true_n > 0, told, facts))


def run_years(ground: Ground, results: Results, keys: list[str], *, best_of: int) -> None:
    """From the command's start to the last stored reading, Python's own start included."""
    for key in keys:
        if results.has("year", key):
            continue
        ensure_account(ground, key)
        seconds, peaks, whole, told = [], [], True, ""
        for _ in range(best_of):
            ground.empty()
            with _Watch(ground) as watch:
                visit = ground.visit(key, days=366, words=[])
            found = ground.compare(key, days=366)
            whole &= visit.ended == "done" and found.whole and found.true_n > 8000
            told = visit.sentence or f"{found.right} of {found.true_n} hours right"
            seconds.append(visit.seconds)
            peaks.append(watch.peak_mib)
        results.add(Case("year", key, whole, told, {"seconds": min(seconds), "mib": max(peaks)}))


class _Watch:
    """The highest proportional memory (PSS, so that shared pages count once) of the visit and its browser."""

    def __init__(self, ground: Ground) -> None:
        self._ground = ground
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)
        self.peak_mib = 0.0

    def __enter__(self) -> "_Watch":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    def _look(self) -> None:
        me = psutil.Process()
        while not self._over.is_set():
            total = 0
            with suppress(psutil.Error):
                visit = [p for p in me.children(recursive=True) if "scrape_portal" in " ".join(processes.words(p))]
                family = {q.pid: q for p in visit for q in [p, *p.children(recursive=True)]}
                family |= {
                    p.pid: p
                    for p in processes.of_folder(self._ground.house.var)
                    if "chrom" in " ".join(processes.words(p))
                }
                for process in family.values():
                    with suppress(psutil.Error):
                        total += process.memory_full_info().pss
            self.peak_mib = max(self.peak_mib, total / 2**20)
            time.sleep(0.5)
