"""The page of a site, and the card on Home: money and CO2 only where somebody entered prices."""

import json
import re
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pandas as pd
import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone

from meters.domain.example_tariff import example_tariff
from meters.domain.tariff import Fixed, Rate, Version
from meters.models import Meter, Source, TariffVersion, WeatherFeed
from meters.selectors import bill, cost
from meters.selectors.billing import version_of
from meters.services import (
    ensure_example_prices,
    ensure_meter,
    ensure_source,
    save_carbon_factor,
    save_tariff,
    store_readings,
    store_weather,
    store_weather_forecast,
)
from meters.views.tariff_words import parts_of

FLAT = Version(
    "Flat rate",
    date(2026, 1, 1),
    "EUR",
    rates=(Rate("All hours", Decimal("0.25")),),
    fixed=(Fixed("Subscription", Decimal(12), "month"),),
)
MAY, JUNE = date(2026, 5, 1), date(2026, 6, 1)
NOW = datetime(2026, 6, 20, tzinfo=UTC)


@pytest.fixture
def billed(meter: Meter, source: Source) -> Meter:
    """The flat with 1 kW through May 2026 but for 6 hours, and with a flat rate."""
    starts = pd.date_range("2026-05-01", "2026-06-01", freq="15min", tz="Europe/Paris", inclusive="left")
    frame = pd.DataFrame({"start_at": starts.tz_convert("UTC"), "interval_s": 900, "power_kw": 1.0})
    hole = frame["start_at"].between(pd.Timestamp("2026-05-10 00:00Z"), pd.Timestamp("2026-05-10 05:59Z"))
    store_readings(meter=meter, readings=frame[~hole], source=source, now=NOW)
    save_tariff(site=meter.site, version=FLAT)
    return meter


def test_a_bill_out_of_the_database_is_the_sum_worked_by_hand(billed: Meter) -> None:
    """May 2026: 744 h less 6 h at 1 kW: 738 x 0.25 = 184.50, and 12.00 for the month."""
    made = bill(meter=billed, start=MAY, end=JUNE, now=NOW)
    assert made is not None
    assert (made.total, made.energy_kwh) == (Decimal("196.50"), Decimal(738))
    assert made.measured == pytest.approx(738 / 744)


def test_a_month_that_goes_on_is_measured_against_what_is_over(billed: Meter) -> None:
    made = bill(meter=billed, start=MAY, end=JUNE, now=datetime(2026, 5, 4, 22, tzinfo=UTC))
    assert made is not None
    assert made.measured == 1.0


def test_a_meter_with_its_own_tariff_has_none_of_the_sites(billed: Meter) -> None:
    own = Version("Own", date(2026, 5, 1), "EUR", rates=(Rate("All", Decimal(1)),))
    save_tariff(site=billed.site, version=own, meter=billed)
    made = bill(meter=billed, start=MAY, end=JUNE, now=NOW)
    assert made is not None
    assert made.total == Decimal("738.00")
    other = ensure_meter(site=billed.site, reference="9", name="Other")
    assert bill(meter=other, start=MAY, end=JUNE, now=NOW) is not None


def test_what_is_stored_of_a_tariff_is_what_was_entered(billed: Meter) -> None:
    example = example_tariff(currency="EUR", valid_from=date(2026, 6, 1))
    assert version_of(save_tariff(site=billed.site, version=example)) == example
    save_tariff(site=billed.site, version=example)
    assert TariffVersion.objects.filter(valid_from=date(2026, 6, 1)).count() == 1


def test_the_page_shows_the_bill_by_part_and_how_much_was_measured(as_viewer: Client, billed: Meter) -> None:
    html = as_viewer.get("/meters/sites/sceaux/?period=month&date=2026-05-01").content.decode()
    assert "May 2026" in html
    for word in ("196.50", "184.50", "738.000", "Subscription", "99\u2009% measured", "Flat rate", "in force"):
        assert word in html
    assert "/admin/" not in html  # a viewer edits nothing
    assert not re.search(r"\son[a-z]+=|<style|\sstyle=", html)


def test_without_prices_weather_or_meter_the_page_says_why(as_viewer: Client, meter: Meter) -> None:
    html = as_viewer.get("/meters/sites/sceaux/").content.decode()
    assert "No tariff was in force" in html
    assert "No weather: no source is chosen" in html
    assert "No tariff and no carbon factor is entered" in html
    assert as_viewer.get("/meters/sites/nowhere/").status_code == 404
    assert "have not begun" in as_viewer.get("/meters/sites/sceaux/?period=month&date=2150-01-01").content.decode()


def test_the_page_tells_of_a_source_that_fails_and_keeps_the_vintages(as_viewer: Client, meter: Meter) -> None:
    now = timezone.now()
    hour = now.replace(minute=0, second=0, microsecond=0)
    source = ensure_source(kind="weather", label="Stub", now=now)
    past = pd.DataFrame({"start_at": pd.date_range(hour - timedelta(hours=30), hour, freq="h"), "temperature_c": 9.0})
    store_weather(site=meter.site, observations=past, source=source)
    ahead = pd.DataFrame({"start_at": pd.date_range(hour, periods=48, freq="h"), "temperature_c": 11.0})
    ahead["issued_at"] = pd.Timestamp(hour - timedelta(hours=2))
    store_weather_forecast(site=meter.site, forecasts=ahead, source=source)
    WeatherFeed.objects.create(
        site=meter.site, provider="open_meteo", problem="The host is away.", next_fetch_at=now + timedelta(hours=1)
    )
    html = as_viewer.get("/meters/sites/sceaux/").content.decode()
    for word in ("The host is away.", "It is asked again", "Forecast issued", "Open-Meteo.com", 'id="figure-weather"'):
        assert word in html


def test_only_an_operator_fetches_weather(as_viewer: Client, as_operator: Client, meter: Meter) -> None:
    WeatherFeed.objects.create(site=meter.site, provider="weather_file")
    address = "/meters/sites/sceaux/fetch-weather/"
    assert as_viewer.post(address).status_code == 403
    assert as_operator.post(address).headers["Location"].startswith("/jobs/")


def test_home_has_a_card_of_the_month_only_where_there_are_prices(as_viewer: Client, house: Meter) -> None:
    assert "This month so far" not in as_viewer.get("/").content.decode()
    assert as_viewer.get("/", headers={"HX-Request": "true", "HX-Target": "month"}).content.decode().strip() == ""
    assert ensure_example_prices(site=house.site, currency="EUR", valid_from=date(2020, 1, 1))
    assert not ensure_example_prices(site=house.site, currency="EUR", valid_from=date(2020, 1, 1))
    html = as_viewer.get("/", headers={"HX-Request": "true", "HX-Target": "month"}).content.decode()
    for word in ("This month so far", "example prices", "the prices are invented", "CO₂", "measured"):
        assert word in html
    assert "<html" not in html


def test_carbon_alone_gives_kilograms_and_no_money(as_viewer: Client, house: Meter) -> None:
    save_carbon_factor(site=house.site, valid_from=date(2020, 1, 1), kg_per_kwh=(0.4,))
    html = as_viewer.get("/", headers={"HX-Request": "true", "HX-Target": "month"}).content.decode()
    assert "kg CO₂" in html
    assert "EUR" not in html


def test_the_command_prints_the_bill_and_says_what_is_missing(
    billed: Meter, capsys: pytest.CaptureFixture[str]
) -> None:
    save_carbon_factor(site=billed.site, valid_from=date(2020, 1, 1), kg_per_kwh=(0.5,))
    call_command("bill_period", meter=billed.slug, month="2026-05")
    told = capsys.readouterr().out
    assert "196.50 EUR" in told
    assert "99.2% measured" in told
    assert "CO2 369.0 kg" in told
    call_command("bill_period", "--meter", billed.slug, "--from", "2026-05-01", "--to", "2026-05-31", "--json")
    assert json.loads(capsys.readouterr().out)["total"] == "196.50"
    with pytest.raises(CommandError, match="has no tariff"):
        call_command("bill_period", meter=billed.slug, month="2025-05")
    with pytest.raises(CommandError, match="as 2026-01"):
        call_command("bill_period", meter=billed.slug, month="May")


def test_admins_enter_tariffs_and_are_told_what_cannot_be_billed(admin_client: Client, billed: Meter) -> None:
    row = TariffVersion.objects.get()
    for page in ("tariffversion", f"tariffversion/{row.pk}/change", "carbonversion", "weatherfeed", "weatherfeed/add"):
        assert admin_client.get(f"/admin/meters/{page}/").status_code == 200
    empty = {
        f"{name}-{part}": "0"
        for name in ("rates", "slabs", "fixed", "demands", "taxes")
        for part in ("TOTAL_FORMS", "INITIAL_FORMS")
    }
    night = {"position": "1", "name": "Night", "per_kwh": "0.1", "days": "1234567", "begins": "22:00", "ends": "06:00"}
    new = {"site": billed.site.pk, "name": "New", "valid_from": "2026-07-01", "currency": "EUR", **empty}
    new |= {"rates-TOTAL_FORMS": "1", **{f"rates-0-{name}": value for name, value in night.items()}}
    answer = admin_client.post("/admin/meters/tariffversion/add/", new, follow=True).content.decode()
    assert "cannot be billed yet. No rate holds at 06:00" in answer
    bad = admin_client.post(
        "/admin/meters/tariffversion/add/", {**new, "rates-0-begins": "22:10", "valid_from": "2026-08-01"}
    )
    assert "whole quarter of an hour" in bad.content.decode()
    assert "/admin/meters/tariffversion/" in admin_client.get("/meters/sites/sceaux/").content.decode()


def test_an_address_inside_the_house_is_refused_in_the_admin_too(admin_client: Client, meter: Meter) -> None:
    form = {"site": meter.site.pk, "provider": "open_meteo", "every_minutes": "360", "enabled": "on"}
    form["params"] = '{"forecast_url": "http://127.0.0.1:8000/"}'
    answer = admin_client.post("/admin/meters/weatherfeed/add/", form)
    assert "on this machine or its own network" in answer.content.decode()
    assert not WeatherFeed.objects.exists()


def test_an_estimated_share_is_told(billed: Meter, source: Source) -> None:
    hole = pd.date_range("2026-05-10", periods=24, freq="15min", tz="UTC")
    frame = pd.DataFrame({"start_at": hole, "interval_s": 900, "power_kw": 1.0, "quality": 1})
    store_readings(meter=billed, readings=frame, source=source, now=NOW)
    found = cost(meter=billed, start=MAY, end=JUNE, now=NOW)
    assert found.bill is not None
    assert found.bill.estimated == pytest.approx(6 / 744)
    assert found.bill.measured == 1.0


def test_every_part_of_a_tariff_is_told_in_words() -> None:
    words = {part.name: (part.price, part.when) for part in parts_of(example_tariff(currency="EUR", valid_from=MAY))}
    assert words["Night"] == ("0.12\u2009EUR/kWh", "22:00 to 06:00")
    assert words["Day"] == ("0.24\u2009EUR/kWh", "all other times")
    assert words["Tax"] == ("10\u2009%", "of all above it")
