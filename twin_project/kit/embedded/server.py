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
    try:
        pid = int((layout.data / "postmaster.pid").read_text().split("\n", 1)[0])
    except (FileNotFoundError, ValueError):
        return None
    return pid if pid in _processes_in(layout.data) else None


def end_leftovers(layout: Layout) -> None:
    """End backends that outlived a killed postmaster: they hold the shared memory and block a new start."""
    if running_postmaster(layout) is not None:
        return
    for pid in _processes_in(layout.data):
        try:
            os.kill(pid, signal.SIGKILL)
        except ProcessLookupError:
            continue


def last_log_line(layout: Layout) -> str:
    """The last line of the log that names an error, else the last one; without its time stamp."""
    if not layout.log.exists():
        return "the log is empty"
    with layout.log.open("rb") as file:
        file.seek(max(0, layout.log.stat().st_size - 8000))
        lines = [line for line in file.read().decode(errors="replace").splitlines() if line.strip()]
    bad = [line for line in lines if "FATAL" in line or "PANIC" in line or "Error" in line]
    return (bad or lines or ["the log is empty"])[-1].partition("] ")[2] or (bad or lines or ["the log is empty"])[-1]


def _processes_in(data: Path) -> list[int]:
    """Living processes that work in the data folder: every process of the server does."""
    import psutil  # only on this rare way: it would slow each start

    found = []
    for process in psutil.process_iter(["cwd", "status", "name"]):
        about = process.info
        if about["cwd"] == str(data) and about["name"] == "postgres" and about["status"] != psutil.STATUS_ZOMBIE:
            found.append(process.pid)
    return found
