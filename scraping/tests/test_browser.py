"""What our browser promises beyond clicking: evidence without secrets, its own hosts only, no leftovers."""

import os
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

import psutil
import pytest

from scraping.browser import open_browser
from scraping.chromium import arguments, find_browser, find_driver
from scraping.domain.errors import BrowserCrashed, BrowserMissing, LayoutChanged, PortalUnavailable
from scraping.page_scripts import reading
from scraping.page_scripts.reading import PageReading
from tests.demo_portal import RunningPortal
from twin_project.kit.env import ROOT
from twin_project.kit.processes import of_folder, sweep

e2e = pytest.mark.e2e
pytestmark = pytest.mark.enable_socket
HOSTS = ["127.0.0.1"]


def kinds(processes: list[psutil.Process]) -> set[str]:
    names = set()
    for process in processes:
        with suppress(psutil.NoSuchProcess):  # a helper of Chromium's comes and goes
            names.add(process.name().partition("_")[0])
    return names


@e2e
def test_nothing_is_left_after_a_visit_nor_after_an_error(tmp_path: Path, demo_portal: RunningPortal) -> None:
    folder = tmp_path / "job 1"  # a space in the name is a normal case

    def visit() -> None:
        with open_browser(folder, hosts=HOSTS) as browser:
            browser.open(demo_portal.url)
            assert len(of_folder(folder)) > 3
            raise RuntimeError

    with pytest.raises(RuntimeError):
        visit()
    assert of_folder(folder) == []
    assert list(folder.iterdir()) == []


@e2e
def test_evidence_has_no_typed_secret(tmp_path: Path, demo_portal: RunningPortal) -> None:
    secret = 'a"b<secret>&9'
    with open_browser(tmp_path, hosts=HOSTS) as browser:
        browser.open(demo_portal.url)
        browser.fill("#password", secret, secret=True)
        browser.script("document.querySelector('h1').textContent = 'it is ' + arguments[0]", secret)
        browser.script("document.querySelector('#username').setAttribute('value', arguments[0])", secret)
        before = browser.script("return document.querySelector('#password').value")
        assert browser.screenshot().startswith(b"\x89PNG")
        assert browser.script("return document.querySelector('#password').value") == before == secret
        page = browser.page_source()
        assert "it is [removed]" in page
        assert "secret&gt;" not in page
        assert secret not in page
        assert browser.redact(f"GET /?p={secret}") == "GET /?p=[removed]"


@e2e
def test_the_last_look_at_a_page_has_no_secret_that_was_typed_after_it(
    tmp_path: Path, demo_portal: RunningPortal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("scraping.page_scripts.remembering.SAME_PAGE_S", 0)
    with open_browser(tmp_path, hosts=HOSTS) as browser:
        browser.open(demo_portal.url)
        browser.script("document.querySelector('h1').textContent = 'it is known-before-it-was-typed'")
        browser.settle()
        browser.fill("#password", "known-before-it-was-typed", secret=True)
        seen = browser.last_seen()
    assert seen is not None
    assert "it is [removed]" in seen.html


@e2e
def test_only_the_portals_own_hosts_can_be_reached(tmp_path: Path, demo_portal: RunningPortal) -> None:
    elsewhere = demo_portal.url.replace("127.0.0.1", "localhost")
    with open_browser(tmp_path, hosts=HOSTS) as browser:
        browser.open(demo_portal.url)
        for url in (elsewhere, demo_portal.url.replace("127.0.0.1", "127.0.0.2")):
            with pytest.raises(PortalUnavailable, match="NAME_NOT_RESOLVED"):
                browser.open(url)


@e2e
@pytest.mark.parametrize("victim", ["chromium", "chromedriver"])
def test_a_browser_that_dies_is_a_retryable_error(tmp_path: Path, demo_portal: RunningPortal, victim: str) -> None:
    with open_browser(tmp_path, hosts=HOSTS) as browser:
        browser.open(demo_portal.url)
        found = [p for p in of_folder(tmp_path) if ("driver" in p.name()) == (victim == "chromedriver")]
        for process in found:
            process.kill()
        psutil.wait_procs(found, timeout=5)
        with pytest.raises(BrowserCrashed) as caught:
            browser.open(demo_portal.url)
        seen = browser.last_seen()
        assert seen is not None
        assert (seen.url.startswith(demo_portal.url), "sign-in-button" in seen.html) == (True, True)
        assert browser.requests()[0].url.startswith(demo_portal.url)
    assert caught.value.retryable
    assert of_folder(tmp_path) == []


OWNER = """
import sys, time
from pathlib import Path
from scraping.browser import open_browser
with open_browser(Path(sys.argv[1]), hosts=["127.0.0.1"]) as browser:
    browser.open(sys.argv[2])
    print("open", flush=True)
    time.sleep(120)
"""


@e2e
def test_a_sweep_ends_what_a_killed_owner_left_and_only_that(tmp_path: Path, demo_portal: RunningPortal) -> None:
    mine, other = tmp_path / "job-1", tmp_path / "job-12"
    with open_browser(other, hosts=HOSTS) as bystander:
        command = [sys.executable, "-c", OWNER, str(mine), demo_portal.url]
        with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, start_new_session=True) as owner:
            assert owner.stdout is not None
            assert owner.stdout.readline() == "open\n"
            os.kill(owner.pid, signal.SIGKILL)
        left = of_folder(mine)
        assert len(left) > 3
        assert any("driver" in name for name in kinds(left))
        assert sweep(mine) >= len(left)
        assert of_folder(mine) == []
        assert sweep(mine) == 0
        bystander.open(demo_portal.url)


@e2e
def test_actions_keep_their_distance(tmp_path: Path, demo_portal: RunningPortal) -> None:
    with open_browser(tmp_path, hosts=HOSTS, pause_s=0.7) as browser:
        begin = time.monotonic()
        for _ in range(3):
            browser.open(demo_portal.url)
        assert time.monotonic() - begin >= 1.4


@e2e
def test_json_is_asked_with_the_pages_own_session(tmp_path: Path, demo_portal: RunningPortal) -> None:
    with open_browser(tmp_path, hosts=HOSTS) as browser:
        browser.open(demo_portal.url)
        assert "session has ended" in browser.fetch_json("/meters/21-417-803/readings.json")["error"]
        with pytest.raises(LayoutChanged, match="not JSON"):
            browser.fetch_json("/sign-in/")


def test_no_browser_is_a_sentence_that_says_what_to_type(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    monkeypatch.setattr("scraping.chromium._DRIVERS", ("chromedriver",))
    monkeypatch.delenv("TWIN_BROWSER", raising=False)
    monkeypatch.delenv("TWIN_DRIVER", raising=False)
    for find in (find_browser, find_driver):
        with pytest.raises(BrowserMissing, match="apt install chromium chromium-driver"):
            find()


def test_a_named_browser_that_cannot_be_run_is_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("TWIN_BROWSER", str(tmp_path / "nothing"))
    with pytest.raises(BrowserMissing, match="cannot be run"):
        find_browser()
    with pytest.raises(BrowserMissing, match="cannot be run"), open_browser(tmp_path / "job", hosts=HOSTS):
        pass


@pytest.mark.parametrize(("user", "sandboxed"), [(0, False), (1000, True)])
def test_only_root_goes_without_the_sandbox(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, user: int, sandboxed: bool
) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: user)
    assert ("--no-sandbox" not in arguments(tmp_path, HOSTS)) == sandboxed


class _Boxed(PageReading):
    """A page whose first looks are cut short by boxes."""

    def __init__(self, boxes: int) -> None:
        self.answers: list[object] = [None] * boxes + [["https://portal.example/", "complete", 200]]

    def script(self, _source: str, *_arguments: object) -> object:
        return self.answers.pop(0)

    wait_for = redact = _at = _everywhere = _run = None  # type: ignore[assignment]


def test_a_box_that_opens_in_mid_script_is_waited_for_and_a_page_of_boxes_is_told(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(reading, "_BOX_S", 0)
    assert _Boxed(2)._state() == ("https://portal.example/", "complete", 200)
    with pytest.raises(PortalUnavailable, match="one box after another"):
        _Boxed(reading._BOXES)._state()
