"""A portal may be anywhere but on this machine and in its own network: at save, at each visit, at each redirect."""

import socket
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from pytest_django.fixtures import Settings

from scraping.browser import open_browser
from scraping.chromium import arguments
from scraping.domain.errors import PortalUnavailable
from scraping.models import PortalAccount
from scraping.services import AccountUnusable, save_account, visit_alone
from tests.paper_portal import PAPER_NOW as NOW
from tests.paper_portal import Notes, Paper, PaperPortal, sheet
from twin_project.kit.params import BadParams

AWAY = {"base_url": "https://portal.example/", "pause_s": 2}
PUBLIC = "93.184.216.34"


@pytest.fixture
def names(monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """What host names mean just now; others are unknown."""
    known = {"portal.example": PUBLIC}

    def look_up(host: str, port: int, **_words: Any) -> list[Any]:
        ip = known.get(host, host if host[0].isdigit() else "")
        if not ip:
            raise socket.gaierror("unknown")
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (ip, port))]

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    return known


def save(**params: Any) -> PortalAccount:
    return save_account(name="A", portal="paper_portal", username="me", password="p", params=params)


@pytest.mark.django_db
@pytest.mark.usefixtures("paper")
@pytest.mark.parametrize("ip", ["127.0.0.1", "10.0.0.7", "192.168.1.1", "169.254.169.254", "100.64.0.1"])
def test_an_address_inside_is_refused_at_save_even_behind_a_name(
    names: dict[str, str], monkeypatch: pytest.MonkeyPatch, ip: str
) -> None:
    monkeypatch.setattr(PaperPortal, "may_be_local", False)
    names["portal.example"] = ip
    with pytest.raises(BadParams, match="on this machine or its own network"):
        save(**AWAY)


@pytest.mark.django_db
@pytest.mark.usefixtures("paper")
def test_what_comes_with_the_product_may_be_on_this_machine_but_not_in_its_network(names: dict[str, str]) -> None:
    assert save(base_url="http://127.0.0.1:8600/").pk
    with pytest.raises(BadParams, match="its own network"):
        save(base_url="http://192.168.1.1/")


@pytest.mark.django_db
@pytest.mark.usefixtures("paper", "names")
def test_an_admin_can_allow_it(settings: Settings) -> None:
    settings.ALLOW_PRIVATE_ADDRESSES = True
    assert save(base_url="http://192.168.1.1/").pk


@pytest.mark.django_db
def test_a_name_that_means_another_machine_later_is_refused_by_the_visit(
    names: dict[str, str], paper: Paper, notes: Notes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(PaperPortal, "may_be_local", False)
    account, paper.pages = save(**AWAY), {"m1": [sheet(1.0)]}
    assert visit_alone(account=account, watcher=notes, now=NOW).new_n == 1
    assert paper.pins == {"portal.example": PUBLIC}
    names["portal.example"] = "127.0.0.1"
    with pytest.raises(AccountUnusable, match="may not be visited"):
        visit_alone(account=account, watcher=notes, now=NOW)
    del names["portal.example"]
    with pytest.raises(PortalUnavailable, match="could not be looked up"):
        visit_alone(account=account, watcher=notes, now=NOW)
    assert paper.browsers_n == 1


def test_the_browser_is_led_to_the_machine_that_was_checked(tmp_path: Path) -> None:
    [rule] = [word for word in arguments(tmp_path, ["a.example"], {"a.example": "2001:db8::1"}) if "resolver" in word]
    assert rule.endswith("=MAP a.example [2001:db8::1], MAP * ~NOTFOUND")


class Redirecting(BaseHTTPRequestHandler):
    """Sends some visitors into this machine."""

    def do_GET(self) -> None:
        port = self.connection.getsockname()[1]
        inside = {"/ip": f"http://127.0.0.1:{port}/secret", "/name": f"http://localhost:{port}/secret"}
        if self.path in inside:
            self.send_response(302)
            self.send_header("Location", inside[self.path])
            self.end_headers()
            return
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        self.wfile.write(f"<p id=here>{self.path}</p>".encode())

    def log_message(self, *_words: Any) -> None:
        """Quiet."""


@pytest.mark.e2e
@pytest.mark.enable_socket
def test_no_redirect_leads_a_real_browser_past_the_check(tmp_path: Path) -> None:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Redirecting)
    Thread(target=server.serve_forever, daemon=True).start()
    base = f"http://portal.example:{server.server_address[1]}"
    try:
        with open_browser(tmp_path, hosts=["portal.example"], pins={"portal.example": "127.0.0.1"}) as browser:
            browser.open(f"{base}/page")
            assert browser.text("#here") == "/page"
            for way in ("ip", "name"):
                with pytest.raises(PortalUnavailable, match="NAME_NOT_RESOLVED"):
                    browser.open(f"{base}/{way}")
    finally:
        server.shutdown()
        server.server_close()
