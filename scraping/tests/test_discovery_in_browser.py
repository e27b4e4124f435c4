"""Discovery in a real Chromium: on two sites of the demo, and on two small ones that it was never written for."""

import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pandas as pd
import pytest
from django.core.management import CommandError, call_command

from scraping.browser import open_browser
from scraping.domain.contract import Browser, Credentials
from scraping.domain.discovery.proposals import Proposal
from scraping.domain.discovery.search import discover
from scraping.domain.discovery.trying import Tried
from scraping.domain.discovery.walk import Limits
from scraping.domain.errors import Blocked, InvalidCredentials
from scraping.domain.recipes.loading import load_recipe
from scraping.domain.recipes.model import Across, MeterColumn
from scraping.domain.records import Window
from tests.own_sites import USER, WORD, OwnSite, captcha_site, dutch_site, energy, indian_site
from tests.own_tables import HEAT, METERS, of_meter, quellau_site

__all__ = ["captcha_site", "dutch_site", "indian_site", "quellau_site"]
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


@pytest.fixture(scope="module")
def at_quellau(browser: Browser, quellau_site: OwnSite) -> list[Proposal]:
    found = discover(quellau_site.url, ANNA, browser, limits=Limits(pages=4))
    assert quellau_site.harm == []
    return found


def test_two_meters_of_one_table_are_each_read_by_a_recipe_of_their_own(at_quellau: list[Proposal]) -> None:
    both = [one for one in at_quellau if one.series.meter]
    assert {one.series.meter for one in both} == set(METERS)
    for one in both:
        assert (one.trouble, one.series.quantities) == ("", ("energy_kwh",))
        recipe = load_recipe(one.recipe)
        assert (recipe.series.meter, recipe.meters[0].reference) == (MeterColumn("Zähler"), one.series.meter)
        local = one.frame["start_at"].dt.tz_convert("Europe/Berlin")
        assert [of_meter(one.series.meter, at) for at in local] == list(one.frame["energy_kwh"])
        assert len(one.frame) >= 48


def test_hours_across_the_days_of_a_month_that_a_dropdown_chooses_are_read_exactly(
    browser: Browser, at_quellau: list[Proposal]
) -> None:
    [one] = [proposal for proposal in at_quellau if proposal.series.laid]
    assert one.trouble == ""
    recipe = load_recipe(one.recipe)
    assert (recipe.readings.by_month, recipe.series.across, recipe.series.stamp) == (True, Across("{n}"), ("Tag",))
    assert [(step.verb, step.value) for step in recipe.readings.steps] == [("choose", "{from:%B %Y}")]
    assert recipe.meters[0].reference == HEAT
    portal = Tried.of(recipe, ANNA)
    window = Window.of_local_days(date(2026, 10, 20), date(2026, 11, 3), "Europe/Berlin")  # the night of 25 hours in it
    frame = pd.concat([portal.parse(document).frame for document in portal.fetch(browser, "x", window)])
    local = frame["start_at"].dt.tz_convert("Europe/Berlin")
    assert len(frame) == 15 * 24 + 1
    assert [of_meter(HEAT, at) for at in local] == list(frame["energy_kwh"])


def test_a_wrong_password_is_typed_once(browser: Browser, dutch_site: OwnSite) -> None:
    with pytest.raises(InvalidCredentials):
        discover(dutch_site.url, Credentials(USER, "wrong"), browser)
    assert dutch_site.asked.count("POST /in") == 1


def test_a_captcha_is_never_solved(browser: Browser, captcha_site: OwnSite) -> None:
    with pytest.raises(Blocked, match="person"):
        discover(captcha_site.url, ANNA, browser)
    assert not [asked for asked in captcha_site.asked if asked.startswith("POST")]


def test_the_command_prints_what_it_found_and_writes_its_recipe_within_its_limits(
    dutch_site: OwnSite, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("scraping.services.probing.place_of", lambda **_: "127.0.0.1")
    monkeypatch.setenv("PORTAL_WORD", WORD)
    recipe = tmp_path / "found.yaml"
    words = ["--username", USER, "--password-env", "PORTAL_WORD", "--max-pages", "2", "--recipe", str(recipe), "--json"]
    call_command("probe_portal", dutch_site.url, *words)
    printed = capsys.readouterr().out
    told = json.loads(printed)
    assert (told["pages"], told["proposals"][0]["title"]) == (2, "Energy, every 15 minutes")
    assert load_recipe(recipe.read_text()).interval_s == 900
    assert {"name": "“Contract opzeggen”", "why": "It could change something or end the session."} in told["ignored"]
    assert WORD not in printed + recipe.read_text()


def test_the_command_wants_the_password_from_a_variable_that_is_set() -> None:
    with pytest.raises(CommandError, match="NO_SUCH_WORD is not set"):
        call_command("probe_portal", "https://portal.example/", "--username", "a", "--password-env", "NO_SUCH_WORD")
