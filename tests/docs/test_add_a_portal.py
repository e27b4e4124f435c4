"""The page "Add a portal": its example is the one that runs, and no key of the schema is missing from it."""

import re
from datetime import date
from pathlib import Path

import pytest

from scraping.browser import open_browser
from scraping.domain.contract import Credentials, Window
from scraping.domain.recipes.loading import load_recipe
from scraping.domain.recipes.model import LOGIN_VERBS, VERBS
from scraping.domain.recipes.nodes import BadRecipe, Section
from scraping.domain.recipes.quantities import KNOWN
from scraping.domain.records import QUANTITIES
from scraping.portals.recipe import EXAMPLE, RecipeOfAccount
from tests.demo_portal import PASSWORD, USERNAME, RunningPortal, _shared_portal, demo_portal, start_portal

__all__ = ["_shared_portal", "demo_portal", "start_portal"]

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "how-to" / "add-a-portal.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)


def test_the_example_is_the_recipe_that_an_account_begins_with() -> None:
    assert BLOCKS[0] == EXAMPLE


def test_the_other_blocks_are_parts_of_a_recipe() -> None:
    meters, pick = BLOCKS[1:]
    text = re.sub(r"meters:\n(  .*\n)+", meters, EXAMPLE)
    steps = "  steps:\n" + "".join(f"    {line}\n" for line in pick.splitlines())
    recipe = load_recipe(re.sub(r"(?<=days: 31\n)  steps:\n(    .*\n)+", steps, text))
    assert [meter.reference for meter in recipe.meters] == ["4711"]
    assert recipe.readings.steps[0].verb == "pick"


def test_every_key_of_the_schema_stands_on_the_page(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: set[str] = set()
    look = Section.at

    def noting(section: Section, key: str) -> Section:
        asked.add(key)
        return look(section, key)

    monkeypatch.setattr(Section, "at", noting)
    load_recipe(EXAMPLE)
    for odd in ("claims: {}", "table: {}"):
        with pytest.raises(BadRecipe):
            load_recipe(EXAMPLE.replace('claims: "#readings@data-total"', odd).replace('download: "#download"', ""))
    with pytest.raises(BadRecipe):
        load_recipe(re.sub(r"meters:\n(  .*\n)+", "meters: {}\n", EXAMPLE))
    plain = re.sub(r"```.*?```", "", PAGE, flags=re.DOTALL)
    code = set(re.findall(r"`([^`]+)`", plain)) | {key for text in BLOCKS for key in re.findall(r"(\w+):", text)}
    words = {word for text in code for word in re.findall(r"\w+", text)}
    assert len(asked) > 50
    assert (asked | {*VERBS, *LOGIN_VERBS, *QUANTITIES}) - words == set()
    assert all(unit in PAGE for unit in KNOWN)


@pytest.mark.e2e
@pytest.mark.enable_socket
def test_the_example_reads_the_demonstration_portal(tmp_path: Path, demo_portal: RunningPortal) -> None:
    portal = RecipeOfAccount(RecipeOfAccount.Params(base_url=demo_portal.url, pause_s=0, recipe=BLOCKS[0]))
    window = Window.of_local_days(date(2026, 10, 23), date(2026, 10, 26), "Europe/Paris")
    with open_browser(tmp_path, hosts=portal.hosts) as browser:
        portal.log_in(browser, Credentials(USERNAME, PASSWORD))
        (listing,) = portal.list_meters(browser)
        (document,) = portal.fetch(browser, listing.reference, window)
    frame = portal.parse(document).frame
    assert document.claimed_rows is not None
    assert len(frame) == pytest.approx(97 * 4, abs=8)
    assert PASSWORD.encode() not in document.body
    assert frame["voltage_v"].between(200, 260).all()
