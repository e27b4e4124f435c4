"""Every archetype by its recipe, in one real browser: what is read of eleven days is what is true of them.

The days hold the autumn's clock changes of Europe and of America.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pandas as pd
import pytest

from scraping.browser import open_browser
from scraping.demo_portal.archetype import archetypes
from scraping.demo_portal.archetypes.totp_login import SEED
from scraping.demo_portal.fault_table import FAULTS
from scraping.domain.contract import Browser, Credentials, Document, Portal, Window
from scraping.domain.errors import PortalError
from scraping.portals.recipe import RecipeOfAccount
from tests.demo_portal import PASSWORD, USERNAME, RunningPortal
from twin_project.kit import params as kit_params

pytestmark = [pytest.mark.e2e, pytest.mark.enable_socket, pytest.mark.timeout(120)]
RECIPES = Path(__file__).resolve().parents[1] / "demo_portal" / "recipes"
NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
FIRST, LAST = date(2026, 10, 23), date(2026, 11, 2)


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    """One for all: each site has a session of its own."""
    with open_browser(tmp_path_factory.mktemp("visit"), hosts=("127.0.0.1",)) as opened:
        yield opened


def _by_recipe(demo_portal: RunningPortal, key: str) -> Portal:
    base_url = f"{demo_portal.url}{archetypes.get(key)().slug}/"
    given = {"base_url": base_url, "pause_s": 0, "recipe": (RECIPES / f"{key}.yaml").read_text()}
    return RecipeOfAccount(kit_params.read(RecipeOfAccount.Params, given))


@pytest.mark.parametrize("key", archetypes.keys())
def test_a_recipe_reads_what_is_true(browser: Browser, demo_portal: RunningPortal, key: str) -> None:
    site = archetypes.get(key)()
    portal = _by_recipe(demo_portal, key)
    portal.log_in(browser, Credentials(USERNAME, PASSWORD, totp_seed=SEED if key == "totp_login" else ""))
    listed = {listing.reference: listing for listing in portal.list_meters(browser)}
    assert {*listed} == {meter.reference for meter in site.meters}
    for meter in site.meters:
        assert listed[meter.reference].zone == meter.zone
        window = Window.of_local_days(FIRST, LAST, meter.zone)
        frames = [portal.parse(document).frame for document in portal.fetch(browser, meter.reference, window)]
        found = pd.concat(frames).dropna(how="all", axis=1).set_index("start_at")
        truth = site.truth(window.start, window.end, NOW, meter).set_index("start_at")
        assert len(truth) > 250
        pd.testing.assert_frame_equal(
            found[list(truth.columns)], truth, check_freq=False, check_index_type=False, check_names=False
        )
        assert set(found["interval_s"]) == {meter.interval_s}


@pytest.mark.parametrize("name", ["captcha", "account_locked", "second_factor", "signed_out_once"])
def test_a_portal_that_will_not_go_on_is_understood(browser: Browser, demo_portal: RunningPortal, name: str) -> None:
    fault = FAULTS[name]
    site = archetypes.get(fault.site)()
    browser.open(f"{demo_portal.url}{site.slug}/deconnexion")
    demo_portal.fault(name, times=fault.times)
    portal = _by_recipe(demo_portal, fault.site)
    window = Window.of_local_days(date(2026, 11, 10), date(2026, 11, 12), site.meter.zone)

    def visit() -> list[Document]:
        portal.log_in(browser, Credentials(USERNAME, PASSWORD))
        portal.list_meters(browser)
        return list(portal.fetch(browser, site.meter.reference, window))

    if fault.ends == "done":
        assert len(portal.parse(visit()[0]).frame) == 72
        return
    with pytest.raises(PortalError) as caught:
        visit()
    assert type(caught.value).__name__ == fault.ends
