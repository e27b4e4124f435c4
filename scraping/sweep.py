"""End every browser and driver of a job folder, also after their owner was killed. Knows no selenium.

Ending chromedriver does not end Chromium, and a killed worker ends neither. What belongs to a folder is told by the
profile's path on the command line and by a mark in the environment, and then by descent.
"""

import os
import time
from pathlib import Path

import psutil

from scraping.chromium import FOLDER_MARK


def sweep_browsers(folder: Path, *, patience_s: float = 10) -> int:
    """Kill what belongs to the folder (not to its sub-folders' own jobs) and return how many were ended.

    Repeats until none is left, for a dying browser may still start a child; raises TimeoutError after `patience_s`.
    """
    folder = folder.resolve()
    ended: set[int] = set()
    deadline = time.monotonic() + patience_s
    while found := browser_processes(folder):
        if time.monotonic() > deadline:
            pids = ", ".join(str(process.pid) for process in found)
            raise TimeoutError(f"These browser processes do not end: {pids}. End them by hand.")
        for process in found:
            try:
                process.kill()
            except psutil.NoSuchProcess:
                continue
            ended.add(process.pid)
        psutil.wait_procs(found, timeout=1)
    return len(ended)


def browser_processes(folder: Path) -> list[psutil.Process]:
    """Every live process that belongs to the folder, zombies left out."""
    folder = folder.resolve()
    found: dict[int, psutil.Process] = {}
    for process in psutil.process_iter():
        if process.pid == os.getpid() or not _belongs(process, folder):
            continue
        found[process.pid] = process
        try:
            found |= {child.pid: child for child in process.children(recursive=True)}
        except psutil.NoSuchProcess:
            continue
    return [process for process in found.values() if _is_alive(process)]


def _belongs(process: psutil.Process, folder: Path) -> bool:
    try:
        if f"={folder}/" in " ".join(process.cmdline()):
            return True
        return process.environ().get(FOLDER_MARK) == str(folder)
    except (psutil.NoSuchProcess, psutil.AccessDenied, OSError):
        return False  # gone meanwhile, or another user's


def _is_alive(process: psutil.Process) -> bool:
    try:
        return bool(process.status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False
