"""Run the job clusters and tend the ledger, until told to stop."""

import contextlib
import logging
import sys
import time
from argparse import ArgumentParser
from functools import partial
from typing import Any

import psutil
from django.conf import settings
from django.core.management.base import BaseCommand
from django.db import InterfaceError, OperationalError, connection
from django.utils import timezone

from twin_project.kit import processes
from twin_project.kit.env import ROOT, VAR
from twin_project.kit.jobs import tend
from twin_project.kit.supervise import Program, StopRequested, Supervisor

logger = logging.getLogger("twin.workers")
TEND_EVERY_S = 2.0


class Command(BaseCommand):
    """`run_workers [--cluster NAME ...]`: on as many hosts as wanted, against the same database."""

    help = "Run the job clusters (scraping, computing, training), restart what dies, and tend the ledger."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Choose clusters."""
        parser.add_argument("--cluster", action="append", choices=settings.JOB_CLUSTERS, help="only this one")

    def handle(self, *args: Any, **options: Any) -> None:
        """Start the clusters and watch."""
        programs = {name: _cluster(name) for name in options["cluster"] or settings.JOB_CLUSTERS}
        try:
            with Supervisor(list(programs.values())) as supervisor:
                try:
                    supervisor.watch(every_s=TEND_EVERY_S, do=partial(_tend, programs, {}))
                finally:
                    _interrupt_jobs(programs)
                    for program in programs.values():
                        program.ask_to_end()  # all at once: each takes seconds
        except StopRequested:
            self.stdout.write("The workers have stopped; open jobs go on when they are back.")


def _cluster(name: str) -> Program:
    return Program(
        name=f"cluster {name}",
        argv=[sys.executable, str(ROOT / "manage.py"), "qcluster"],
        log=VAR / "log" / f"cluster-{name}.log",
        env={"Q_CLUSTER_NAME": name, "TWIN_POOLED": "0"},
    )


def _interrupt_jobs(programs: dict[str, Program]) -> None:
    """Jobs go back into the queue by themselves; a cluster that stops would wait for them to end."""
    for program in programs.values():
        for process in processes.family(program.process.pid) if program.process else []:
            with contextlib.suppress(psutil.Error):
                if "run_job" in processes.words(process):
                    process.terminate()


def _tend(programs: dict[str, Program], known: dict[str, float]) -> None:
    """One round; `known` remembers when each cluster was started, to see that one was started anew."""
    try:
        now = timezone.now()
        for name, program in programs.items():
            if known.get(name) != program.started_at:
                tend.forget_kicks(cluster=name)
                known[name] = program.started_at
        tend.tend(now=now)
        for name, program in programs.items():
            settled = time.monotonic() - program.started_at > tend.ALIVE_WITHIN.total_seconds()
            if settled and not tend.is_alive(cluster=name, now=now):
                logger.warning("No canary came back from %s; it is restarted.", program.name)
                program.stop()
                program.start()
    except (OperationalError, InterfaceError) as error:
        logger.warning("The database cannot be reached (%s); trying again.", error)
        connection.close()
