"""A fleet of meters: a page shows a few, and finds the others."""

import pytest
from django.test import Client

from meters.models import Meter
from meters.selectors import all_meters, meters_like
from meters.services import ensure_meter, ensure_site
from twin_project.kit.htmx import SHOWN, choice_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def fleet() -> list[Meter]:
    site = ensure_site(name="Quay", zone="Europe/Paris")
    return [ensure_meter(site=site, reference=f"r{n:03}", name=f"Pump {n:03}") for n in range(60)]


def test_of_many_meters_a_few_are_shown_and_any_can_be_chosen(fleet: list[Meter]) -> None:
    choice = choice_of(all_meters(), str(fleet[-1].pk))
    assert choice.row == fleet[-1]
    assert choice.total == 60
    assert choice.shown == [fleet[-1], *fleet[: SHOWN - 1]]


@pytest.mark.parametrize("key", [None, "", "0", "x", "١"])
def test_an_address_that_names_no_meter_chooses_the_first(key: str | None, fleet: list[Meter]) -> None:
    assert choice_of(all_meters(), key).row == fleet[0]


def test_without_a_meter_nothing_is_chosen() -> None:
    assert choice_of(all_meters(), "1").row is None


def test_a_meter_is_found_by_name_reference_or_site(fleet: list[Meter]) -> None:
    assert list(meters_like("pump 007")) == [fleet[7]]
    assert list(meters_like("R059")) == [fleet[59]]
    assert meters_like("quay").count() == 60
    assert not meters_like("pier").exists()


@pytest.mark.usefixtures("fleet")
def test_the_list_comes_a_page_at_a_time_and_can_be_searched(admin_client: Client) -> None:
    first = admin_client.get("/meters/").content.decode()
    assert "Pump 024" in first
    assert "Pump 025" not in first
    assert "page 1 of 3" in first
    assert "Pump 059" in admin_client.get("/meters/?page=3").content.decode()
    assert "Pump 041" in admin_client.get("/meters/?q=041").content.decode()
    assert "No meter has these words" in admin_client.get("/meters/?q=crane").content.decode()
