"""The life of the embedded server, with real processes and real kills, each test in a folder of its own."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from twin_project.kit.embedded import EmbeddedError, binaries, ensure_running, status, stop
from twin_project.kit.embedded.layout import Layout

pytestmark = pytest.mark.e2e

ROOT = Path(__file__).resolve().parents[2]

# A user of the server: answers each statement that it reads with one line, through the Django engine.
USER = """
import sys, warnings
from django.conf import settings
warnings.simplefilter("ignore", RuntimeWarning)  # no app is loaded here
settings.configure(DATABASES={"default": {"ENGINE": "twin_project.kit.embedded", "NAME": "twin", "USER": "twin"}})
from django.db import OperationalError, connection
def answer(sql):
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return cursor.fetchone()[0] if cursor.description else "done"
print(answer("SELECT pg_postmaster_start_time()"), flush=True)
for line in sys.stdin:
    try:
        print(answer(line), flush=True)
    except OperationalError:  # the connection was cut: a new one waits for the server
        connection.close()
        print(answer(line), flush=True)
"""


class User:
    """A process that uses the server."""

    def __init__(self, var: Path) -> None:
        environment = os.environ | {"TWIN_VAR": str(var)}
        self.process = subprocess.Popen(
            [sys.executable, "-c", USER],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env=environment,
            cwd=ROOT,
        )

    def read(self) -> str:
        assert self.process.stdout is not None
        line = self.process.stdout.readline().strip()
        assert line, f"the user ended with {self.process.wait()}"
        return line

    def ask(self, sql: str) -> str:
        assert self.process.stdin is not None
        self.process.stdin.write(sql + "\n")
        self.process.stdin.flush()
        return self.read()

    def end(self, *, kill: bool = False) -> None:
        if kill:
            self.process.kill()
        self.process.communicate()


@pytest.fixture
def var() -> Iterator[Path]:
    """A folder with a space in its name that other users may enter, as `var/` of a clone may be."""
    top = Path(tempfile.mkdtemp(prefix="twin ")).resolve()
    top.chmod(0o755)
    yield top / "var"
    stop(top / "var")
    shutil.rmtree(top)


@pytest.fixture
def new_user(var: Path) -> Iterator[Callable[[], User]]:
    users: list[User] = []

    def make() -> User:
        users.append(User(var))
        return users[-1]

    yield make
    for user in users:
        user.end(kill=True)


def processes_of(var: Path) -> list[str]:
    """Every living process of the server or its keeper."""
    found = []
    for process in psutil.process_iter(["cmdline", "cwd", "status"]):
        about = process.info
        if about["status"] != psutil.STATUS_ZOMBIE and str(var) in f"{about['cwd']} {about['cmdline']}":
            found.append(" ".join(about["cmdline"] or []))
    return found


def wait_for_none(var: Path, seconds: float = 5.0) -> list[str]:
    deadline = time.monotonic() + seconds
    while (left := processes_of(var)) and time.monotonic() < deadline:
        time.sleep(0.1)
    return left


def keeper_pid(var: Path) -> int:
    return int(Layout(var).keeper_lock.read_text())


def postmaster_pid(var: Path) -> int:
    return int((Layout(var).data / "postmaster.pid").read_text().split()[0])


def test_eight_processes_at_once_share_one_server_that_stops_after_the_last(
    var: Path, new_user: Callable[[], User]
) -> None:
    users = [new_user() for _ in range(8)]
    assert len({user.read() for user in users}) == 1
    for user in users[:7]:
        user.end()
    time.sleep(2)
    assert users[7].ask("SELECT 1") == "1"
    assert status(var).running
    users[7].end()
    assert wait_for_none(var) == []
    assert not status(var).running


def test_the_server_stops_when_its_only_user_is_killed(var: Path, new_user: Callable[[], User]) -> None:
    user = new_user()
    user.read()
    user.end(kill=True)
    assert wait_for_none(var) == []


def test_a_process_that_ends_in_peace_as_the_last_leaves_nothing_running(
    var: Path, new_user: Callable[[], User]
) -> None:
    user = new_user()
    user.read()
    user.end()
    assert processes_of(var) == []


def test_a_user_goes_on_with_its_rows_after_the_postmaster_is_killed(var: Path, new_user: Callable[[], User]) -> None:
    user = new_user()
    started = user.read()
    user.ask("CREATE TABLE kept AS SELECT generate_series(1, 300) AS n")
    os.kill(postmaster_pid(var), signal.SIGKILL)
    while user.ask("SELECT pg_postmaster_start_time()") == started:
        time.sleep(0.05)  # the old backend answers until it notices
    assert user.ask("SELECT count(*) FROM kept") == "300"


def test_a_server_whose_keeper_was_killed_is_adopted(var: Path, new_user: Callable[[], User]) -> None:
    first = new_user()
    started = first.read()
    os.kill(keeper_pid(var), signal.SIGKILL)
    second = new_user()
    assert second.read() == started
    os.kill(postmaster_pid(var), signal.SIGKILL)
    assert new_user().read() > started
    for user in (first, second):
        user.end()


def test_everything_killed_at_once_starts_again_with_every_row(var: Path, new_user: Callable[[], User]) -> None:
    user = new_user()
    user.read()
    user.ask("CREATE TABLE kept AS SELECT generate_series(1, 300) AS n")
    for pid in (keeper_pid(var), postmaster_pid(var), user.process.pid):
        os.kill(pid, signal.SIGKILL)
    again = new_user()
    again.read()
    assert again.ask("SELECT count(*) FROM kept") == "300"


def test_a_program_that_a_user_executes_does_not_hold_the_server_up(var: Path) -> None:
    ensure_running(var)
    seen = subprocess.run(["ls", "-l", "/proc/self/fd"], capture_output=True, text=True, check=True).stdout
    assert str(var) not in seen
    seen_by_us = [os.readlink(entry) for entry in Path("/proc/self/fd").iterdir() if entry.is_symlink()]
    assert any(str(var) in target for target in seen_by_us)


def test_no_tcp_port_is_open_and_the_password_is_asked_for(var: Path) -> None:
    words = ensure_running(var)
    command = [binaries.program("psql"), "-h", words["host"], "-p", words["port"], "-U", "twin", "-wAtc"]
    command += ["SHOW listen_addresses", "twin"]

    def psql(password: str) -> subprocess.CompletedProcess[str]:
        environment = binaries.clean_environment() | {"PGPASSWORD": password}
        return subprocess.run(command, capture_output=True, text=True, env=environment, check=False)

    assert psql(words["password"]).stdout.strip() == ""
    assert psql(words["password"]).returncode == 0
    assert "password authentication failed" in psql("wrong").stderr
    assert (Layout(var).var / "secrets" / "postgres").stat().st_mode & 0o777 == 0o600


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become another user")
def test_another_user_of_the_machine_does_not_reach_the_socket(var: Path) -> None:
    words = ensure_running(var)
    command = ["setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups", binaries.program("psql")]
    command += ["-h", words["host"], "-p", words["port"], "-U", "twin", "-wAtc", "SELECT 1", "twin"]
    environment = binaries.clean_environment() | {"PGPASSWORD": words["password"]}
    done = subprocess.run(command, capture_output=True, text=True, env=environment, check=False)
    assert done.returncode != 0
    assert "Permission denied" in done.stderr


def test_a_data_folder_of_another_major_version_is_refused_with_a_sentence(var: Path) -> None:
    data = Layout(var).data
    data.mkdir(parents=True)
    (data / "PG_VERSION").write_text("17\n")
    with pytest.raises(EmbeddedError, match=r"made by PostgreSQL 17, but the installed one is 18.*DATABASE_URL"):
        ensure_running(var)


def test_a_server_that_cannot_start_is_explained_by_its_log(var: Path) -> None:
    ensure_running(var)
    stop(var)
    with (Layout(var).data / "postgresql.conf").open("a") as file:
        file.write("shared_buffers = plenty\n")
    with pytest.raises(EmbeddedError, match=r"does not start: .*postgresql.conf.*postgres\.log"):
        ensure_running(var)


def test_a_folder_that_cannot_be_used_is_named(var: Path) -> None:
    var.write_text("in the way")
    with pytest.raises(EmbeddedError, match="cannot be used: Not a directory"):
        ensure_running(var)
    var.unlink()


def test_a_path_too_long_for_a_socket_gets_a_short_folder_of_its_own(var: Path) -> None:
    deep = var / ("long, " * 20)
    words = ensure_running(deep)
    try:
        assert status(deep).running
        assert len(words["host"]) < 80
        assert Path(words["host"]).stat().st_mode & 0o777 == 0o700
    finally:
        stop(deep)
        Path(words["host"]).rmdir()
