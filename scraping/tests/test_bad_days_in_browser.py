"""A real visit on the portal's bad days: a sentence and evidence in the end, and nothing lost afterwards."""

from datetime import UTC, datetime, timedelta
from hashlib import sha256
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from meters.models import Reading, WeatherObservation
from scraping.models import Evidence, PortalAccount, ScrapeRun, StoredDocument
from scraping.services import save_account
from tests.demo_portal import USERNAME, RunningPortal, StartPortal

pytestmark = [pytest.mark.e2e, pytest.mark.enable_socket, pytest.mark.django_db]
PNG = b"\x89PNG"
PASSWORD = "quiet-harbour-6094"  # the demo shows its default one on its sign-in page


@pytest.fixture(scope="module")
def portal(start_portal: StartPortal) -> RunningPortal:
    """Its clock stands, so that two visits see the same; a little ahead, so that no visit asks for its tomorrow."""
    ahead = datetime.now(UTC) + timedelta(minutes=10)
    return start_portal(now=ahead.isoformat(timespec="seconds"), FAULTS="1", PASSWORD=PASSWORD)


@pytest.fixture
def account(portal: RunningPortal) -> PortalAccount:
    portal.fault()
    words = {"portal": "demo_utility", "username": USERNAME, "password": PASSWORD, "params": {"base_url": portal.url}}
    return save_account(name="Demo", first_days=3, reread_days=3, enabled=True, **words)  # type: ignore[arg-type]


def visit() -> str:
    out = StringIO()
    call_command("scrape_portal", "Demo", "--json", stdout=out)
    return out.getvalue()


def refused() -> tuple[str, ScrapeRun]:
    with pytest.raises(CommandError) as caught:
        visit()
    assert caught.value.returncode == 1
    run = ScrapeRun.objects.latest("pk")
    assert run.state == "failed"
    assert f"{run.error_message} {run.advice}" == str(caught.value)
    return str(caught.value), run


def shown(run: ScrapeRun) -> str:
    kept = Evidence.objects.get(run=run)
    assert bytes(kept.screenshot).startswith(PNG)
    assert PASSWORD not in kept.html
    assert PASSWORD not in kept.url
    return kept.html


def everything() -> str:
    rows = Reading.objects.order_by("meter__reference", "start_at").values_list(
        "meter__reference", "start_at", "interval_s", "energy_kwh", "power_kw", "voltage_v", "current_a", "quality"
    )
    weather = WeatherObservation.objects.order_by("start_at").values_list("start_at", "temperature_c")
    return sha256(repr([*rows, *weather]).encode()).hexdigest()


@pytest.fixture(scope="module")
def undisturbed() -> list[str]:
    """Filled by the first test, the good day."""
    return []


def test_on_a_good_day_readings_and_weather_come_in(account: PortalAccount, undisturbed: list[str]) -> None:
    visit()
    assert Reading.objects.filter(voltage_v__isnull=False).count() > 270
    assert WeatherObservation.objects.count() > 60
    assert StoredDocument.objects.filter(parsed_at=None).count() == 0
    undisturbed.append(everything())


def test_a_wrong_password_stops_the_scraper_and_is_shown_nowhere(account: PortalAccount) -> None:
    wrong = "not-the-password-3301"
    call = {"portal": "demo_utility", "username": USERNAME, "params": account.params}
    save_account(name="Demo", password=wrong, **call)
    told, run = refused()
    assert "User name or password is not correct" in told
    assert "Correct the user name or password" in told
    assert wrong not in shown(run)
    stopped = PortalAccount.objects.get()
    assert not stopped.enabled
    assert "not correct" in stopped.stopped_because


@pytest.mark.parametrize(("fault", "words"), [("down", "answered 503"), ("too_many_requests", "answered 429")])
def test_a_portal_that_refuses_at_the_door(
    account: PortalAccount, portal: RunningPortal, fault: str, words: str
) -> None:
    portal.fault(fault)
    told, run = refused()
    assert words in told
    shown(run)
    assert not StoredDocument.objects.exists()


@pytest.mark.parametrize(
    ("fault", "told"),
    [
        ("error_500_on_file", ("answered 500", 0)),
        ("garbage_file", ("not text", 2)),
        ("signed_out", ("sign in again and again", 0)),
    ],
)
def test_a_portal_that_breaks_in_the_middle(
    account: PortalAccount, portal: RunningPortal, undisturbed: list[str], fault: str, told: tuple[str, int]
) -> None:
    words, kept = told
    portal.fault(fault)
    sentence, run = refused()
    assert words in sentence
    shown(run)
    assert StoredDocument.objects.filter(parsed_at=None).count() == kept
    assert not Reading.objects.exists()
    portal.fault()
    visit()
    assert [everything()] == undisturbed
    assert StoredDocument.objects.filter(parsed_at=None).count() == kept


def test_one_meters_renamed_column_does_not_keep_the_other_out(
    account: PortalAccount, portal: RunningPortal, undisturbed: list[str]
) -> None:
    portal.fault("renamed_column", times=1)
    told, run = refused()
    assert "missing 'Energy (kWh)'; new 'Consumption (kWh)'" in told
    assert (run.documents_n, run.new_n > 60) == (2, True)
    shown(run)
    visit()
    assert [everything()] == undisturbed


def test_a_session_that_ends_on_the_way_is_no_failure(
    account: PortalAccount, portal: RunningPortal, undisturbed: list[str]
) -> None:
    portal.fault("signed_out", times=1)
    visit()
    assert [everything()] == undisturbed


def test_a_portal_that_is_not_there(account: PortalAccount) -> None:
    PortalAccount.objects.update(params={"base_url": "http://127.0.0.1:9/"})
    told, _ = refused()
    assert "cannot be reached" in told
    assert "Nothing is lost" in told


def test_without_a_browser_the_sentence_says_what_to_install(
    account: PortalAccount, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TWIN_BROWSER", "/nowhere/chromium")
    told, run = refused()
    assert "/nowhere/chromium" in told
    assert "apt install chromium" in told
    assert not Evidence.objects.filter(run=run).exists()
