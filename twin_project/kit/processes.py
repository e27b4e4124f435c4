"""Process trees: end one for good, and find what a dead parent left behind."""

import contextlib
import ctypes
import os
import signal
from collections.abc import Iterable
from pathlib import Path

import psutil

_PR_SET_PDEATHSIG = 1


def die_with_parent() -> None:
    """Ask the kernel for SIGTERM when the parent ends, kill -9 included. Linux; elsewhere the tending sweeps."""
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)


def family(pid: int) -> list[psutil.Process]:
    """The process, all that descend from it, and all of the session that it leads."""
    found: dict[int, psutil.Process] = {}
    with contextlib.suppress(psutil.NoSuchProcess):
        root = psutil.Process(pid)
        found = {process.pid: process for process in [root, *root.children(recursive=True)]}
    for process in psutil.process_iter():
        with contextlib.suppress(OSError):
            if os.getsid(process.pid) == pid:
                found[process.pid] = process
    return list(found.values())


def marked(folder: Path) -> list[psutil.Process]:
    """Processes that name `folder` on their command line: a browser names its profile, wherever its parent went."""
    mark = str(folder)
    found = []
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error):
            if process.pid != os.getpid() and any(mark in word for word in process.cmdline()):
                found.append(process)
    return found


def end(processes: Iterable[psutil.Process], *, patience_s: float = 10) -> int:
    """TERM, wait, KILL; returns how many had to be killed. Never this very process."""
    alive = [process for process in processes if process.pid != os.getpid()]
    for process in alive:
        with contextlib.suppress(psutil.NoSuchProcess):
            process.terminate()
    _, stubborn = psutil.wait_procs(alive, timeout=patience_s)
    for process in stubborn:
        with contextlib.suppress(psutil.NoSuchProcess):
            process.kill()
    psutil.wait_procs(stubborn, timeout=5)
    return len(stubborn)


def sweep(folder: Path) -> int:
    """Kill at once whatever still works for `folder`; returns how many there were.

    Chrome's children do not all name the profile, so each one's own children go with it.
    """
    doomed: dict[int, psutil.Process] = {}
    for process in marked(folder):
        with contextlib.suppress(psutil.NoSuchProcess):
            doomed |= {p.pid: p for p in [process, *process.children(recursive=True)]}
    end(doomed.values(), patience_s=0)
    return len(doomed)
