"""The page "Add a portal": its example is the one that runs, and no key of the schema is missing from it."""

import re
from datetime import date
from pathlib import Path

import pytest
from django.core.management import load_command_class

from scraping.browser import open_browser
from scraping.domain.contract import Credentials, Document, Window
from scraping.domain.recipes.loading import load_recipe
from scraping.domain.recipes.model import LOGIN_VERBS, VERBS
from scraping.domain.recipes.nodes import BadRecipe, Section
from scraping.domain.recipes.quantities import KNOWN
from scraping.domain.recipes.reading import read_by
from scraping.domain.records import QUANTITIES
from scraping.portals.recipe import EXAMPLE, RecipeOfAccount
from tests.demo_portal import PASSWORD, USERNAME, RunningPortal, _shared_portal, demo_portal, start_portal

__all__ = ["_shared_portal", "demo_portal", "start_portal"]

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "how-to" / "add-a-portal.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)


def test_the_example_is_the_recipe_that_an_account_begins_with() -> None:
    assert BLOCKS[0] == EXAMPLE


def test_the_other_blocks_are_parts_of_a_recipe() -> None:
    meters, across, pick = BLOCKS[1:]
    text = re.sub(r"meters:\n(  .*\n)+", meters, EXAMPLE)
    steps = "  steps:\n" + "".join(f"    {line}\n" for line in pick.splitlines())
    recipe = load_recipe(re.sub(r"(?<=days: 31\n)  steps:\n(    .*\n)+", steps, text))
    assert [meter.reference for meter in recipe.meters] == ["4711"]
    assert recipe.readings.steps[0].verb == "pick"
    assert load_recipe(hourly(across)).series.across is not None


def hourly(series: str) -> str:
    """The example with another series, and what goes with one file of hours."""
    text = re.sub(r"series:\n(  .*\n)+", series, EXAMPLE).replace("interval: 15 min", "interval: 1 h")
    return re.sub(r"  claims: .*\n|  checks:\n(    .*\n)+", "", text)


def test_the_block_on_columns_of_hours_reads_the_table_above_it() -> None:
    head, first = re.findall(r"^\| (?:Tag|01\.11\.2026) .*", PAGE, re.MULTILINE)
    names = ["Tag", *(str(n) for n in range(1, 25)), "Summe"]
    assert [cell.strip() for cell in head.strip("|").split("|")] == ["Tag", "1", "2", "…", "24", "Summe"]
    shown = [cell.strip() for cell in first.strip("|").split("|")]
    cells = [*shown[:3], *["0,4"] * 21, *shown[4:]]
    window = Window.of_local_days(date(2026, 11, 1), date(2026, 11, 1), "Europe/Paris")
    body = f"{';'.join(names)}\n{';'.join(cells)}\n".encode()
    document = Document("recipe", "21-417-803", window, "", body, window.end, "https://portal.example/")
    energy = read_by(load_recipe(hourly(BLOCKS[2])), document).frame["energy_kwh"].tolist()
    assert energy == [0.31, 0.28, *[0.4] * 21, 0.52]


def test_the_command_that_the_page_names_takes_what_the_page_types() -> None:
    [typed] = re.findall(r"^PORTAL_WORD=… \./twin (.*)$", PAGE, re.MULTILINE)
    name, *words = typed.split()
    options = load_command_class("scraping", name).create_parser("twin", name).parse_args(words)
    assert (str(options.recipe), options.username, options.days) == ("portal.yaml", "me@example.org", 3)


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
    for odd in ("meter: {}", "across: {}"):
        with pytest.raises(BadRecipe):
            load_recipe(EXAMPLE.replace("series:\n", f"series:\n  {odd}\n"))
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
