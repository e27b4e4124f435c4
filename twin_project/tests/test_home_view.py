"""Home: the cards of one meter."""

import json
import re
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from django.utils import timezone

from meters.models import Meter, Reading
from meters.services import ensure_meter, ensure_site
from scraping.models import PortalAccount, PortalMeter
from twin_project.kit.figures import Figure


def figure(html: str, name: str) -> Figure:
    """The figure of that name out of a page."""
    found = re.search(rf'<script id="figure-{name}" type="application/json">(.*?)</script>', html, re.DOTALL)
    assert found, f"no figure {name}"
    parsed: Figure = json.loads(found[1])
    return parsed


def page(client: Client, address: str = "/", **headers: str) -> str:
    answer = client.get(address, headers=headers)
    assert answer.status_code == 200
    return answer.content.decode()


def test_a_stranger_is_sent_to_sign_in(db: None) -> None:
    answer = Client().get("/")
    assert (answer.status_code, answer.headers["Location"]) == (302, "/login/?next=/")


def test_without_a_meter_home_says_what_to_do(as_viewer: Client) -> None:
    html = page(as_viewer)
    assert "There is no meter yet" in html
    assert 'href="/scraper/"' in html


def test_home_shows_the_voltage_with_its_band_the_current_and_the_age_of_the_reading(
    as_viewer: Client, house: Meter
) -> None:
    html = page(as_viewer)
    assert "Family house" in html
    assert "Grid status" in html
    assert "in band" in html
    assert re.search(r"reading \d+\u2009(s|min) old", html)
    for word in ("Current", "Power", "Out of band"):
        assert word in html


def test_the_fan_shows_what_was_measured_and_hatches_the_missing_hours(as_viewer: Client, house: Meter) -> None:
    html = page(as_viewer, "/?period=week&date=" + (timezone.now() - timedelta(days=5)).date().isoformat())
    names = [trace["name"] for trace in figure(html, "fan")["data"]]
    assert "measured" in names
    assert "missing" in names
    assert "hatched is missing" in html


def test_before_the_first_forecast_home_says_so_and_how_to_ask(as_viewer: Client, house: Meter) -> None:
    html = page(as_viewer)
    assert "There is no forecast yet" in html
    assert "No forecast has met its readings yet" in html


def test_with_a_forecast_home_shows_bands_tomorrows_peak_and_the_accuracy_so_far(
    as_viewer: Client, forecast_house: Meter
) -> None:
    html = page(as_viewer)
    names = [trace["name"] for trace in figure(html, "fan")["data"]]
    assert "twin" in names
    assert "80\u2009% of cases" in names
    assert "past forecasts" in names
    assert "In 8 of 10 cases between" in html
    assert "Same time last week" in html


def test_days_are_those_of_the_sites_own_clock(as_viewer: Client, forecast_house: Meter) -> None:
    layout = figure(page(as_viewer, "/?period=day"), "fan")["layout"]
    start = datetime.fromtimestamp(layout["meta"]["start_ms"] / 1000, ZoneInfo("Asia/Kolkata"))
    assert (start.hour, start.minute, layout["meta"]["zone"]) == (0, 0, "Asia/Kolkata")


def test_a_meter_without_voltage_has_a_power_card_and_no_voltage_card(as_viewer: Client, house: Meter) -> None:
    Reading.objects.filter(meter=house).update(voltage_v=None, current_a=None)
    html = page(as_viewer)
    assert "Power now" in html
    assert "Grid status" not in html
    assert "Out of band" not in html


def test_a_meter_that_has_long_been_silent_has_no_present_state(as_viewer: Client, house: Meter) -> None:
    Reading.objects.filter(meter=house, start_at__gte=timezone.now() - timedelta(days=15)).delete()
    html = page(as_viewer)
    assert "no present state to show" in html
    assert 'class="chip warn">late' in html


@pytest.mark.parametrize("card", ["grid-status", "freshness", "fan", "peak", "accuracy"])
def test_a_card_asks_for_itself_and_gets_itself_alone(as_viewer: Client, house: Meter, card: str) -> None:
    html = page(as_viewer, "/", **{"HX-Request": "true", "HX-Target": card})
    assert f'id="{card}"' in html
    assert "<html" not in html
    assert html.count("hx-trigger") == 1


def test_the_meter_and_the_days_stand_in_the_address(as_viewer: Client, house: Meter) -> None:
    other = ensure_meter(site=ensure_site(name="Pune", zone="Asia/Kolkata"), reference="9", name="Shop")
    html = page(as_viewer, f"/?meter={other.pk}&period=month&date=2026-02-01")
    assert "February 2026" in html
    assert f"?meter={other.pk}&amp;period=month&amp;date=2026-01-01" in html.replace("&period", "&amp;period").replace(
        "&date", "&amp;date"
    )
    assert "<h1>Shop</h1>" in html


@pytest.mark.parametrize("query", ["?meter=x&period=y&date=z", "?meter=99999", "?period=custom&from=2026-02-30&to="])
def test_a_mangled_address_still_shows_home(as_viewer: Client, house: Meter, query: str) -> None:
    assert "<h1>Family house</h1>" in page(as_viewer, f"/{query}")


def test_the_portal_account_of_the_meter_has_its_control_on_home(
    as_viewer: Client, as_operator: Client, house: Meter
) -> None:
    account = PortalAccount.objects.create(name="My utility", portal="demo_utility", username="u", sealed_password="x")
    PortalMeter.objects.create(account=account, reference="0001", meter=house)
    assert "My utility" in page(as_viewer)
    assert f"/scraper/{account.pk}/start/" not in page(as_viewer)
    assert f"/scraper/{account.pk}/start/" in page(as_operator)


def test_every_answer_forbids_inline_scripts_and_home_contains_none(as_viewer: Client, house: Meter) -> None:
    answer = as_viewer.get("/")
    html = answer.content.decode()
    assert "script-src 'self'" in answer.headers["Content-Security-Policy"]
    assert "HX-Request" in answer.headers["Vary"]
    assert not re.search(r"<script(?![^>]*(src=|application/json))", html)
    assert not re.search(r"\son[a-z]+=|<style|\sstyle=", html)


def test_a_part_of_the_fan_is_fetched_in_full_detail_and_a_wrong_one_is_told(
    as_viewer: Client, forecast_house: Meter
) -> None:
    address = f"/fan/{forecast_house.pk}.json"
    assert f'"zoom": "{address}"' in as_viewer.get("/").content.decode()
    now = timezone.now().replace(minute=0, second=0, microsecond=0)
    part = {"from": (now - timedelta(hours=6)).isoformat(), "to": (now + timedelta(hours=6)).isoformat()}
    figure = as_viewer.get(address, part).json()
    assert figure["layout"]["xaxis"]["range"] == [0, 720]
    names = {trace["name"] for trace in figure["data"]}
    assert {"measured", "twin", "past forecasts"} <= names
    answer = as_viewer.get(address, {"from": "now", "to": "then"})
    assert (answer.status_code, "the earlier one first" in answer.json()["error"]) == (400, True)
    assert as_viewer.get("/fan/999999.json", part).status_code == 404
