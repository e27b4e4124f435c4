"""Every style of portal on paper: a recorded document of a night when the clock changes, the recipe, and what is true.

What is expected was not read out of the documents: it is what the proving ground had measured for those days.
"""

import json
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from scraping.domain.contract import Document, Window
from scraping.domain.errors import LayoutChanged
from scraping.domain.recipes.loading import load_recipe
from scraping.domain.recipes.model import Recipe
from scraping.domain.recipes.reading import read_by

RECORDINGS = Path(__file__).parent / "recordings_by_recipe"
RECIPES = Path(__file__).resolve().parents[2] / "scraping" / "demo_portal" / "recipes"
KEYS = sorted(path.stem for path in RECIPES.glob("*.yaml"))
every_recipe = pytest.mark.parametrize("key", KEYS)


def recorded(key: str) -> tuple[Recipe, Document, dict[str, Any]]:
    about = json.loads((RECORDINGS / f"{key}.json").read_text())
    facts = about["document"]
    document = Document(
        portal="recipe",
        meter_reference=facts["meter_reference"],
        window=Window(datetime.fromisoformat(facts["window_start"]), datetime.fromisoformat(facts["window_end"])),
        content_type=facts["content_type"],
        body=(RECORDINGS / f"{key}.document").read_bytes(),
        fetched_at=datetime.fromisoformat(facts["fetched_at"]),
        url=facts["url"],
        claimed_rows=facts["claimed_rows"],
    )
    return load_recipe((RECIPES / f"{key}.yaml").read_text()), document, about["expected"]


@every_recipe
def test_a_recorded_document_gives_what_was_measured(key: str) -> None:
    recipe, document, expected = recorded(key)
    frame = read_by(recipe, document).frame
    assert len(frame) == expected["rows"]
    assert frame["start_at"].iloc[0] == pd.Timestamp(expected["first_start_at"])
    assert frame["start_at"].iloc[-1] == pd.Timestamp(expected["last_start_at"])
    assert set(frame["interval_s"]) == {recipe.interval_s}
    for quantity, total in expected["sums"].items():
        assert frame[quantity].sum() == pytest.approx(total), quantity
        assert frame[quantity].notna().sum() == expected["known"][quantity], quantity


@every_recipe
def test_reading_is_pure(key: str) -> None:
    recipe, document, _ = recorded(key)
    pd.testing.assert_frame_equal(read_by(recipe, document).frame, read_by(recipe, document).frame)


@every_recipe
def test_a_column_under_another_name_is_told_by_its_old_one(key: str) -> None:
    recipe, document, _ = recorded(key)
    for value in recipe.series.values:
        renamed = replace(value, column=f"{value.column} of old")
        changed = replace(recipe, series=replace(recipe.series, values=(renamed,)))
        with pytest.raises(LayoutChanged) as caught:
            read_by(changed, document)
        assert renamed.column in str(caught.value)


@every_recipe
@pytest.mark.parametrize("lost", [b"", b"<!doctype html><title>Sign in</title>", bytes(range(256))])
def test_what_is_no_document_of_the_portal_is_never_an_empty_list(key: str, lost: bytes) -> None:
    recipe, document, _ = recorded(key)
    with pytest.raises(LayoutChanged):
        read_by(recipe, replace(document, body=lost, content_type="", claimed_rows=None))


@every_recipe
def test_fewer_rows_than_announced_are_refused(key: str) -> None:
    recipe, document, _ = recorded(key)
    without_fact = replace(recipe, readings=replace(recipe.readings, claim=None))
    with pytest.raises(LayoutChanged, match="announced 5000 rows"):
        read_by(without_fact, replace(document, claimed_rows=5000))


@every_recipe
def test_the_days_of_another_year_are_not_those_that_were_asked_for(key: str) -> None:
    recipe, document, _ = recorded(key)
    window = Window(document.window.start.replace(year=2025), document.window.end.replace(year=2025))
    with pytest.raises(LayoutChanged, match="not the days that were asked for"):
        read_by(recipe, replace(document, window=window))
