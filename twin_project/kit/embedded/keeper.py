"""The keeper: a small process that runs the server while anyone uses it, and stops it after the last one.

    python -m twin_project.kit.embedded.keeper VAR

1. Leave the caller's process tree, take keeper.lock, write the process id into it.
2. If a server of a killed keeper answers, adopt it; else start one.
3. Twice a second: start it again if it is gone; try users.lock, which every user holds in shared mode
   until the kernel takes it at the end of its process.
4. If nobody has held it for a second, or the last one said goodbye (SIGUSR1), keep it (newcomers wait), stop
   the server, end.
"""

import os
import select
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

from twin_project.kit.embedded import locks, server
from twin_project.kit.embedded.layout import Layout

POLL_S = 0.5
GRACE_S = 1.0
LONGEST_BACKOFF_S = 5.0
FAILURES_BEFORE_TROUBLE = 3
STOP_S = 30.0
LOG_BYTES = 5_000_000


class Keeper:
    """Holds the server of one layout up."""

    def __init__(self, layout: Layout) -> None:
        self.layout = layout
        self.users = locks.open_lock(layout.users_lock)
        self.child: subprocess.Popen[bytes] | None = None
        self.failures = 0
        self.proven = False
        self.next_start = 0.0
        self.idle_since: float | None = None
        self.told_to_stop = False
        self.told_goodbye = False
        self.woken, self.wake = os.pipe()

    def run(self) -> None:
        """Keep until the last user has ended, the data folder is gone, or SIGTERM."""
        os.set_blocking(self.wake, False)
        signal.set_wakeup_fd(self.wake, warn_on_full_buffer=False)
        signal.signal(signal.SIGTERM, self._on_stop)
        signal.signal(signal.SIGUSR1, self._on_goodbye)
        while not self.told_to_stop and self.layout.data.exists():
            self._tend()
            self._bound_log()
            if self._deserted():
                break
            self._rest()
        self._stop_server()

    def _on_stop(self, *_: object) -> None:
        self.told_to_stop = True

    def _on_goodbye(self, *_: object) -> None:
        self.told_goodbye = True

    def _rest(self) -> None:
        """Sleep until the next poll or the next signal."""
        if select.select([self.woken], [], [], POLL_S if self.proven else POLL_S / 5)[0]:
            os.read(self.woken, 4096)

    def _tend(self) -> None:
        if self.child is not None and self.child.poll() is None:
            if not self.proven and server.ask(self.layout) is server.Answer.READY:
                self._well()
            return
        if self.child is not None:
            self._bury()
        if server.ask(self.layout) is not server.Answer.SILENT:
            self._well()  # the server of a keeper that was killed
        elif time.monotonic() >= self.next_start:
            server.clear_the_way(self.layout)
            with self.layout.log.open("ab") as log:
                self.child = server.launch(self.layout, log)

    def _well(self) -> None:
        self.proven, self.failures = True, 0
        self.layout.trouble.unlink(missing_ok=True)

    def _bury(self) -> None:
        """The child has ended by itself: count, wait longer each time, and tell those who wait."""
        self.child, self.proven = None, False
        self.failures += 1
        self.next_start = time.monotonic() + min(0.1 * 2**self.failures, LONGEST_BACKOFF_S)
        if self.failures >= FAILURES_BEFORE_TROUBLE:
            self.layout.trouble.write_text(server.last_log_line(self.layout))

    def _deserted(self) -> bool:
        if not locks.try_lock(self.users):
            self.idle_since, self.told_goodbye = None, False
            return False
        now = time.monotonic()
        self.idle_since = self.idle_since or now
        if self.told_goodbye or now - self.idle_since >= GRACE_S:
            return True  # with the lock held: a newcomer waits for the end and starts a new keeper
        locks.unlock(self.users)
        return False

    def _stop_server(self) -> None:
        """Ask for a fast shutdown (SIGINT), then an immediate one (SIGQUIT): never a kill that skips the log."""
        for request, seconds in ((signal.SIGINT, STOP_S), (signal.SIGQUIT, 5.0)):
            pid = self.child.pid if self.child else server.running_postmaster(self.layout)
            if pid is None or (self.child and self.child.poll() is not None):
                return
            os.kill(pid, request)
            deadline = time.monotonic() + seconds
            while time.monotonic() < deadline and self._lives():
                time.sleep(0.02)

    def _lives(self) -> bool:
        if self.child is not None:
            return self.child.poll() is None
        return server.running_postmaster(self.layout) is not None

    def _bound_log(self) -> None:
        """One old log is kept; the open one is cut in place, since the server appends to it."""
        log = self.layout.log
        if log.exists() and log.stat().st_size > LOG_BYTES:
            shutil.copyfile(log, log.with_suffix(".log.1"))
            os.truncate(log, 0)


def main(var: str) -> None:
    """Detach from the caller, so that it has no child to wait for, and keep."""
    if os.fork():
        return
    os.chdir("/")
    for ignored in (signal.SIGINT, signal.SIGHUP, signal.SIGTERM, signal.SIGUSR1):  # the last two until `run`
        signal.signal(ignored, signal.SIG_IGN)
    layout = Layout(Path(var))
    lock = locks.open_lock(layout.keeper_lock)
    if not locks.lock_within(lock, seconds=2):
        return  # there is a keeper already
    os.truncate(lock, 0)
    os.pwrite(lock, str(os.getpid()).encode(), 0)
    Keeper(layout).run()


if __name__ == "__main__":
    main(sys.argv[1])
