"""What a process does that wants the server: see that it runs, use it, and let go."""

import atexit
import contextlib
import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from twin_project.kit.embedded import binaries, cluster, locks, server
from twin_project.kit.embedded.errors import EmbeddedError
from twin_project.kit.embedded.layout import PORT, Layout

START_S = 60.0
GOODBYE_S = 10.0
KEEPER_S = 5.0
MOST_KEEPERS = 3  # more that end at once would end for ever
_ROOT = Path(__file__).resolve().parents[3]
_users: dict[Path, int] = {}  # var -> our descriptor of users.lock, kept for the life of the process


@dataclass(frozen=True)
class Status:
    """For `doctor` and the status page."""

    running: bool
    version: str
    folder: Path
    size_bytes: int


def ensure_running(var: Path, *, seconds: float = START_S, check: bool = True) -> dict[str, str]:
    """Return the connection words of a server that runs for as long as this process lives.

    With `check=False`, a process that already counts as a user is not asked again whether the server
    answers. Safe from many processes and threads at once. Raises EmbeddedError with a sentence.
    """
    layout = Layout(var.resolve())
    if check or layout.var not in _users:
        cluster.make_folders(layout)
        with locks.exclusive(layout.start_lock, seconds=seconds + START_S):
            cluster.prepare(layout)
            _become_user(layout)
            _wait_ready(layout, seconds)
    return {"host": str(layout.socket_folder), "port": str(PORT), "password": cluster.password(layout)}


def status(var: Path) -> Status:
    """Look without starting anything."""
    layout = Layout(var.resolve())
    running = server.ask(layout) is server.Answer.READY
    sizes = [path.lstat().st_size for path in layout.data.rglob("*") if not path.is_dir()] if running else []
    return Status(running, binaries.version(), layout.data, sum(sizes))


def settle(var: Path, *, seconds: float = 15.0) -> bool:
    """Stop counting as a user; if nobody else is one, wait until the server has stopped. Returns whether it has.

    Each process does so by itself when it ends in peace.
    """
    layout = Layout(var.resolve())
    _release(layout)
    deadline = time.monotonic() + seconds
    while locks.is_held(layout.keeper_lock) and time.monotonic() < deadline:
        if _others_use(layout) and not locks.is_held(layout.users_lock):  # the latter: a keeper that is stopping
            return False
        _say_goodbye(layout)
        time.sleep(0.05)
    return not locks.is_held(layout.keeper_lock)


def stop(var: Path, *, seconds: float = 40.0) -> None:
    """Stop the server now, whoever uses it (they will start it again at their next connection)."""
    layout = Layout(var.resolve())
    _release(layout)
    if server.ask(layout) is not server.Answer.SILENT and not locks.is_held(layout.keeper_lock):
        _spawn_keeper(layout)
    deadline = time.monotonic() + seconds
    while locks.is_held(layout.keeper_lock) and time.monotonic() < deadline:
        if pid := layout.keeper_lock.read_text():
            os.kill(int(pid), signal.SIGTERM)
        time.sleep(0.1)


def _become_user(layout: Layout) -> None:
    if layout.var in _users:
        return
    handle = locks.open_lock(layout.users_lock)
    if not locks.lock_within(handle, seconds=START_S, shared=True):  # a keeper that is stopping holds it
        os.close(handle)
        raise EmbeddedError(f"PostgreSQL in {layout.home} has been stopping for {START_S:.0f} s; see {layout.log}.")
    _users[layout.var] = handle
    atexit.register(settle, layout.var, seconds=GOODBYE_S)


def _release(layout: Layout) -> None:
    handle = _users.pop(layout.var, None)
    if handle is not None:
        os.close(handle)


def _say_goodbye(layout: Layout) -> None:
    """Spare the keeper its grace; it ignores this while there are users."""
    with contextlib.suppress(FileNotFoundError, ProcessLookupError, PermissionError, ValueError):
        if locks.is_held(layout.keeper_lock):
            os.kill(int(layout.keeper_lock.read_text()), signal.SIGUSR1)


def _others_use(layout: Layout) -> bool:
    handle = locks.open_lock(layout.users_lock)
    try:
        return not locks.try_lock(handle)
    finally:
        os.close(handle)


def _wait_ready(layout: Layout, seconds: float) -> None:
    layout.trouble.unlink(missing_ok=True)
    deadline = time.monotonic() + seconds
    keepers = 0
    while True:
        if not locks.is_held(layout.keeper_lock):
            keepers += 1
            _spawn_keeper(layout)
        if server.ask(layout) is server.Answer.READY:
            return
        if layout.trouble.exists():
            raise EmbeddedError(f"PostgreSQL does not start: {layout.trouble.read_text().strip()}. See {layout.log}.")
        if keepers > MOST_KEEPERS or time.monotonic() > deadline:
            last = server.last_log_line(layout)
            raise EmbeddedError(f"PostgreSQL did not come up in {seconds:.0f} s: {last}. See {layout.log}.")
        time.sleep(0.05)


def _spawn_keeper(layout: Layout) -> None:
    """Start a keeper and wait until it holds its lock; it detaches itself, so there is no child to wait for."""
    command = [sys.executable, "-m", "twin_project.kit.embedded.keeper", str(layout.var)]
    path = os.pathsep.join(filter(None, [str(_ROOT), os.environ.get("PYTHONPATH")]))
    environment = binaries.clean_environment() | {"PYTHONPATH": path}
    with layout.log.open("ab") as log:
        subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            env=environment,
            cwd="/",
            start_new_session=True,
            check=True,
        )
    deadline = time.monotonic() + KEEPER_S
    while not locks.is_held(layout.keeper_lock) and time.monotonic() < deadline:
        time.sleep(0.02)
