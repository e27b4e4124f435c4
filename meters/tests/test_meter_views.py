"""The list of meters, the page of one, and its file."""

import csv
import io
import re
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from meters.models import Meter, Reading


def read(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return answer.content.decode()


def rows_of(client: Client, address: str) -> list[dict[str, str]]:
    answer = client.get(address)
    assert answer.status_code == 200
    body = b"".join(answer.streaming_content).decode()  # type: ignore[attr-defined]  # a streamed answer
    return list(csv.DictReader(io.StringIO(body)))


def test_without_a_meter_the_list_says_where_they_come_from(as_viewer: Client) -> None:
    assert "There is no meter yet" in read(as_viewer, "/meters/")


def test_the_list_shows_each_meter_with_its_last_day_and_how_far_its_data_go(as_viewer: Client, house: Meter) -> None:
    html = read(as_viewer, "/meters/")
    assert f'href="/meters/{house.slug}/"' in html
    assert re.search(r"3\d\.\d<span class=\"unit\">\u2009kWh", html)
    assert "Sceaux" in html


def test_a_meter_that_never_had_a_reading_is_listed_and_has_a_page(as_viewer: Client, house: Meter) -> None:
    Reading.objects.filter(meter=house).delete()
    assert "Family house" in read(as_viewer, "/meters/")
    html = read(as_viewer, f"/meters/{house.slug}/")
    assert "no reading yet" in html
    assert "Nothing was measured on these days" in html


def test_the_page_of_a_meter_sums_the_days_and_names_the_gap_that_was_not_filled(
    as_viewer: Client, house: Meter
) -> None:
    html = read(as_viewer, f"/meters/{house.slug}/?period=year")
    assert "1 gap, not filled" in html
    assert "6\u2009h" in html
    assert "Highest mean power" in html


@pytest.mark.parametrize("name", ["load", "voltage", "current"])
def test_every_quantity_that_the_meter_has_is_a_chart_with_a_table_and_a_file(
    as_viewer: Client, house: Meter, name: str
) -> None:
    html = read(as_viewer, f"/meters/{house.slug}/")
    assert f'id="figure-{name}"' in html
    assert html.count("As a table") == 3
    assert f"/meters/{house.slug}/readings.csv" in html


def test_a_meter_without_voltage_has_no_voltage_chart(as_viewer: Client, house: Meter) -> None:
    Reading.objects.filter(meter=house).update(voltage_v=None)
    assert 'id="figure-voltage"' not in read(as_viewer, f"/meters/{house.slug}/")


def test_the_file_has_every_reading_of_the_days_with_its_units_and_quality(as_viewer: Client, house: Meter) -> None:
    rows = rows_of(as_viewer, f"/meters/{house.slug}/readings.csv?period=custom&from=2020-01-01&to=2029-12-31")
    assert len(rows) == Reading.objects.filter(meter=house).count()
    assert rows[0]["quality"] == "measured"
    assert float(rows[0]["power_kw"]) == pytest.approx(float(rows[0]["energy_kwh"]) * 4)
    assert rows[0]["frequency_hz"] == ""


def test_the_file_keeps_to_the_local_day(as_viewer: Client, house: Meter) -> None:
    day = (timezone.now() - timedelta(days=2)).date()
    rows = rows_of(as_viewer, f"/meters/{house.slug}/readings.csv?period=day&date={day}")
    assert len(rows) == 96
    assert rows[0]["start_utc"][11:16] in ("22:00", "23:00")


def test_a_meter_that_is_not_there_is_not_found(as_viewer: Client) -> None:
    assert as_viewer.get("/meters/nobody/").status_code == 404
    assert as_viewer.get("/meters/nobody/readings.csv").status_code == 404
