"""The faults of files, answers and rows without a browser: what the recipe makes of the very bytes of the portal.

Each ends as the table of faults says: refused whole as a changed layout, or read right; what remains impossible is
refused row by row where readings are stored.
"""

import re
from datetime import UTC, date, datetime
from pathlib import Path

import pandas as pd
import pytest

from meters.domain.intervals import check_readings
from scraping.demo_portal.archetype import Archetype, archetypes
from scraping.demo_portal.fault_table import ALL, FAULTS, FEEDS, FILES, TABLES
from scraping.domain.contract import Document, Portal, Window
from scraping.domain.errors import LayoutChanged
from scraping.portals.recipe import RecipeOfAccount
from tests.demo_portal import PASSWORD, USERNAME, Customer, RunningPortal
from twin_project.kit import params as kit_params

pytestmark = pytest.mark.enable_socket
RECIPES = Path(__file__).resolve().parents[1] / "demo_portal" / "recipes"
NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
# site: the days, the page that claims a count, the address of the document, its type
WAYS = {
    "csv_download": (
        date(2026, 11, 10),
        "csv-download/compteurs/09123456789012/?debut=10/11/2026&fin=22/11/2026",
        "csv-download/compteurs/09123456789012/export.csv?debut=10/11/2026&fin=22/11/2026",
        "text/csv",
    ),
    "xhr_json": (
        date(2026, 11, 10),
        "",
        "xhr-json/api/v2/meters/LG-88-20417/usage?from=2026-11-10&to=2026-11-22",
        "application/json",
    ),
    "plain_table": (
        date(2026, 3, 1),
        "",
        "plain-table/member/hourly.php?startDate=03/01/2026&endDate=11/22/2026",
        "text/html",
    ),
}
NAMES = [
    name
    for name, fault in FAULTS.items()
    if fault.site in WAYS and (fault.rows or fault.touches in (FILES, FEEDS, TABLES)) and fault.times < 0
    # two give no document; rubbish of a possible size is a matter of the rules where readings are stored
    if name not in {"error_500_on_file", "signed_out", "spike_rows"}
]


def enter(customer: Customer, site: Archetype) -> None:
    form = site.sign_in
    page = customer.get(f"{site.slug}/{form.path}")[2]
    token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page)
    assert token is not None
    given = {form.user_name: USERNAME, form.word_name: PASSWORD}
    customer.post(f"{site.slug}/{form.path}", csrfmiddlewaretoken=token[1], **given)


def portal_of(site: Archetype) -> Portal:
    given = {"base_url": "http://127.0.0.1:1/", "recipe": (RECIPES / f"{site.key}.yaml").read_text()}
    return RecipeOfAccount(kit_params.read(RecipeOfAccount.Params, given))


def given(customer: Customer, site: Archetype) -> Document:
    first, page, path, kind = WAYS[site.key]
    claim = re.search(r'id="nb">(\d+)', customer.get(page)[2]) if page else None
    return Document(
        portal="recipe",
        meter_reference=site.meter.reference,
        window=Window.of_local_days(first, date(2026, 11, 22), site.meter.zone),
        content_type=kind,
        body=customer.body(path),
        fetched_at=NOW,
        url="http://127.0.0.1:1/",
        claimed_rows=int(claim[1]) if claim else None,
    )


@pytest.mark.parametrize("key", WAYS)
def test_without_a_fault_the_document_is_read_as_it_is_true(customer: Customer, key: str) -> None:
    site = archetypes.get(key)()
    enter(customer, site)
    document = given(customer, site)
    assert _differences(portal_of(site).parse(document).frame, site, document) == {}


@pytest.mark.parametrize("name", NAMES)
def test_a_fault_ends_as_the_table_says(demo_portal: RunningPortal, customer: Customer, name: str) -> None:
    fault = FAULTS[name]
    site = archetypes.get(fault.site)()
    enter(customer, site)
    demo_portal.fault(name)
    document = given(customer, site)
    if fault.ends == "LayoutChanged":
        with pytest.raises(LayoutChanged):
            portal_of(site).parse(document)
        return
    assert fault.ends == "done"
    parsed = portal_of(site).parse(document).frame
    kept = check_readings(parsed.drop(columns="temperature_c", errors="ignore"), zone=site.meter.zone, now=NOW).frame
    different = _differences(kept, site, document)
    if fault.stored == ALL:
        assert different == {}
    elif fault.is_their_word:
        assert 20 < different["wrong"] <= 24
    else:
        assert different.keys() <= {"missing"}, different
        assert 0 < different["missing"] <= 24


def _differences(found: pd.DataFrame, site: Archetype, document: Document) -> dict[str, int]:
    """Counts of wrong, missing and extra rows; {} where nothing differs."""
    truth = site.truth(document.window.start, document.window.end, NOW).set_index("start_at")
    truth = truth.drop(columns="temperature_c", errors="ignore").dropna(how="all")
    frame = found.set_index("start_at").reindex(columns=truth.columns).dropna(how="all")
    both = truth.index.intersection(frame.index)
    near = (frame.loc[both] - truth.loc[both]).abs().lt(1e-9) | (frame.loc[both].isna() & truth.loc[both].isna())
    told = {
        "wrong": int((~near.all(axis=1)).sum()),
        "missing": len(truth.index.difference(frame.index)),
        "extra": len(frame.index.difference(truth.index)),
    }
    return {what: count for what, count in told.items() if count}
