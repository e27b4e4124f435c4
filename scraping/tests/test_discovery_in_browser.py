"""Discovery in a real Chromium: on two sites of the demo, and on two small ones that it was never written for."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from scraping.browser import open_browser
from scraping.domain.contract import Browser, Credentials
from scraping.domain.discovery.search import discover
from scraping.domain.discovery.walk import Limits
from scraping.domain.errors import InvalidCredentials
from tests.own_sites import USER, WORD, OwnSite, dutch_site, energy, indian_site

__all__ = ["dutch_site", "indian_site"]
pytestmark = [pytest.mark.e2e, pytest.mark.enable_socket]
ANNA = Credentials(USER, WORD)


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    with open_browser(tmp_path_factory.mktemp("job"), hosts=["127.0.0.1"]) as opened:
        yield opened


def test_quarter_hours_of_an_unknown_dutch_site_are_found_and_read_exactly(
    browser: Browser, dutch_site: OwnSite
) -> None:
    found = discover(dutch_site.url, ANNA, browser, limits=Limits(pages=6))
    first = found[0]
    assert first.trouble == ""
    assert first.series.quantities == ("energy_kwh",)
    assert (first.series.interval_s.value, first.series.zone.value) == (900, "Europe/Amsterdam")
    assert first.series.zone.confidence > 0.6
    assert [energy(at.tz_convert("Europe/Amsterdam")) for at in first.frame["start_at"]] == list(
        first.frame["energy_kwh"]
    )
    assert len(first.frame) >= 3 * 96
    assert "871687140012345678" in first.recipe
    assert dutch_site.harm == []


def test_half_hours_at_their_end_of_an_unknown_indian_site_are_read_by_their_start(
    browser: Browser, indian_site: OwnSite
) -> None:
    first = discover(indian_site.url, ANNA, browser, limits=Limits(pages=6))[0]
    assert first.trouble == ""
    assert first.series.quantities == ("energy_kwh", "voltage_v")
    assert (first.series.stamp_at.value, first.series.zone.value) == ("end", "Asia/Kolkata")
    local = first.frame["start_at"].dt.tz_convert("Asia/Kolkata")
    assert [energy(at) for at in local] == list(first.frame["energy_kwh"])
    assert (f"{local.iloc[0]:%H:%M}", f"{local.iloc[-1]:%H:%M}") == ("00:00", "23:30")
    assert indian_site.harm == []


def test_a_wrong_password_is_typed_once(browser: Browser, dutch_site: OwnSite) -> None:
    with pytest.raises(InvalidCredentials):
        discover(dutch_site.url, Credentials(USER, "wrong"), browser)
    assert dutch_site.asked.count("POST /in") == 1


def test_a_walk_ends_at_its_limits(browser: Browser, dutch_site: OwnSite) -> None:
    told: list[str] = []
    found = discover(
        dutch_site.url, ANNA, browser, limits=Limits(pages=2, depth=1, time=timedelta(minutes=1)), say=told.append
    )
    assert found[0].series.interval_s.value == 900
    assert sum(line.startswith("Looking at “") for line in told) == 1
