"""The tokens: one set for the style sheet and the charts, readable in both themes."""

import re

import plotly
import pytest
from django.conf import settings

from twin_project.kit.theme import TEMPLATE, TOKENS, Mode, paint, style_sheet

SHEET = settings.BASE_DIR / "static" / "twin"
MODES: tuple[Mode, ...] = ("light", "dark")


def test_the_style_sheet_and_the_charts_have_the_same_colours() -> None:
    assert (SHEET / "tokens.css").read_text() == style_sheet()


@pytest.mark.parametrize("mode", MODES)
def test_the_template_is_painted_whole(mode: Mode) -> None:
    assert "@" not in str(paint(TEMPLATE, mode))


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("name", ["ink", "muted", "measured", "twin", "scenario", "good", "warn", "bad"])
def test_words_and_lines_stand_out_from_card_and_ground(name: str, mode: Mode) -> None:
    needed = 4.5 if name in ("ink", "muted", "good", "warn", "bad") else 3.0  # WCAG 2.2 AA: text, graphics
    for under in ("card", "ground"):
        if under == "card" or name in ("ink", "muted"):
            assert contrast(TOKENS[mode][name], TOKENS[mode][under]) >= needed


def test_no_rule_of_the_panel_names_a_token_that_does_not_exist() -> None:
    known = {f"--twin-{name}" for name in TOKENS["light"]}
    rules = (SHEET / "twin.css").read_text()
    own = set(re.findall(r"(--twin-[\w-]+):", rules))
    assert set(re.findall(r"var\((--twin-[\w-]+)", rules)) <= known | own


def test_the_bundle_looks_for_the_two_elements_by_which_the_page_keeps_it_from_inline_styles() -> None:
    """An upgrade of plotly may rename them: then templates/with_charts.html has to follow."""
    page = (settings.BASE_DIR / "templates" / "with_charts.html").read_text()
    bundle = (plotly.__path__[0] + "/package_data/plotly.min.js",)
    with open(bundle[0], encoding="utf-8") as file:
        script = file.read()
    wanted = re.findall(r'getElementById\("([0-9a-f]{64})"\)', script)
    assert wanted
    assert all(f'id="{one}"' in page for one in wanted)
    assert '"plotly.js-style-"' in script
    assert 'id="plotly.js-style-global"' in page


def contrast(one: str, other: str) -> float:
    """The ratio of WCAG 2.2, from 1 to 21."""
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def luminance(colour: str) -> float:
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
