"""Keep a few programs running: start, watch, restart with a growing pause, and end each one with all its children."""

import logging
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType

from twin_project.kit import processes
from twin_project.kit.env import ROOT

logger = logging.getLogger("twin.supervise")
LONGEST_PAUSE_S = 30.0


class StopRequested(BaseException):
    """SIGTERM, SIGINT or SIGHUP came."""


@dataclass
class Program:
    """One program and how it fares. `env` is added to the supervisor's own; output goes to `log`."""

    name: str
    argv: Sequence[str]
    log: Path
    env: dict[str, str] = field(default_factory=dict)
    process: subprocess.Popen[bytes] | None = None
    failures: int = 0
    started_at: float = 0.0
    asked: bool = False  # to end

    def start(self) -> None:
        """Start it in a session of its own, tethered to this process."""
        self.log.parent.mkdir(parents=True, exist_ok=True)
        tether = [sys.executable, "-m", "twin_project.kit.tether", str(os.getpid())]
        with self.log.open("ab") as output:
            self.process = subprocess.Popen(
                [*tether, *self.argv],
                cwd=ROOT,
                env={**os.environ, **self.env},
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        self.started_at, self.asked = time.monotonic(), False

    def ask_to_end(self) -> None:
        """TERM the program itself, once; its session is left alone: django-q hangs when its whole group gets one."""
        if self.process and not self.asked and self.process.poll() is None:
            self.asked = True
            self.process.terminate()

    def stop(self, *, patience_s: float = 10) -> None:
        """Ask the program to end, wait, then end whatever of its session is left."""
        if self.process is None:
            return
        members = processes.family(self.process.pid)
        if self.process.poll() is None:
            self.ask_to_end()
            try:
                self.process.wait(timeout=patience_s)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        processes.end([*members, *processes.family(self.process.pid)], patience_s=1)
        self.process = None

    def revive(self) -> bool:
        """Start it again if it has ended and its pause is over; True where it was started."""
        if self.process is None or self.process.poll() is None:
            if self.failures and time.monotonic() - self.started_at > 2 * LONGEST_PAUSE_S:
                self.failures = 0
            return False
        if time.monotonic() - self.started_at < min(2.0**self.failures, LONGEST_PAUSE_S):
            return False
        logger.warning("%s ended with %s; it is started again (%s).", self.name, self.process.returncode, self.log)
        self.failures += 1
        self.stop()
        self.start()
        return True


class Supervisor:
    """Programs that live and die together; the first is started first and stopped last."""

    def __init__(self, programs: Sequence[Program]) -> None:
        self.programs = list(programs)

    def __enter__(self) -> "Supervisor":
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(number, _request_stop)
        for program in self.programs:
            program.start()
        return self

    def __exit__(self, *_: object) -> None:
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(number, signal.SIG_IGN)
        for program in reversed(self.programs):
            program.stop()

    def watch(self, *, every_s: float, do: Callable[[], object] = lambda: None) -> None:
        """Revive what ended and call `do`, until StopRequested."""
        while True:
            for program in self.programs:
                program.revive()
            do()
            time.sleep(every_s)


def _request_stop(_signal: int, _frame: FrameType | None) -> None:
    raise StopRequested
