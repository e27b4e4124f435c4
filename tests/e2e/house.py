"""A whole twin in a folder of its own: real processes, a real browser, its own embedded PostgreSQL."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psutil
import psycopg
from psycopg.conninfo import make_conninfo

from twin_project.kit import processes
from twin_project.kit.embedded import ensure_running, settle

ROOT = Path(__file__).resolve().parents[2]
PORTAL_PASSWORD = "only-for-this-test-7261"


class House:
    """Start parts of the twin, ask its database, kill what you like, and end all of it."""

    def __init__(self, folder: Path) -> None:
        self.var = folder
        self.env = {
            **{name: value for name, value in os.environ.items() if name != "DATABASE_URL"},
            "DJANGO_SETTINGS_MODULE": "tests.settings",
            "TWIN_VAR": str(folder),
            "TWIN_HTTPS": "0",
            "TWIN_DEMO_PORTAL_USER": "customer",
            "TWIN_DEMO_PORTAL_PASSWORD": PORTAL_PASSWORD,
            "TWIN_DEMO_PORTAL_FAULTS": "1",
        }
        self.portal_port = 0
        self.running: dict[str, subprocess.Popen[bytes]] = {}

    def manage(self, *words: str, check: bool = True) -> subprocess.CompletedProcess[str]:
        """Run one command to its end."""
        command = [sys.executable, "manage.py", *words]
        done = subprocess.run(command, cwd=ROOT, env=self.env, capture_output=True, text=True, check=False)
        assert not check or done.returncode == 0, done.stdout + done.stderr
        return done

    def python(self, source: str) -> Any:
        """Run Python inside Django and return what it prints as JSON."""
        return json.loads(self.manage("shell", "-v0", "-c", source).stdout.splitlines()[-1])

    def start(self, name: str, *words: str) -> subprocess.Popen[bytes]:
        """Start a part; its output goes to the folder's log/."""
        (self.var / "log").mkdir(parents=True, exist_ok=True)
        with (self.var / "log" / f"{name}.log").open("ab") as log:
            process = subprocess.Popen(
                [sys.executable, *words], cwd=ROOT, env=self.env, stdout=log, stderr=log, start_new_session=True
            )
        self.running[name] = process
        return process

    def stop(self, name: str) -> None:
        """End a part as a person would, with TERM."""
        process = self.running.pop(name)
        process.terminate()
        process.wait(timeout=40)

    def close(self) -> None:
        """End everything."""
        for name in list(self.running):
            try:
                self.stop(name)
            except subprocess.TimeoutExpired:
                processes.end([psutil.Process(self.running[name].pid)], patience_s=1)
        settle(self.var)

    def sql(self, query: str, *params: Any) -> list[tuple[Any, ...]]:
        """Ask the database, waiting for it where it was just killed."""
        for _ in range(100):
            try:
                words = ensure_running(self.var)
                with psycopg.connect(make_conninfo(dbname="twin", user="twin", **words)) as connection:
                    return connection.execute(query, params).fetchall()
            except psycopg.OperationalError:
                time.sleep(0.1)
        raise AssertionError("the database did not come back")

    def wait(self, what: str, holds: Callable[[], Any], *, seconds: float = 90) -> Any:
        """Wait until something holds and return it."""
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            if value := holds():
                return value
            time.sleep(0.1)
        raise AssertionError(f"{what} did not come true in {seconds} s\n{self.logs()}")

    def logs(self) -> str:
        """The end of every log."""
        return "\n".join(f"== {path.name}\n{path.read_text()[-2500:]}" for path in sorted(self.var.glob("log/*.log")))

    def left_running(self) -> list[str]:
        """Processes that still name the folder; Chrome names its profile there."""
        return [" ".join(process.cmdline())[:120] for process in processes.of_folder(self.var)]


def kill(process: psutil.Process) -> None:
    """The hard way."""
    process.send_signal(signal.SIGKILL)
