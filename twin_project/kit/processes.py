"""Process trees: end one for good, and find what a dead parent left behind."""

import contextlib
import ctypes
import os
import signal
import time
from collections.abc import Iterable
from pathlib import Path

import psutil

FOLDER_MARK = "TWIN_JOB_FOLDER"  # in the environment of what a job starts
_PR_SET_PDEATHSIG = 1


def die_with_parent() -> None:
    """Ask the kernel for SIGTERM when the parent ends, kill -9 included. Linux; elsewhere the tending sweeps."""
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)


def words(process: psutil.Process) -> list[str]:
    """Its command line; empty for one that has gone meanwhile, a zombie and another user's."""
    try:
        return list(process.cmdline())
    except (psutil.Error, OSError):
        return []


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


def of_folder(folder: Path) -> list[psutil.Process]:
    """Every live process that belongs to a folder, wherever its parent went; zombies left out.

    A process belongs by FOLDER_MARK in its environment, by the folder's path on its command line (Chromium
    rewrites its environment but names its profile), and by descent from one that does.
    """
    folder = folder.resolve()
    found: dict[int, psutil.Process] = {}
    for process in psutil.process_iter():
        if process.pid == os.getpid() or not _belongs(process, folder):
            continue
        found[process.pid] = process
        with contextlib.suppress(psutil.NoSuchProcess):
            found |= {child.pid: child for child in process.children(recursive=True) if child.pid != os.getpid()}
    return [process for process in found.values() if _is_alive(process)]


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


def sweep(folder: Path, *, patience_s: float = 10) -> int:
    """Kill at once whatever still works for `folder`; returns how many there were.

    Repeats until none is left, for a dying browser may still start a child; raises TimeoutError after `patience_s`.
    """
    ended: set[int] = set()
    deadline = time.monotonic() + patience_s
    while found := of_folder(folder):
        if time.monotonic() > deadline:
            pids = ", ".join(str(process.pid) for process in found)
            raise TimeoutError(f"These processes do not end: {pids}. End them by hand.")
        end(found, patience_s=0)
        ended |= {process.pid for process in found}
    return len(ended)


def _belongs(process: psutil.Process, folder: Path) -> bool:
    if any(word == str(folder) or f"{folder}/" in word for word in words(process)):
        return True
    try:
        return process.environ().get(FOLDER_MARK) == str(folder)
    except (psutil.Error, OSError):
        return False  # gone meanwhile, or another user's


def _is_alive(process: psutil.Process) -> bool:
    try:
        return bool(process.status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False
