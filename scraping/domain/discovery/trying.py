"""A found series tried out: each way to choose days is written as a recipe and followed for days that were not shown.

What the recipe reads of days that were seen must be what was seen; then, and only then, it is believed.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd

from scraping.domain.browsing import Browser
from scraping.domain.contract import PortalParams
from scraping.domain.discovery.context import Context
from scraping.domain.discovery.dates import USUAL_MAX_DAYS, most_days
from scraping.domain.discovery.login import Login
from scraping.domain.discovery.merging import Found
from scraping.domain.discovery.nights import checked_zone
from scraping.domain.discovery.proposals import Proposal
from scraping.domain.discovery.walk import Walk
from scraping.domain.discovery.ways import Way, ways_of
from scraping.domain.discovery.writing import as_yaml, recipe_of, title_of
from scraping.domain.errors import BrowserCrashed, LayoutChanged, PortalError
from scraping.domain.recipes.loading import load_recipe
from scraping.domain.recipes.model import Recipe
from scraping.domain.recipes.nodes import BadRecipe
from scraping.domain.recipes.portal import RecipePortal
from scraping.domain.records import Credentials, Document, Window

BEFORE = 2  # days before those shown
MOST_WAYS = 4


class Tried(RecipePortal):
    """The portal of a recipe that is not kept yet."""

    title = "Tried"
    summary = "A recipe on trial."
    followed: Recipe

    @property
    def recipe(self) -> Recipe:
        """On trial."""
        return self.followed

    @classmethod
    def of(cls, recipe: Recipe, credentials: Credentials) -> "Tried":
        """Signed in already; `credentials` for a session that ends on the way."""
        portal = cls(PortalParams(base_url=recipe.base_url, pause_s=0))
        portal.followed = recipe
        portal._credentials = credentials
        return portal


@dataclass(frozen=True)
class Reading:
    """What a recipe read of some days."""

    frame: pd.DataFrame
    documents: tuple[Document, ...]


@dataclass
class Trial:
    """Tries out what was found at one portal, signed in."""

    browser: Browser
    walk: Walk
    login: Login
    credentials: Credentials
    say: Callable[[str], None]

    def proposal(self, found: Found, context: Context) -> Proposal:
        """With the first way that works; with none, what is shown without choosing days, and the trouble."""
        shown = _days(found)
        limit = most_days(found.sighting.page.looks.words)
        trouble, last = "", None
        ways = list(ways_of(found.sighting, covers=shown, month_first=context.month_first))
        for suggested in [*ways[:-1][:MOST_WAYS], ways[-1]]:
            way = suggested
            try:
                way = self._settable(suggested, found)
                reading = self._read(found, way, limit or USUAL_MAX_DAYS, shown)
                trouble = _difference(found, reading.frame, way, shown)
            except (BadRecipe, PortalError) as error:
                if isinstance(error, BrowserCrashed):
                    raise
                trouble = trouble or str(getattr(error, "what", error))
                continue
            if not trouble or not way.dated:
                found = self._zoned(found, way, limit or USUAL_MAX_DAYS, context) if way.dated else found
                return self._made(found, way, reading, limit, "" if way.dated else _UNDATED)
            last = way
        way = last or Way(found.sighting.page.place.address, [], "", dated=False)
        return self._made(found, way, None, limit, trouble or _UNDATED)

    def _settable(self, way: Way, found: Found) -> Way:
        """Fields that only a calendar fills are given their value instead of being typed into."""
        if any("fill" in step for step in way.steps):
            self.walk.come_to(found.sighting.page.place)
        steps = [
            {"set": step["fill"], "with": step["with"]}
            if "fill" in step and self.browser.exists(f"{step['fill']}[readonly]")
            else step
            for step in way.steps
        ]
        return replace(way, steps=steps)

    def _read(self, found: Found, way: Way, days: int, shown: tuple[date, date]) -> Reading:
        first = shown[0] - timedelta(days=BEFORE) if way.dated else shown[0]
        last = min(shown[0] + timedelta(days=1), shown[1]) if way.dated else shown[1]
        return self._fetch(found, way, days, first, last)

    def _fetch(self, found: Found, way: Way, days: int, first: date, last: date) -> Reading:
        self.walk.come_to(found.sighting.page.place)
        recipe = load_recipe(as_yaml(recipe_of(found, self.login, way, days=days)))
        portal = Tried.of(recipe, self.credentials)
        reference = recipe.meters[0].reference
        window = Window.of_local_days(first, last, recipe.zone)
        documents = tuple(portal.fetch(self.browser, reference, window))
        frames = [portal.parse(document).frame for document in documents]
        return Reading(pd.concat(frames, ignore_index=True), documents)

    def _zoned(self, found: Found, way: Way, days: int, context: Context) -> Found:
        """The zone checked over the nights when clocks change, where it is a guess."""
        series = found.series
        if series.clock.stamps.aware or series.zone.confidence > 0.9:
            return found

        def walls(first: date, last: date) -> list[Any]:
            self.say(f"Looking at the nights when clocks change, {first:%-d %b} to {last:%-d %b %Y}")
            return [(one.body, one.content_type) for one in self._fetch(found, way, days, first, last).documents]

        try:
            zone = checked_zone(series, context, walls)
        except (LayoutChanged, BadRecipe):
            return found
        return replace(found, series=series.in_zone(zone))

    def _made(self, found: Found, way: Way, reading: Reading | None, limit: int | None, trouble: str) -> Proposal:
        days = limit or USUAL_MAX_DAYS
        recipe = as_yaml(recipe_of(found, self.login, way, days=days))
        told = [way.told] if way.told else []
        told.append(
            "A whole month is asked for at a time."
            if way.monthly
            else f"The page says that it shows {limit} days at a time."
            if limit
            else f"Nothing says how many days it shows at a time; {days} are asked for."
        )
        frame = found.series.frame
        document = None
        if reading is not None and not trouble:
            document = reading.documents[-1]
            again = Tried.of(load_recipe(recipe), self.credentials)
            frame = pd.concat([again.parse(one).frame for one in reading.documents], ignore_index=True)
        series = found.series
        main = bool({"energy_kwh", "power_kw"} & set(series.quantities))
        weight = 2.0 * main + (series.interval_s.value <= 3600) + series.confidence * (0.6 if trouble else 1)
        return Proposal(
            title_of(found),
            " › ".join(found.sighting.page.trail) or "the first page",
            recipe,
            series,
            frame,
            tuple(told),
            trouble,
            tuple(dict.fromkeys(f"{one.kind} at {' › '.join(one.page.trail)}" for one in found.also)),
            weight + 0.2 * len(series.quantities),
            document,
        )


_UNDATED = "How other days are chosen was not found: only what the page shows by itself can be read."


def _days(found: Found) -> tuple[date, date]:
    """First and last day of what was shown, by the clock of the place."""
    local = found.series.frame["start_at"].dt.tz_convert(ZoneInfo(found.series.zone.value))
    return local.iloc[0].date(), local.iloc[-1].date()


def _difference(found: Found, frame: pd.DataFrame, way: Way, shown: tuple[date, date]) -> str:
    """Why what was read now is not what was seen, "" where it is."""
    if frame.empty:
        return "The recipe read nothing of other days."
    zone = found.series.zone.value
    start = pd.Timestamp(shown[0], tz=zone)
    if way.dated and not (frame["start_at"] < start).any():
        return "The portal gave the days that it shows by itself, not those that were asked for."
    both = found.series.frame.merge(frame, on="start_at", suffixes=("", "_now"))
    if len(both) < 3:
        return "What was read has no interval in common with what was seen."
    for name in found.series.quantities:
        seen, now = both[name].to_numpy(), both[f"{name}_now"].to_numpy()
        known = np.isfinite(seen) & np.isfinite(now)
        same = np.isclose(seen[known], now[known], rtol=1e-6, atol=1e-9)
        if known.any() and same.mean() < 0.95:
            return f"The recipe read other numbers than were seen in {name}."
    return ""
