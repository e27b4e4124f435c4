"""The admin of the meters: everything opens, readings cannot be touched, keys find one row."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pandas as pd
import pytest
from django.core.checks import run_checks
from django.core.exceptions import ValidationError
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from meters.models import BrowsedReading, BrowsedRevision, BrowsedWeather, Meter, Site, Source
from meters.services import StoreReport, ensure_meter, ensure_site, import_readings, store_weather

Frame = Callable[..., pd.DataFrame]
Store = Callable[..., StoreReport]


@pytest.fixture
def filled(frame: Frame, store: Store, site: Site, source: Source) -> None:
    store(frame(n=5, energy_kwh=[0.1] * 5))
    store(frame(n=1, energy_kwh=[0.9]))
    hours = pd.date_range("2026-05-01", periods=2, freq="h", tz="UTC")
    store_weather(site=site, observations=pd.DataFrame({"start_at": hours, "temperature_c": [1.0, 2.0]}), source=source)


@pytest.mark.usefixtures("filled")
@pytest.mark.parametrize(
    "page",
    [
        "site",
        "meter",
        "source",
        "browsedreading",
        "browsedrevision",
        "browsedweather",
        "importbatch",
        "meter/add",
        "site/add",
    ],
)
def test_every_page_opens(admin_client: Client, page: str) -> None:
    assert admin_client.get(f"/admin/meters/{page}/").status_code == 200


@pytest.mark.usefixtures("filled")
@pytest.mark.parametrize("model", [BrowsedReading, BrowsedRevision, BrowsedWeather])
def test_a_row_opens_by_its_key_and_cannot_be_changed(
    admin_client: Client, model: type[BrowsedReading | BrowsedRevision | BrowsedWeather]
) -> None:
    row = model._default_manager.order_by("start_at").first()
    assert row is not None
    address = f"/admin/meters/{model._meta.model_name}/{row.key}/change/"
    with CaptureQueriesContext(connection) as queries:
        page = admin_client.get(address)
    assert page.status_code == 200
    assert b'name="_save"' not in page.content
    assert not any('"key" =' in query["sql"] for query in queries)
    assert admin_client.post(address, {}).status_code == 403
    assert admin_client.get(f"/admin/meters/{model._meta.model_name}/add/").status_code == 403


@pytest.mark.usefixtures("filled")
def test_readings_are_listed_for_one_meter_and_period(admin_client: Client, meter: Meter, site: Site) -> None:
    other = ensure_meter(site=site, reference="9", name="Zoo")
    page = admin_client.get("/admin/meters/browsedreading/")
    assert page.context["cl"].result_count == 5
    assert admin_client.get(f"/admin/meters/browsedreading/?meter={other.pk}").context["cl"].result_count == 0
    assert admin_client.get(f"/admin/meters/browsedreading/?meter={meter.pk}&days=all").status_code == 200
    assert admin_client.get("/admin/meters/browsedreading/?meter=x").context["cl"].result_count == 0


def test_a_nonsense_key_is_not_found(admin_client: Client, meter: Meter) -> None:
    assert admin_client.get("/admin/meters/browsedreading/no@such/change/").status_code == 302


def test_names_that_repeat_get_short_names_of_their_own(site: Site) -> None:
    first = ensure_meter(site=site, reference="1", name="Main meter")
    second = ensure_meter(site=site, reference="2", name="Main meter")
    again = ensure_meter(site=site, reference="1", name="renamed at the portal")
    assert (first.slug, second.slug, again) == ("main-meter", "main-meter-2", first)


def test_a_zone_must_be_an_iana_name(db: None) -> None:
    with pytest.raises(ValidationError, match="'IST' is no IANA time zone"):
        ensure_site(name="Pune", zone="IST")


def test_a_site_whose_zone_this_machine_does_not_know_is_reported(site: Site) -> None:
    Site.objects.update(zone="Mars/Olympus")
    found = [message.id for message in run_checks(databases=["default"]) if (message.id or "").startswith("meters")]
    assert found == ["meters.E001"]


def test_the_admin_shows_how_far_the_readings_go(
    admin_client: Client, frame: Frame, store: Store, meter: Meter
) -> None:
    store(frame(n=4))
    assert b"2026-05-01 01:00" in admin_client.get("/admin/meters/meter/").content
    assert BrowsedReading.objects.get(start_at=datetime(2026, 5, 1, tzinfo=UTC)).meter == meter


def test_a_file_that_came_in_can_be_looked_at_and_not_changed(
    admin_client: Client, meter: Meter, now: datetime, tmp_path: Path
) -> None:
    path = tmp_path / "may.csv"
    path.write_text("start_utc,interval_s,kwh\n2026-05-01T00:00:00Z,900,1\n2026-05-01T00:15:00Z,900,2\n")
    _, batch = import_readings(path=path, now=now, meter=meter)
    assert batch is not None
    listed = admin_client.get("/admin/meters/importbatch/?q=may").content.decode()
    assert f'href="/data/imports/{batch.pk}/"' in listed
    address = f"/admin/meters/importbatch/{batch.pk}/change/"
    page = admin_client.get(address).content.decode()
    assert batch.sha256 in page
    assert str(tmp_path) not in page
    assert 'name="_save"' not in page
    for way in (address, "/admin/meters/importbatch/add/", f"/admin/meters/importbatch/{batch.pk}/delete/"):
        assert admin_client.post(way, {"post": "yes"}).status_code == 403
    batch.refresh_from_db()
    assert batch.state == "done"
