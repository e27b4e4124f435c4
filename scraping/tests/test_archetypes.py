"""The archetypes over HTTP: doors, menus, what is true of them, and what a careless visitor does to them."""

import json
import re
from datetime import UTC, date, datetime

import pyotp
import pytest

from scraping.demo_portal.archetype import archetypes
from scraping.demo_portal.archetypes.totp_login import SEED
from scraping.demo_portal.fault_table import FAULTS
from scraping.demo_portal.rows import midnight
from tests.demo_portal import PASSWORD, USERNAME, Customer, RunningPortal

pytestmark = pytest.mark.enable_socket
NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
# The others give a plain client no answer at all; a browser meets them in the benchmark.
PLAIN = {name for name, fault in FAULTS.items() if fault.change is not None}
PLAIN -= {"slow_drip", "reset", "redirect_loop", "foreign_host", "garbage_file", "page_instead_of_file"}
every_archetype = pytest.mark.parametrize("key", archetypes.keys())


def enter(customer: Customer, key: str, word: str = PASSWORD) -> str:
    """Sign in at one site as its form wants it; returns the page that comes."""
    site = archetypes.get(key)()
    root = f"{site.slug}/"

    def send(path: str, **fields: str) -> str:
        page = customer.get(path)[2]
        token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page)
        assert token is not None, page
        return customer.post(path, csrfmiddlewaretoken=token[1], **fields)[2]

    if key == "totp_login":
        send(root + "secure/username", identifier=USERNAME)
        page = send(root + "secure/password", credential=word)
        return send(root + "secure/verify", otp=pyotp.TOTP(SEED).now()) if "6-digit" in page else page
    return send(root + site.sign_in.path, **{site.sign_in.user_name: USERNAME, site.sign_in.word_name: word})


@every_archetype
def test_a_stranger_is_sent_to_the_door_and_a_wrong_password_is_told(customer: Customer, key: str) -> None:
    site = archetypes.get(key)()
    assert site.sign_in.path in customer.get(site.address("usage").lstrip("/"))[1]
    assert site.sign_in.wrong in enter(customer, key, word="wrong").replace("&#x27;", "'")


@every_archetype
def test_the_customer_finds_every_page_of_the_menu_and_leaves(customer: Customer, key: str) -> None:
    site = archetypes.get(key)()
    assert site.brand in enter(customer, key)
    for item in site.menu:
        status, _, page = customer.get(site.address(item.kind).lstrip("/"))
        assert status == 200
        assert site.brand in page
    assert site.sign_in.path in customer.get(site.address("usage").lstrip("/"))[1]


@every_archetype
def test_a_year_of_hours_is_true_of_every_meter(key: str) -> None:
    site = archetypes.get(key)()
    for meter in site.meters:
        start, end = midnight(date(2025, 11, 1), meter.zone), midnight(date(2026, 11, 1), meter.zone)
        truth = site.truth(start, end, NOW, meter)
        assert 8500 < len(truth) <= 8760
        assert truth["start_at"].is_monotonic_increasing
        assert truth["start_at"].is_unique
        assert truth.notna().any(axis=1).all()


def test_the_truth_of_a_period_is_the_same_in_any_portions() -> None:
    site = archetypes.get("cumulative_register")()
    days = [midnight(date(2026, 3, day), "Asia/Kolkata") for day in (1, 9, 25)]
    whole = site.truth(days[0], days[2], NOW)
    parts = [site.truth(days[0], days[1], NOW), site.truth(days[1], days[2], NOW)]
    assert whole.values.tolist() == [row for part in parts for row in part.values.tolist()]


def test_a_link_that_changes_something_is_noted(demo_portal: RunningPortal, customer: Customer) -> None:
    enter(customer, "plain_table")
    customer.get("plain-table/member/settings.php?close-account=confirm")
    assert "plain_table: /plain-table/member/settings.php?close-account=confirm" in _harm(customer)


def _harm(customer: Customer) -> list[str]:
    found: list[str] = json.loads(customer.get("faults/")[2])["harm"]
    return found


def test_there_are_fourteen_archetypes_and_over_thirty_faults_that_end_in_known_ways() -> None:
    from scraping.domain import errors

    assert len(archetypes.keys()) == 14
    assert len(FAULTS) > 30
    assert {fault.site for fault in FAULTS.values()} <= set(archetypes.keys())
    words = {fault.ends for fault in FAULTS.values()} - {"done"}
    assert all(issubclass(getattr(errors, word), errors.PortalError) for word in words)


@pytest.mark.parametrize("name", [name for name, fault in FAULTS.items() if fault.rows is not None])
def test_a_fault_of_the_rows_changes_the_file_and_goes_away(
    demo_portal: RunningPortal, customer: Customer, name: str
) -> None:
    enter(customer, "csv_download")
    path = "csv-download/compteurs/09123456789012/export.csv?debut=10/11/2026&fin=22/11/2026"
    before = customer.get(path)[2]
    demo_portal.fault(name)
    assert customer.get(path)[2] != before
    demo_portal.fault()
    assert customer.get(path)[2] == before


@pytest.mark.parametrize("name", sorted(PLAIN))
def test_a_fault_of_the_answers_is_felt_on_its_own_site(
    demo_portal: RunningPortal, customer: Customer, name: str
) -> None:
    fault = FAULTS[name]
    site = archetypes.get(fault.site)()
    path = {
        "csv_download": "csv-download/compteurs/09123456789012/export.csv?debut=10/11/2026&fin=22/11/2026",
        "xhr_json": "xhr-json/api/v2/meters/LG-88-20417/usage?from=2026-11-10&to=2026-11-22",
        "paginated_table": "paginated-table/verbrauch/lastgang?von=10.11.2026&bis=22.11.2026",
        "plain_table": "plain-table/member/hourly.php?startDate=03/01/2026&endDate=03/22/2026",
    }[fault.site]
    enter(customer, site.key)
    before = customer.get(path)
    demo_portal.fault(name)
    if name == "password_changed":
        assert site.sign_in.wrong in enter(customer, site.key)
    elif name == "alert_box":
        assert "alert(" in customer.get(site.address("usage").lstrip("/"))[2]
    else:
        assert customer.get(path) != before
