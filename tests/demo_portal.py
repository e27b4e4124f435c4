"""A demo portal in a process of its own: fixtures that a conftest takes in by name."""

import os
import re
import subprocess
import sys
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from http.client import HTTPResponse
from http.cookiejar import CookieJar
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
USERNAME, PASSWORD = "customer@demo.example", "sunny-meadow-42"  # as settings.py has them
NOW = "2026-11-22T12:00:00+00:00"


@dataclass
class RunningPortal:
    """Where it listens, and its fault switch."""

    url: str
    process: subprocess.Popen[str]

    def fault(self, name: str = "", times: int = -1) -> None:
        """Switch one fault on, or all off."""
        data = urllib.parse.urlencode({"name": name, "times": times}).encode()
        urllib.request.urlopen(f"{self.url}faults/", data, timeout=10).close()  # noqa: S310  # our own process


@dataclass
class Customer:
    """A plain HTTP client with cookies."""

    url: str

    def __post_init__(self) -> None:
        self._opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(CookieJar()))

    def get(self, path: str) -> tuple[int, str, str]:
        """Status, address in the end, and text."""
        return self._ask(path, None)

    def body(self, path: str) -> bytes:
        """What an address gives, whatever it is."""
        with self._opener.open(self.url + path, timeout=10) as answer:
            found: bytes = answer.read()
        return found

    def post(self, path: str, **fields: str) -> tuple[int, str, str]:
        """As `get`, with a form."""
        return self._ask(path, urllib.parse.urlencode(fields).encode())

    def sign_in(self, password: str = PASSWORD, username: str = USERNAME) -> tuple[int, str, str]:
        """Fill the sign-in form with the token that it carries."""
        _, _, page = self.get("sign-in/")
        token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page)
        assert token is not None
        return self.post("sign-in/", csrfmiddlewaretoken=token[1], username=username, password=password)

    def _ask(self, path: str, data: bytes | None) -> tuple[int, str, str]:
        try:
            answer: HTTPResponse = self._opener.open(self.url + path, data, timeout=10)
        except urllib.error.HTTPError as error:
            with error:
                return error.code, error.url or "", error.read().decode()
        with answer:
            return answer.status, answer.url, answer.read().decode()


StartPortal = Callable[..., RunningPortal]


@pytest.fixture(scope="session")
def start_portal() -> Iterator[StartPortal]:
    """Call it with settings (without their prefix) to get a running portal on a free port."""
    started: list[subprocess.Popen[str]] = []

    def start(*, now: str = NOW, **settings: str) -> RunningPortal:
        told = {f"TWIN_DEMO_PORTAL_{name}": value for name, value in settings.items()}
        command = [sys.executable, "-m", "scraping.demo_portal", "--port", "0", "--now", now]
        process = subprocess.Popen(command, cwd=ROOT, env={**os.environ, **told}, stdout=subprocess.PIPE, text=True)
        started.append(process)
        assert process.stdout is not None
        line = process.stdout.readline()
        return RunningPortal(line.split()[-1], process)

    yield start
    for process in started:
        process.terminate()
        process.communicate(timeout=10)


@pytest.fixture(scope="session")
def _shared_portal(start_portal: StartPortal) -> RunningPortal:
    return start_portal(FAULTS="1")


@pytest.fixture
def demo_portal(_shared_portal: RunningPortal) -> Iterator[RunningPortal]:
    """One portal for all tests, without a fault at the start of each."""
    _shared_portal.fault()
    yield _shared_portal
    _shared_portal.fault()


@pytest.fixture
def customer(demo_portal: RunningPortal) -> Customer:
    """A client that has not signed in yet."""
    return Customer(demo_portal.url)
