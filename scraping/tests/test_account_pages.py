"""A portal account on the panel: choose a portal, fill its form, change it; secrets go in and never come out."""

from typing import Any

import pytest
from django.test import Client

from scraping.forms import TERMS
from scraping.models import PortalAccount
from scraping.services.sealing import credentials_of, keep_session
from tests.paper_portal import PAPER_NOW as NOW
from twin_project.kit.jobs.models import Job

pytestmark = pytest.mark.django_db
ADD = "/scraper/add/?portal=demo_utility"
SECRET, SEED = " copper-kettle-88 ", "GEZD GNBV GY3T QOJQ"
GOOD = {
    "name": "Mine",
    "base_url": "http://127.0.0.1:8600/",
    "pause_s": "0",
    "username": "me",
    "password": SECRET,
    "totp_seed": SEED,
    "interval_minutes": "30",
    "first_days": "60",
    "reread_days": "30",
    "accept_terms": "on",
}


@pytest.fixture
def mine(as_operator: Client) -> PortalAccount:
    as_operator.post(ADD, GOOD)
    return PortalAccount.objects.get()


def test_the_portals_to_choose_from_are_those_of_the_folder(as_operator: Client) -> None:
    html = as_operator.get("/scraper/add/").content.decode()
    assert "Demo Utility" in html
    assert 'href="?portal=demo_utility"' in html
    assert as_operator.get("/scraper/add/?portal=nothing").status_code == 404


def test_a_new_account_is_kept_sealed_with_the_terms_and_its_sign_in_is_tested(
    mine: PortalAccount, as_operator: Client
) -> None:
    credentials = credentials_of(account=mine)
    assert (credentials.password, credentials.totp_seed) == (SECRET, "GEZDGNBVGY3TQOJQ")
    assert mine.params == {"base_url": "http://127.0.0.1:8600/", "pause_s": 0.0}
    assert (mine.terms_text, mine.terms_accepted_at is not None, mine.enabled) == (TERMS, True, False)
    assert Job.objects.get().kind == "check_sign_in"


def test_no_page_shows_a_secret_again(mine: PortalAccount, as_operator: Client) -> None:
    bad = as_operator.post(f"/scraper/{mine.pk}/edit/", {**GOOD, "name": ""}).content.decode()
    for html in (bad, *(as_operator.get(f"/scraper/{mine.pk}/{page}").content.decode() for page in ("", "edit/"))):
        for secret in (SECRET.strip(), "GEZD", mine.sealed_password, mine.sealed_totp_seed):
            assert secret not in html


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"accept_terms": ""}, "Without this the portal is not visited"),
        ({"password": ""}, "A new account needs its password"),
        ({"totp_seed": "482910"}, "This is no seed of one-time codes"),
        ({"base_url": "portal"}, "is no web address"),
        ({"base_url": "http://192.168.0.1/"}, "its own network"),
        ({"pause_s": "-1"}, "0 s or more"),
        ({"interval_minutes": "0"}, "greater than or equal to 1"),
        ({"username": ""}, "required"),
    ],
)
def test_what_is_wrong_is_said_beside_its_field(as_operator: Client, changes: dict[str, str], told: str) -> None:
    answer = as_operator.post(ADD, {**GOOD, **changes})
    assert answer.status_code == 422
    assert told in answer.content.decode()
    assert not PortalAccount.objects.exists()


def test_an_empty_password_keeps_the_stored_one_and_the_terms_are_asked_once(
    mine: PortalAccount, as_operator: Client
) -> None:
    page = f"/scraper/{mine.pk}/edit/"
    assert "Agreed on" in as_operator.get(page).content.decode()
    again = {**GOOD, "password": "", "totp_seed": "", "accept_terms": "", "username": "you", "first_days": "7"}
    assert as_operator.post(page, again).status_code == 302
    mine.refresh_from_db()
    assert (mine.username, mine.first_days, credentials_of(account=mine).password) == ("you", 7, SECRET)


def test_a_stored_password_never_goes_to_another_address_by_itself(mine: PortalAccount, as_operator: Client) -> None:
    keep_session(account=mine, cookies=[{"name": "sid", "value": "x"}], now=NOW)
    page, moved = f"/scraper/{mine.pk}/edit/", {**GOOD, "password": "", "base_url": "http://127.0.0.1:9999/"}
    answer = as_operator.post(page, moved)
    assert answer.status_code == 422
    assert "type the password again" in answer.content.decode()
    assert as_operator.post(page, {**moved, "password": "another"}).status_code == 302
    mine.refresh_from_db()
    assert (mine.params["base_url"], mine.sealed_session) == ("http://127.0.0.1:9999/", "")


@pytest.mark.parametrize("page", ["add/", "add/?portal=demo_utility", "{pk}/edit/"])
def test_a_viewer_neither_adds_nor_changes(as_viewer: Client, paper_account: PortalAccount, page: str) -> None:
    assert as_viewer.get(f"/scraper/{page.format(pk=paper_account.pk)}").status_code == 403


def test_a_plug_in_that_is_gone_makes_its_account_not_editable_but_the_page_stands(
    mine: PortalAccount, as_operator: Client
) -> None:
    PortalAccount.objects.update(portal="gone")
    assert as_operator.get(f"/scraper/{mine.pk}/edit/").status_code == 404
    assert as_operator.get(f"/scraper/{mine.pk}/").status_code == 200


def test_the_form_gives_a_long_text_a_tall_box() -> None:
    from dataclasses import dataclass

    from twin_project.kit.param_fields import fields_of
    from twin_project.kit.params import param

    @dataclass(frozen=True)
    class Params:
        text: str = param("", "Text", lines=12)
        colour: str = param("red", "Colour", choices=("red", "blue"))
        many: int = param(3, "Many", unit="kW")

    fields: dict[str, Any] = fields_of(Params, given={"many": 4})
    assert fields["text"].widget.attrs["rows"] == 12
    assert fields["colour"].choices == [("red", "red"), ("blue", "blue")]
    assert (fields["many"].initial, fields["many"].label) == (4, "Many, kW")
