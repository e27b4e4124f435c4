"""Explore: the cards, the state in the address, and the parts that are asked for on zoom."""

import csv
import io
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

import pandas as pd
import pytest
from django.test import Client
from django.utils import timezone

from meters.models import Meter, Reading
from meters.selectors.columns import load_columns
from meters.services import ensure_meter, ensure_source, store_readings, store_weather
from twin_project.kit.figures import MAX_POINTS, decode


def read(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return answer.content.decode()


def part(client: Client, house: Meter, name: str, **query: str) -> tuple[int, dict[str, Any]]:
    answer = client.get(f"/meters/{house.slug}/figures/{name}.json?{urlencode(query)}")
    return answer.status_code, answer.json() if answer.headers["Content-Type"] == "application/json" else {}


@pytest.fixture
def days() -> str:
    """The 16 days of the house, and a little more."""
    today = timezone.now().date()
    return urlencode({"period": "custom", "from": today - timedelta(days=17), "to": today + timedelta(days=1)})


def test_every_card_that_the_quantities_allow_is_there_with_a_table_and_a_file(
    as_viewer: Client, house: Meter, days: str
) -> None:
    html = read(as_viewer, f"/meters/{house.slug}/explore/?{days}&compare=previous")
    for name in ("load", "heatmap", "week", "duration", "compare", "voltage", "voltage-often", "current"):
        assert f'id="{name}"' in html, name
    assert html.count("As a table") == 8  # nothing was measured in the days before, so there is nothing to compare
    assert f"/meters/{house.slug}/explore/heatmap.csv?compare=previous&amp;period=custom" in html
    assert "Nothing was measured from" in html
    assert 'aria-current="page">Explore' in html


def test_no_card_speaks_of_what_the_meter_does_not_measure(as_viewer: Client, house: Meter, days: str) -> None:
    Reading.objects.filter(meter=house).update(voltage_v=None, current_a=None)
    html = read(as_viewer, f"/meters/{house.slug}/explore/?{days}")
    for name in ("voltage", "voltage-often", "current", "temperature", "outside"):
        assert f'id="{name}"' not in html, name


def test_weather_brings_the_second_axis_and_the_card_of_load_against_temperature(
    as_viewer: Client, house: Meter, days: str
) -> None:
    now = timezone.now()
    hours = pd.date_range(now - timedelta(days=10), now, freq="h").floor("h")
    weather = pd.DataFrame({"start_at": hours, "temperature_c": 11.0})
    store_weather(site=house.site, observations=weather, source=ensure_source(kind="import", label="w.csv", now=now))
    html = read(as_viewer, f"/meters/{house.slug}/explore/?{days}")
    assert 'id="temperature"' in html
    assert "yaxis3" in html


def test_minutes_outside_the_band_have_a_card_only_where_there_are_any(
    as_viewer: Client, house: Meter, days: str
) -> None:
    assert 'id="outside"' not in read(as_viewer, f"/meters/{house.slug}/explore/?{days}")
    some = Reading.objects.filter(meter=house).order_by("start_at").values_list("start_at", flat=True)[:2]
    Reading.objects.filter(meter=house, start_at__in=list(some)).update(voltage_v=150)
    html = read(as_viewer, f"/meters/{house.slug}/explore/?{days}")
    assert 'id="outside"' in html
    assert '30<span class="unit">\u2009min' in html


def test_what_is_compared_with_stands_in_the_address_and_nothing_is_a_choice(as_viewer: Client, house: Meter) -> None:
    week = read(as_viewer, f"/meters/{house.slug}/explore/?period=week&compare=previous")
    assert "672 of 672 readings" in week or "of 672 readings" in week
    assert 'id="compare"' not in read(as_viewer, f"/meters/{house.slug}/explore/?period=week&compare=none")
    assert "compare=none" in read(as_viewer, f"/meters/{house.slug}/explore/?compare=none")


def test_too_few_days_for_a_picture_say_so_and_offer_the_month(as_viewer: Client, house: Meter) -> None:
    yesterday = timezone.now().date() - timedelta(days=1)
    html = read(as_viewer, f"/meters/{house.slug}/explore/?period=day&date={yesterday}")
    assert "needs three days or more" in html
    assert "Show the month" in html


def test_a_meter_of_daily_readings_has_no_card_about_hours(as_viewer: Client, house: Meter) -> None:
    meter = ensure_meter(site=house.site, reference="daily", name="Daily", interval_s=86_400)
    now = timezone.now()
    starts = pd.date_range(now - timedelta(days=40), now - timedelta(days=2), freq="D").floor("D")
    frame = pd.DataFrame({"start_at": starts, "interval_s": 86_400, "energy_kwh": 12.0})
    store_readings(meter=meter, readings=frame, source=ensure_source(kind="import", label="d.csv", now=now), now=now)
    first = (now - timedelta(days=38)).date()
    html = read(as_viewer, f"/meters/daily/explore/?period=custom&from={first}&to={now.date()}")
    assert 'id="load"' in html
    assert 'id="duration"' in html
    assert 'id="heatmap"' not in html
    assert 'id="week"' not in html


def test_a_meter_without_readings_says_where_they_come_from(as_viewer: Client, house: Meter) -> None:
    Reading.objects.filter(meter=house).delete()
    assert "no reading yet" in read(as_viewer, f"/meters/{house.slug}/explore/")


def test_the_file_of_a_card_has_the_figures_of_its_table(as_viewer: Client, house: Meter, days: str) -> None:
    answer = as_viewer.get(f"/meters/{house.slug}/explore/heatmap.csv?{days}")
    body = b"".join(answer.streaming_content).decode()  # type: ignore[attr-defined]  # a streamed answer
    rows = list(csv.reader(io.StringIO(body)))
    assert rows[0][:2] == ["day", "00:00_kw"]
    assert len(rows[0]) == 25
    assert 16 <= len(rows) - 1 <= 18
    assert as_viewer.get(f"/meters/{house.slug}/explore/nothing.csv").status_code == 404


def test_a_part_zoomed_into_comes_as_json_in_full_detail_on_its_own_axis(as_viewer: Client, house: Meter) -> None:
    last = Reading.objects.filter(meter=house).latest("start_at").start_at
    start = (last - timedelta(days=2)).replace(minute=0)
    query = {"from": start.isoformat(), "to": (start + timedelta(hours=6)).isoformat().replace("+00:00", "Z")}
    for name in ("load", "voltage", "current"):
        status, figure = part(as_viewer, house, name, **query)
        assert status == 200
        assert figure["layout"]["xaxis"]["range"] == [0, 360]
        assert figure["layout"]["meta"]["start_ms"] == start.timestamp() * 1000
        assert max(len(decode(one["x"])) for one in figure["data"]) == 24
        assert figure["layout"]["meta"]["zoom"] == f"/meters/{house.slug}/figures/{name}.json"


def test_a_part_of_any_length_is_at_most_two_thousand_points(as_viewer: Client, house: Meter) -> None:
    query = {"from": "2026-01-01T00:00:00Z", "to": "2027-01-01T00:00:00Z"}
    status, figure = part(as_viewer, house, "load", **query)
    assert status == 200
    assert max(len(decode(one["x"])) for one in figure["data"]) <= MAX_POINTS


def test_a_part_narrower_than_a_few_readings_is_widened(as_viewer: Client, house: Meter) -> None:
    query = {"from": "2026-06-01T12:00:00Z", "to": "2026-06-01T12:01:00Z"}
    _, figure = part(as_viewer, house, "load", **query)
    assert figure["layout"]["xaxis"]["range"] == [0, 120]


@pytest.mark.parametrize(
    "query",
    [
        {},
        {"from": "yesterday", "to": "today"},
        {"from": "2026-06-01T12:00:00", "to": "2026-06-02T12:00:00"},
        {"from": "2026-06-02T12:00:00Z", "to": "2026-06-01T12:00:00Z"},
        {"from": "1026-06-02T12:00:00Z", "to": "2026-06-01T12:00:00Z"},
    ],
)
def test_a_window_that_is_none_is_refused_with_a_sentence(
    as_viewer: Client, house: Meter, query: dict[str, str]
) -> None:
    status, answer = part(as_viewer, house, "load", **query)
    assert status == 400
    assert answer["error"].endswith(".")


def test_only_get_asks_for_parts_and_only_for_charts_that_zoom(as_viewer: Client, house: Meter) -> None:
    address = f"/meters/{house.slug}/figures/load.json"
    assert as_viewer.post(address).status_code == 405
    query = {"from": "2026-06-01T12:00:00Z", "to": "2026-06-02T12:00:00Z"}
    assert part(as_viewer, house, "weather", **query)[0] == 404
    assert Client().get(address).status_code == 302


def test_columns_come_with_missing_as_nan_and_suspect_and_estimated_apart(house: Meter) -> None:
    readings = Reading.objects.filter(meter=house).order_by("start_at")
    first = readings[0].start_at
    Reading.objects.filter(meter=house, start_at=first).update(quality=2, voltage_v=None)
    Reading.objects.filter(meter=house, start_at=first + timedelta(minutes=15)).update(quality=1)
    found = load_columns(meter=house, start=first, end=first + timedelta(hours=1), columns=("power_kw", "voltage_v"))
    assert found.values["power_kw"].isna().tolist() == [True, False, False, False]
    assert found.suspect.index.tolist() == [pd.Timestamp(first)]
    assert found.suspect["voltage_v"].isna().all()
    assert found.estimated.tolist() == [pd.Timestamp(first) + timedelta(minutes=15)]
    assert found.values["power_kw"].iloc[1] == readings[1].power_kw


def test_columns_of_a_time_without_readings_are_empty_and_unknown_ones_refused(house: Meter) -> None:
    start = datetime(2001, 1, 1, tzinfo=UTC)
    found = load_columns(meter=house, start=start, end=start + timedelta(hours=1), columns=("power_kw",))
    assert found.values["power_kw"].isna().all()
    assert found.suspect.empty
    with pytest.raises(ValueError, match="weather is no quantity"):
        load_columns(meter=house, start=start, end=start, columns=("weather",))
