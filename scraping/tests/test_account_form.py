"""A new account in the admin: what is wrong stands beside its field, and the password on no page."""

import json

import pytest
from django.test import Client

from scraping.models import PortalAccount
from scraping.services.sealing import credentials_of

ADD = "/admin/scraping/portalaccount/add/"
SECRET = " copper-kettle-88 "
GOOD = {
    "name": "Mine",
    "portal": "demo_utility",
    "params": json.dumps({"base_url": "http://127.0.0.1:8600/"}),
    "username": "me",
    "password": SECRET,
    "interval_minutes": "30",
    "first_days": "60",
    "reread_days": "30",
    "accept_terms": "on",
}


def errors(client: Client, **changes: str) -> dict[str, list[str]]:
    answer = client.post(ADD, {**GOOD, **changes})
    assert answer.status_code == 200
    assert SECRET.strip() not in answer.content.decode()
    assert not PortalAccount.objects.exists()
    found: dict[str, list[str]] = answer.context["adminform"].form.errors
    return found


def test_a_good_one_is_stored_with_its_password_sealed(admin_client: Client) -> None:
    assert admin_client.post(ADD, GOOD).status_code == 302
    account = PortalAccount.objects.get()
    assert credentials_of(account=account).password == SECRET
    page = admin_client.get(f"/admin/scraping/portalaccount/{account.pk}/change/").content.decode()
    assert SECRET.strip() not in page
    assert account.sealed_password not in page


def test_an_empty_password_keeps_the_stored_one(admin_client: Client) -> None:
    admin_client.post(ADD, GOOD)
    account = PortalAccount.objects.get()
    address = f"/admin/scraping/portalaccount/{account.pk}/change/"
    assert admin_client.post(address, {**GOOD, "password": "", "username": "you"}).status_code == 302
    account.refresh_from_db()
    assert (account.username, credentials_of(account=account).password) == ("you", SECRET)


@pytest.mark.parametrize(
    ("field", "value", "told"),
    [
        ("password", "", "needs its password"),
        ("portal", "gone", "not one of the available choices"),
        ("params", '{"colour": "red"}', "colour: is unknown"),
        ("params", '{"base_url": "portal"}', "is no web address"),
        ("params", "[1]", "names with values"),
        ("params", "{", "valid JSON"),
        ("interval_minutes", "0", "greater than or equal to 1"),
        ("first_days", "0", "greater than or equal to 1"),
        ("reread_days", "-1", "greater than or equal to 1"),
        ("username", "", "required"),
    ],
)
def test_what_is_wrong_is_said_beside_its_field(admin_client: Client, field: str, value: str, told: str) -> None:
    found = errors(admin_client, **{field: value})
    assert list(found) == [field]
    assert told in " ".join(found[field])


def test_a_portal_elsewhere_is_not_visited_every_half_hour(admin_client: Client) -> None:
    found = errors(admin_client, params='{"base_url": "https://portal.example/"}')
    assert "720 or more" in " ".join(found["interval_minutes"])


def test_the_admin_starts_and_stops_a_scraper(admin_client: Client) -> None:
    admin_client.post(ADD, GOOD)
    account = PortalAccount.objects.get()
    for action, enabled in (("start", True), ("stop", False)):
        chosen = {"action": action, "_selected_action": [account.pk]}
        admin_client.post("/admin/scraping/portalaccount/", chosen)
        account.refresh_from_db()
        assert account.enabled is enabled
