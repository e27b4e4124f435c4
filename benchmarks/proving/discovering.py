"""Discovery with no recipe: does it find the series of an archetype, and read other days of it right?

It is given what a customer has: the site's address, name and password (and the seed of their authenticator), and the
zone in which they live. Counted is the first proposal only: the recipe that it wrote is followed by a fresh browser.
"""

import shutil
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd

from benchmarks.proving.ground import IN_READINGS, PORTAL_PASSWORD, Ground
from benchmarks.proving.results import Case, Results
from scraping.browser import open_browser
from scraping.demo_portal.archetype import Archetype, archetypes
from scraping.demo_portal.archetypes.totp_login import SEED
from scraping.domain.contract import Credentials, Window
from scraping.domain.discovery.proposals import Proposal
from scraping.domain.discovery.search import Search
from scraping.domain.discovery.walk import Limits
from scraping.domain.errors import PortalError
from scraping.portals.recipe import RecipeOfAccount

PART = "discovery"
MAIN = ("energy_kwh", "power_kw")


def run_discovery(ground: Ground, results: Results, keys: list[str]) -> None:
    """One search each."""
    for key in keys:
        if not results.has(PART, key):
            results.add(_one(ground, archetypes.get(key)()))


def _one(ground: Ground, site: Archetype) -> Case:
    credentials = Credentials("customer", PORTAL_PASSWORD, SEED if site.key == "totp_login" else "")
    folder: Path = ground.house.var / "search"
    before, began = len(ground.harm()), time.perf_counter()
    problems, told, pages = [], "nothing was proposed", 0
    try:
        with open_browser(folder, hosts=("127.0.0.1",)) as browser:
            search = Search(f"{ground.portal}{site.slug}/", credentials, browser, Limits(), site.meter.zone)
            proposals = search.run()
            pages = search.pages_n
        seconds = time.perf_counter() - began
        told = f"{proposals[0].as_json()['title']}, {proposals[0].confidence:.0%}; {len(proposals)} proposals"
        problems += _followed(site, proposals[0], credentials, folder)
    except PortalError as error:
        seconds = time.perf_counter() - began
        problems.append(f"{type(error).__name__}: {error.what}")
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    if harm := ground.harm()[before:]:
        problems.append(f"changed something: {harm}")
    facts = {"seconds": seconds, "pages": float(pages)}
    return Case(PART, site.key, not problems, "; ".join([*problems, told]), facts)


def _followed(site: Archetype, proposal: Proposal, credentials: Credentials, folder: Path) -> list[str]:
    """What is wrong with the days of a week before last as the proposal's recipe reads them."""
    found, listed, window = _read(proposal, credentials, folder, site.meter.zone)
    tried = [_Against(site, meter, found, window) for meter in site.meters if listed in ("", meter.reference)]
    tried = tried or [_Against(site, meter, found, window) for meter in site.meters]
    return min((one.problems() for one in tried), key=len)


def _read(proposal: Proposal, credentials: Credentials, folder: Path, zone: str) -> tuple[pd.DataFrame, str, Window]:
    params = RecipeOfAccount.Params(base_url=_base_of(proposal.recipe), pause_s=0, recipe=proposal.recipe)
    portal = RecipeOfAccount(params)
    today = datetime.now(UTC).astimezone(ZoneInfo(zone)).date()
    with open_browser(folder, hosts=("127.0.0.1",)) as browser:
        portal.log_in(browser, credentials)
        [listing, *_] = portal.list_meters(browser)
        window = Window.of_local_days(today - timedelta(days=16), today - timedelta(days=10), zone)
        frames = [portal.parse(one).frame for one in portal.fetch(browser, listing.reference, window)]
    return pd.concat(frames).set_index("start_at"), listing.reference, window


def _base_of(recipe: str) -> str:
    import yaml

    return str(yaml.safe_load(recipe)["base_url"])


@dataclass(frozen=True)
class _Against:
    site: Archetype
    meter: object
    found: pd.DataFrame
    window: Window

    def problems(self) -> list[str]:
        """Sentences; [] where everything that was read is true and nothing of the main quantity is missing."""
        truth = self.site.truth(self.window.start, self.window.end, datetime.now(UTC), self.meter)  # type: ignore[arg-type]
        truth = truth.set_index("start_at")
        fields = [name for name in truth.columns if name in IN_READINGS and name in self.found]
        if not set(fields) & set(MAIN):
            return [f"reads {', '.join(self.found.columns[1:])} and no energy or power"]
        true = truth.reindex(self.found.index)
        problems = []
        for name in fields:
            here, there = self.found[name].to_numpy(dtype="float64"), true[name].to_numpy(dtype="float64")
            wrong = ~np.isclose(here, there, rtol=1e-6, equal_nan=True)
            if wrong.any():
                problems.append(f"{int(wrong.sum())} of {len(wrong)} rows of {name} are wrong")
        main = next(name for name in MAIN if name in fields)
        missing = int(truth[main].notna().sum() - self.found[main].notna().sum())
        return [*problems, f"{missing} rows are missing"] if missing else problems
