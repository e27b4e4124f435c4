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
_NOT_HANDED_ON = ("DATABASE_URL", "PYTHONDONTWRITEBYTECODE")  # dozens of processes would compile the house anew
# Answers each source (a line of JSON) with a line: what it printed, or what it raised.
_ASKED = """
import contextlib, io, json, sys, traceback
from django.db import connection
answers, sys.stdout = sys.stdout, sys.stderr
for line in sys.stdin:
    told = io.StringIO()
    try:
        with contextlib.redirect_stdout(told):
            exec(json.loads(line), {})
    except Exception:
        answers.write(json.dumps({"raised": traceback.format_exc()}) + "\\n")
    else:
        answers.write(json.dumps({"told": told.getvalue()}) + "\\n")
    answers.flush()
    connection.close()  # the database may be killed before the next
"""


class House:
    """Start parts of the twin, ask its database, kill what you like, and end all of it."""

    def __init__(self, folder: Path) -> None:
        self.var = folder
        self.env = {
            **{name: value for name, value in os.environ.items() if name not in _NOT_HANDED_ON},
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
        """Run Python inside Django, in one process for all sources, and return what it prints last as JSON."""
        if "python" not in self.running:
            self.start("python", "manage.py", "shell", "-v0", "-c", _ASKED, pipe=True)
        process = self.running["python"]
        assert process.stdin
        assert process.stdout
        process.stdin.write(json.dumps(source).encode() + b"\n")
        process.stdin.flush()
        answer = json.loads(process.stdout.readline())
        assert "told" in answer, answer["raised"]
        return json.loads(answer["told"].splitlines()[-1])

    def start(self, name: str, *words: str, pipe: bool = False) -> subprocess.Popen[bytes]:
        """Start a part; its output goes to the folder's log/, or (`pipe`) is read by who started it."""
        (self.var / "log").mkdir(parents=True, exist_ok=True)
        with (self.var / "log" / f"{name}.log").open("ab") as log:
            process = subprocess.Popen(
                [sys.executable, *words],
                cwd=ROOT,
                env=self.env,
                stdin=subprocess.PIPE if pipe else subprocess.DEVNULL,
                stdout=subprocess.PIPE if pipe else log,
                stderr=log,
                start_new_session=True,
            )
        self.running[name] = process
        return process

    def stop(self, name: str) -> None:
        """End a part as a person would, with TERM."""
        process = self.running.pop(name)
        process.terminate()
        process.wait(timeout=40)
        for pipe in (process.stdin, process.stdout):
            if pipe:
                pipe.close()

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
        return [" ".join(processes.words(process))[:120] for process in processes.of_folder(self.var)]


def kill(process: psutil.Process) -> None:
    """The hard way."""
    process.send_signal(signal.SIGKILL)
