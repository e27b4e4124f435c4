"""The plug-in in a real Chromium against the real demo portal: the good visit, and each way it can go wrong."""

import logging
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pandas as pd
import pytest

from scraping.browser import open_browser
from scraping.demo_portal.catalogue import METERS
from scraping.demo_portal.replay import readings
from scraping.domain.contract import Browser, Credentials, Document, Portal, Window
from scraping.domain.errors import Blocked, InvalidCredentials, LayoutChanged, PortalError, PortalUnavailable
from scraping.portals.demo_utility import DemoUtility
from tests.demo_portal import NOW, PASSWORD, USERNAME, RunningPortal, StartPortal

pytestmark = [pytest.mark.e2e, pytest.mark.enable_socket]
PARIS = "21-417-803"
END = datetime.fromisoformat(NOW)
THREE_DAYS = Window(END - timedelta(days=3), END)
CREDENTIALS = Credentials(USERNAME, PASSWORD)


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    with open_browser(tmp_path_factory.mktemp("job"), hosts=["127.0.0.1"]) as opened:
        yield opened


@pytest.fixture
def portal(demo_portal: RunningPortal) -> Portal:
    return DemoUtility(DemoUtility.Params(base_url=demo_portal.url))


def fetched(portal: Portal, browser: Browser, window: Window = THREE_DAYS, meter: str = PARIS) -> list[Document]:
    return list(portal.fetch(browser, meter, window))


def test_three_days_of_both_meters_arrive_as_the_portal_has_them(browser: Browser, portal: Portal) -> None:
    portal.log_in(browser, CREDENTIALS)
    listings = portal.list_meters(browser)
    assert [(found.zone, found.simulated) for found in listings] == [("Europe/Paris", False), ("America/Chicago", True)]
    for listing in listings:
        meter = METERS[listing.reference]
        assert listing.quantities == tuple(quantity.field for quantity in meter.quantities)
        [document] = fetched(portal, browser, meter=listing.reference)
        frame = portal.parse(document).frame.set_index("start_at")
        first, last = THREE_DAYS.local_days(listing.zone)
        published = readings(meter, first, last, END)
        assert document.claimed_rows == len(published)
        published = published.dropna(how="all").tz_convert("UTC").astype("float64")
        assert len(frame) == len(published) > 3 * 86400 / listing.interval_s - 4
        pd.testing.assert_frame_equal(
            frame.drop(columns="interval_s"),
            published,
            check_names=False,
            check_freq=False,
            check_index_type=False,
            atol=0.0051,
            rtol=0,
        )


def test_a_longer_window_comes_in_files_of_31_days(browser: Browser, portal: Portal) -> None:
    portal.log_in(browser, CREDENTIALS)
    documents = fetched(portal, browser, Window(END - timedelta(days=60), END))
    assert len(documents) == 2
    assert documents[0].window.end == documents[1].window.start
    assert documents[0].claimed_rows == 31 * 96


def test_no_password_is_in_a_document_a_page_or_a_log(
    browser: Browser, portal: Portal, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        portal.log_in(browser, CREDENTIALS)
        [document] = fetched(portal, browser)
    assert PASSWORD.encode() not in document.body
    assert PASSWORD not in repr(document)
    assert PASSWORD not in caplog.text
    browser.open(portal.url("/sign-in/"))  # the demo shows its password there
    assert "Demo customer" in browser.page_source()
    assert PASSWORD not in browser.page_source()


def test_a_wrong_password_is_told_in_the_portals_own_words(browser: Browser, portal: Portal) -> None:
    with pytest.raises(InvalidCredentials, match="User name or password is not correct"):
        portal.log_in(browser, Credentials(USERNAME, "not-this"))


@pytest.mark.parametrize(
    ("fault", "told"),
    [
        ("down", (PortalUnavailable, "503")),
        ("error_500", (PortalUnavailable, "500")),
        ("too_many_requests", (Blocked, "429")),
    ],
)
def test_a_portal_that_refuses_at_the_door(
    browser: Browser, portal: Portal, demo_portal: RunningPortal, fault: str, told: tuple[type[PortalError], str]
) -> None:
    demo_portal.fault(fault)
    with pytest.raises(told[0], match=told[1]):
        portal.log_in(browser, CREDENTIALS)


def test_a_portal_that_is_not_there(browser: Browser, start_portal: StartPortal) -> None:
    running = start_portal()
    running.process.terminate()
    running.process.wait(timeout=5)
    portal = DemoUtility(DemoUtility.Params(base_url=running.url))
    with pytest.raises(PortalUnavailable, match="CONNECTION_REFUSED") as caught:
        portal.log_in(browser, CREDENTIALS)
    assert caught.value.retryable


@pytest.mark.parametrize("fault", ["error_500", "error_500_on_file"])
def test_a_portal_that_breaks_in_the_middle(
    browser: Browser, portal: Portal, demo_portal: RunningPortal, fault: str
) -> None:
    portal.log_in(browser, CREDENTIALS)
    demo_portal.fault(fault)
    with pytest.raises(PortalUnavailable, match="500"):
        fetched(portal, browser)


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        ("garbage_file", "not text"),
        ("renamed_column", r"missing 'Energy \(kWh\)'; new 'Consumption \(kWh\)'"),
        ("missing_column", r"missing 'Energy \(kWh\)'; new none"),
        ("short_file", "announced"),
    ],
)
def test_a_changed_file_is_kept_as_a_document_and_refused_by_the_parser(
    browser: Browser, portal: Portal, demo_portal: RunningPortal, fault: str, words: str
) -> None:
    portal.log_in(browser, CREDENTIALS)
    demo_portal.fault(fault)
    [document] = fetched(portal, browser)
    assert document.body
    with pytest.raises(LayoutChanged, match=words):
        portal.parse(document)


def test_a_session_that_ends_on_the_way_is_renewed_once(
    browser: Browser, portal: Portal, demo_portal: RunningPortal
) -> None:
    portal.log_in(browser, CREDENTIALS)
    demo_portal.fault("signed_out", times=1)
    [document] = fetched(portal, browser)
    assert len(portal.parse(document).frame) > 280


def test_a_session_that_never_holds_is_given_up(browser: Browser, portal: Portal, demo_portal: RunningPortal) -> None:
    portal.log_in(browser, CREDENTIALS)
    demo_portal.fault("signed_out")
    with pytest.raises(PortalUnavailable, match="again and again"):
        fetched(portal, browser)


def test_a_page_without_the_form_is_a_changed_layout(
    browser: Browser, portal: Portal, demo_portal: RunningPortal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("scraping.browser.WAIT_S", 0.5)
    demo_portal.fault("garbage_page")
    with pytest.raises(LayoutChanged, match="does not show #username"):
        portal.log_in(browser, CREDENTIALS)


def test_a_document_says_when_and_where_without_a_secret(browser: Browser, portal: Portal) -> None:
    portal.log_in(browser, CREDENTIALS)
    [document] = fetched(portal, browser)
    assert document.fetched_at.tzinfo is UTC
    assert Path(document.url).name == "readings.csv?from=2026-11-19&to=2026-11-22"
    assert len(document.sha256) == 64
