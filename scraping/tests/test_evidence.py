"""What is kept of a failed visit: scrubbed of every secret, shown on a page of its own, forgotten in time."""

from datetime import timedelta

import pytest
from django.test import Client

from scraping.domain.browsing import RequestNote
from scraping.domain.errors import BrowserCrashed, LayoutChanged, PortalError
from scraping.models import Evidence, PortalAccount
from scraping.services import prune_evidence, visit_alone
from tests.paper_portal import PAPER_NOW as NOW
from tests.paper_portal import PAPER_PASSWORD, Notes, Paper

pytestmark = pytest.mark.django_db
SESSION = "a-session-of-the-portal-9917"


@pytest.fixture
def kept(paper: Paper, paper_account: PortalAccount, notes: Notes) -> Evidence:
    """A failed visit of a portal that repeats whatever it knows."""
    paper.cookies = [{"name": "sid", "value": SESSION}, {"name": "lang", "value": "en"}]
    paper.page = f"<p lang=en>{PAPER_PASSWORD} {SESSION}</p>"
    where = f"https://portal.example/data?sid={SESSION}&day=1"
    paper.asked = [
        RequestNote(NOW, "GET", where, 200, "application/json", 1234, 56),
        RequestNote(NOW, "POST", "https://portal.example/sign-in", 0, "", 0, 7),
    ]
    paper.pages = {"m1": [LayoutChanged("There is no table.")]}
    with pytest.raises(LayoutChanged):
        visit_alone(account=paper_account, watcher=notes, now=NOW)
    return Evidence.objects.get()


def test_the_page_and_its_requests_are_kept_without_password_and_cookies(kept: Evidence) -> None:
    assert kept.html == "<p lang=en>[removed] [removed]</p>"
    assert [(note["status"], note["method"], note["size"]) for note in kept.requests] == [
        (200, "GET", 1234),
        (0, "POST", 0),
    ]
    assert kept.requests[0]["url"] == "https://portal.example/data?sid=[removed]&day=1"


def test_the_page_of_the_visit_shows_why_the_picture_and_what_was_asked_for(kept: Evidence, as_viewer: Client) -> None:
    html = as_viewer.get(f"/scraper/visits/{kept.run_id}/").content.decode()
    for words in (
        "There is no table.",
        "LayoutChanged",
        f'src="/scraper/visits/{kept.run_id}/evidence.png"',
        "no answer",
        "https://portal.example/sign-in",
        "Forgotten after 30 days",
    ):
        assert words in html
    assert (
        f'href="/scraper/visits/{kept.run_id}/"' in as_viewer.get(f"/scraper/{kept.run.account_id}/").content.decode()
    )


def test_it_is_forgotten_after_30_days(kept: Evidence, as_viewer: Client) -> None:
    assert prune_evidence(now=kept.taken_at + timedelta(days=29)) == 0
    assert prune_evidence(now=kept.taken_at + timedelta(days=30, seconds=1)) == 1
    assert as_viewer.get(f"/scraper/visits/{kept.run_id}/").status_code == 404
    assert "what the browser showed" not in as_viewer.get(f"/scraper/{kept.run.account_id}/").content.decode()


def test_a_browser_that_shows_only_half_is_kept_by_half(
    paper: Paper, paper_account: PortalAccount, notes: Notes, monkeypatch: pytest.MonkeyPatch
) -> None:
    def gone(_self: object) -> str:
        raise PortalError("It is gone.")

    monkeypatch.setattr("tests.paper_portal.PaperBrowser.page_source", gone)
    paper.pages = {"m1": [LayoutChanged("There is no table.")]}
    with pytest.raises(LayoutChanged):
        visit_alone(account=paper_account, watcher=notes, now=NOW)
    evidence = Evidence.objects.get()
    assert (evidence.html, bytes(evidence.screenshot)) == ("", b"\x89PNG")


def dies(paper: Paper, account: PortalAccount, notes: Notes, *, then: PortalError) -> Evidence:
    """A visit whose browser is gone at once, and whose fresh browsers end with `then`."""
    paper.cookies = [{"name": "sid", "value": SESSION}]
    paper.page = f"<p>{PAPER_PASSWORD} {SESSION}</p>"
    paper.asked = [RequestNote(NOW, "GET", f"https://portal.example/data?sid={SESSION}", 200, "text/html", 1, 1)]
    paper.pages, paper.is_gone = {"m1": [BrowserCrashed("It died."), then]}, True
    with pytest.raises(type(then)):
        visit_alone(account=account, watcher=notes, now=NOW)
    return Evidence.objects.get()


@pytest.fixture
def _no_rest(monkeypatch: pytest.MonkeyPatch, paper: Paper) -> None:
    monkeypatch.setattr("scraping.services.visits.time.sleep", lambda _s: setattr(paper, "is_gone", paper.stays_gone))


@pytest.mark.usefixtures("_no_rest")
def test_of_a_browser_that_is_gone_the_last_page_and_its_requests_are_kept_and_said_to_be_from_before(
    paper: Paper, paper_account: PortalAccount, notes: Notes, as_viewer: Client
) -> None:
    paper.stays_gone, paper.at_the_door = True, BrowserCrashed("It died.")
    kept = dies(paper, paper_account, notes, then=BrowserCrashed("It died."))
    assert (kept.browser_gone, kept.seen_at, bytes(kept.screenshot)) == (True, NOW, b"")
    assert (kept.url, kept.html) == ("http://127.0.0.1:1/where-it-broke", "<p>[removed] [removed]</p>")
    assert [note["url"] for note in kept.requests] == ["https://portal.example/data?sid=[removed]"]
    html = as_viewer.get(f"/scraper/visits/{kept.run_id}/").content.decode()
    for words in ("The browser was gone by then", "from before: the page as it stood at", "None: the browser was gone"):
        assert words in html


@pytest.mark.usefixtures("_no_rest")
def test_what_a_fresh_browser_shows_replaces_what_was_known_of_one_that_was_gone(
    paper: Paper, paper_account: PortalAccount, notes: Notes
) -> None:
    kept = dies(paper, paper_account, notes, then=LayoutChanged("There is no table."))
    assert (kept.browser_gone, kept.seen_at, bytes(kept.screenshot)) == (False, None, b"\x89PNG")


@pytest.mark.usefixtures("_no_rest")
def test_of_a_browser_that_never_came_to_a_page_nothing_is_kept(
    paper: Paper, paper_account: PortalAccount, notes: Notes
) -> None:
    paper.page, paper.is_gone, paper.stays_gone = "", True, True
    paper.at_the_door = BrowserCrashed("It died.")
    with pytest.raises(BrowserCrashed):
        visit_alone(account=paper_account, watcher=notes, now=NOW)
    assert not Evidence.objects.exists()
