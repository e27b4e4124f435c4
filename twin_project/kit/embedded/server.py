"""The running server: its command line, whether it answers, and what a killed one leaves behind."""

import os
import signal
import subprocess
from enum import IntEnum
from pathlib import Path
from typing import IO

from twin_project.kit.embedded import account, binaries
from twin_project.kit.embedded.cluster import USER
from twin_project.kit.embedded.layout import PORT, Layout

IMPOSSIBLE_PID = 2**22 + 1  # above the highest that Linux or macOS gives


class Answer(IntEnum):
    """What pg_isready says; its exit codes."""

    READY = 0
    NOT_YET = 1  # starting, recovering or shutting down
    SILENT = 2


def ask(layout: Layout) -> Answer:
    """Ask the server itself: a process id proves nothing, a zombie has one too."""
    if not (layout.socket_folder / f".s.PGSQL.{PORT}").exists():
        return Answer.SILENT
    command = [binaries.program("pg_isready"), "-q", "-t", "3", "-h", str(layout.socket_folder), "-p", str(PORT)]
    command += ["-U", USER, "-d", USER]  # else libpq looks for the caller's name, which a container may not have
    code = subprocess.run(command, env=binaries.clean_environment(), capture_output=True, check=False).returncode
    return Answer(code) if code in (Answer.READY, Answer.NOT_YET) else Answer.SILENT


def launch(layout: Layout, log: IO[bytes]) -> subprocess.Popen[bytes]:
    """Start `postgres` as a child; no TCP, and a socket in a folder that others cannot enter."""
    settings = {
        "listen_addresses": "",
        "unix_socket_directories": str(layout.socket_folder),
        "unix_socket_permissions": "0700",
        "port": str(PORT),
        "logging_collector": "off",
    }
    command = [binaries.program("postgres"), "-D", str(layout.data)]
    command += [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
    command = account.as_server_user(layout, command)
    environment = binaries.clean_environment()
    return subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, env=environment, cwd="/")


def running_postmaster(layout: Layout) -> int | None:
    """The process id of a postmaster of this data folder that lives and is no zombie."""
    pid = _claimed_by(layout.data / "postmaster.pid")
    return pid if pid is not None and _is_postgres(pid, layout.data) else None


def clear_the_way(layout: Layout) -> None:
    """Remove what a killed server left: backends that hold its memory, and lock files that a zombie guards.

    A server takes a zombie, or a stranger who was given the same process id, for a living postmaster. A lock
    file of such is not removed but given an id that no process can have, so that PostgreSQL's own test
    for leftovers, which reads the rest of that file, still holds.
    """
    locks = (layout.data / "postmaster.pid", layout.socket_folder / f".s.PGSQL.{PORT}.lock")
    left = [path for path in locks if _claimed_by(path) not in (None, IMPOSSIBLE_PID)]
    if not left or running_postmaster(layout) is not None:
        return
    for pid in _backends_in(layout.data):
        try:
            os.kill(pid, signal.SIGKILL)
        except ProcessLookupError:
            continue
    for path in left:
        path.write_text(f"{IMPOSSIBLE_PID}\n" + path.read_text().partition("\n")[2])


def last_log_line(layout: Layout) -> str:
    """The last line of the log that names an error, else the last one; without its time stamp."""
    if not layout.log.exists():
        return "the log is empty"
    with layout.log.open("rb") as file:
        file.seek(max(0, layout.log.stat().st_size - 8000))
        lines = [line for line in file.read().decode(errors="replace").splitlines() if line.strip()]
    bad = [line for line in lines if "FATAL" in line or "PANIC" in line or "Error" in line]
    last = (bad or lines or ["the log is empty"])[-1]
    return (last.partition("] ")[2] or last).strip(" .")


def _claimed_by(lock_file: Path) -> int | None:
    try:
        return int(lock_file.read_text().split("\n", 1)[0])
    except (FileNotFoundError, ValueError):
        return None


def _is_postgres(pid: int, data: Path) -> bool:
    """Whether a living server process of this folder has that id; one whose folder is hidden from us counts."""
    import psutil  # only where something was killed: it would slow each start

    try:
        process = psutil.Process(pid)
        if process.status() == psutil.STATUS_ZOMBIE or process.name() != "postgres":
            return False
        return process.cwd() == str(data)
    except psutil.NoSuchProcess:
        return False
    except psutil.AccessDenied:
        return True


def _backends_in(data: Path) -> list[int]:
    """Living processes of the server: each of them works in the data folder."""
    import psutil

    found = []
    for process in psutil.process_iter(["cwd", "status", "name"]):
        about = process.info
        if about["cwd"] == str(data) and about["name"] == "postgres" and about["status"] != psutil.STATUS_ZOMBIE:
            found.append(process.pid)
    return found
