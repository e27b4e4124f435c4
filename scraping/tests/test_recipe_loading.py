"""A recipe's mistakes are sentences that name the key and the line, all at once."""

from pathlib import Path

import pytest

from scraping.domain.recipes.loading import load_recipe
from scraping.domain.recipes.nodes import BadRecipe
from scraping.portals.recipe import EXAMPLE
from scraping.registry import portal_of_file, portals
from twin_project.kit import params as kit_params
from twin_project.kit.registry import BrokenPlugin


def problems(text: str) -> list[str]:
    with pytest.raises(BadRecipe) as caught:
        load_recipe(text)
    return caught.value.problems


def test_the_example_is_read_as_it_is_written() -> None:
    recipe = load_recipe(EXAMPLE)
    assert (recipe.zone, recipe.interval_s, recipe.readings.days) == ("Europe/Paris", 900, 31)
    assert recipe.quantities == ("energy_kwh", "power_kw", "reactive_kvarh", "voltage_v", "current_a")
    assert [step.verb for step in recipe.login.steps] == ["fill", "fill", "click"]
    assert (recipe.readings.via, recipe.readings.target) == ("download", "#download")


MISTAKES = {
    ("zone: Europe/Paris", "zone: Mars"): "zone: 'Mars' is no time zone like Europe/Paris. (line 4)",
    ("interval: 15 min", "interval: 3 y"): "interval: must be a time like 15 min, 1 h or 1 d, not '3 y'. (line 5)",
    ('- fill: "#username"', '- fil: "#username"'): "login.steps[0].fil: is no key here. Did you mean `fill`? (line 10)",
    ('with: "{password}"', "with: secret"): "login.steps: no step fills {password}. (line 10)",
    ("days: 31", "days: many"): "readings.days: must be a whole number from 1, not 'many'. (line 26)",
    ('  download: "#download"\n', ""): (
        "readings: must have exactly one of response, download, chart, table; it has none. (line 25)"
    ),
    ("unit: kWh}", "unit: V}"): "series.values.energy_kwh.unit: V measures voltage_v, not energy_kwh. (line 47)",
    ("unit: kWh}", "unit: foot}"): "series.values.energy_kwh.unit: is no unit known here; known are",
    ("energy_kwh:", "energy:"): "series.values.energy: is no quantity; known are energy_kwh, power_kw",
    ('"{from}"\n    - fill', '"{form}"\n    - fill'): "readings.steps[0].with: {form} is unknown; known are {meter}",
    ("page: /sign-in/", 'page: "/sign-in/?p={password}"'): (
        "login.page: {password} may only be typed, by a `fill` of `login`. (line 8)"
    ),
    ('with: "{to}"', 'with: "{password}"'): "readings.steps[1].with: {password} may only be typed",
    ("at: start", "at: middle"): "series.stamp.at: must be start or end, not 'middle'. (line 44)",
    ("series:", "serie:"): "series: is missing: say how a row is read. (line 1)",
    ("  done: .meter[data-reference]\n", ""): (
        "login.done: is missing: name something that only a signed-in customer sees. (line 8)"
    ),
    ("base_url: http:", "base_url: ftp:"): "base_url: must be an address like https://portal.example/. (line 3)",
}


@pytest.mark.parametrize("change", MISTAKES)
def test_a_mistake_is_named_by_its_key_and_its_line(change: tuple[str, str]) -> None:
    assert change[0] in EXAMPLE
    found = problems(EXAMPLE.replace(*change, 1))
    assert any(sentence.startswith(MISTAKES[change]) for sentence in found), found


def test_all_mistakes_are_told_at_once() -> None:
    assert len(problems(EXAMPLE.replace("Europe/Paris", "Mars").replace("days: 31", "days: 0"))) == 2


@pytest.mark.parametrize("text", ["", "just words", "- a\n- b", "title: [unclosed", "a: b: c"])
def test_what_is_no_recipe_at_all_says_so(text: str) -> None:
    assert problems(text)[0].startswith("line ")


def test_yaml_makes_nothing_run() -> None:
    assert problems("!!python/object/apply:os.system ['true']")


SAMPLES = {
    "1234.5": (".", ""),
    "1,234.5": (".", ","),
    "1.234,5": (",", "."),
    "1234,5": (",", ""),
    "1 234,5": (",", " "),
}
SAMPLES |= {"12,34,567": (".", ","), "1.234.567": (",", ".")}


@pytest.mark.parametrize("sample", SAMPLES)
def test_a_number_tells_how_numbers_are_written(sample: str) -> None:
    text = EXAMPLE.replace("series:\n", f'series:\n  numbers: "{sample}"\n')
    series = load_recipe(text).series
    assert (series.decimal, series.thousands) == SAMPLES[sample]


def test_a_file_is_a_portal_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "stadtwerke.yaml"
    path.write_text(EXAMPLE)
    (tmp_path / "broken.yaml").write_text("title: x")
    (tmp_path / "_hidden.yaml").write_text("title: x")
    monkeypatch.setattr(portals._folder, "__path__", [*portals._folder.__path__, str(tmp_path)])
    found = portals.keys()
    assert {"stadtwerke", "broken", "recipe", "demo_utility"} <= {*found}
    assert "_hidden" not in found
    plugin = portals.get("stadtwerke")
    assert (plugin.key, plugin.title) == ("stadtwerke", "Demo Utility, by recipe")
    assert ("stadtwerke", plugin.title) in portals.choices()
    assert plugin().params.base_url == "http://127.0.0.1:8600/"
    assert "login: is missing" in portals.broken()["broken"]
    with pytest.raises(BrokenPlugin, match=r"broken\.yaml"):
        portal_of_file(tmp_path / "broken.yaml")
    portals._loaded.pop("stadtwerke")


def test_a_bad_recipe_is_a_bad_parameter_of_the_account() -> None:
    with pytest.raises(kit_params.BadParams, match=r"zone: 'Mars'"):
        kit_params.read(portals.get("recipe").Params, {"recipe": EXAMPLE.replace("Europe/Paris", "Mars")})
