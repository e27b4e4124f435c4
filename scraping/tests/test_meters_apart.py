"""Two meters in one table: each is read by itself, and a meter that is missing is a sentence."""

import json
from datetime import UTC, date, datetime

import pandas as pd
import pytest

from scraping.domain.errors import LayoutChanged
from scraping.domain.recipes.loading import load_recipe
from scraping.domain.recipes.nodes import BadRecipe
from scraping.domain.recipes.reading import read_by
from scraping.domain.records import Document, Window

RECIPE = """
title: Paper
base_url: https://portal.example/
zone: Europe/Paris
interval: 1 h
login: {{done: "#out", steps: [{{fill: "#p", with: "{{password}}"}}]}}
meters: [{{reference: "4711"}}, {{reference: "4712"}}]
readings: {{page: "/x?{{from}}", download: a}}
series: {{stamp: Start, {series}}}
"""
BY_ROWS = "meter: Meter, values: {energy_kwh: {column: kWh, unit: kWh}}"
BY_COLUMNS = "values: {energy_kwh: {column: '{meter} (kWh)', unit: kWh}}"
ROWS = "Start,Meter,kWh\n" + "".join(
    f"2026-01-01 {hour:02}:00,{meter},{hour + at}\n" for hour in range(3) for at, meter in enumerate(("4711", "4712"))
)
COLUMNS = "Start,4711 (kWh),4712 (kWh)\n" + "".join(f"2026-01-01 {h:02}:00,{h},{h + 1}\n" for h in range(3))


def read(body: str, series: str, *, meter: str = "4711", claimed: int | None = None) -> pd.DataFrame:
    window = Window.of_local_days(date(2026, 1, 1), date(2026, 1, 1), "Europe/Paris")
    at = datetime(2026, 6, 1, tzinfo=UTC)
    document = Document("recipe", meter, window, "", body.encode(), at, "https://portal.example/", claimed)
    return read_by(load_recipe(RECIPE.format(series=series)), document).frame


@pytest.mark.parametrize(("body", "series"), [(ROWS, BY_ROWS), (COLUMNS, BY_COLUMNS)], ids=["rows", "columns"])
def test_each_meter_gets_its_own_values(body: str, series: str) -> None:
    assert read(body, series, meter="4711")["energy_kwh"].tolist() == [0, 1, 2]
    assert read(body, series, meter="4712")["energy_kwh"].tolist() == [1, 2, 3]


def test_the_number_is_taken_out_of_a_longer_text() -> None:
    body = ROWS.replace(",4711", ",House (no. 4711)").replace(",4712", ",Workshop (no. 4712)")
    series = BY_ROWS.replace("Meter,", r"{column: Meter, pattern: 'no\. (\d+)'},")
    assert read(body, series, meter="4712")["energy_kwh"].tolist() == [1, 2, 3]


def test_numbers_of_json_are_compared_as_they_are_written() -> None:
    rows = [{"Start": f"2026-01-01T0{h}:00", "Meter": meter, "kWh": h} for h in range(3) for meter in (4711, 4712.0)]
    assert len(read(json.dumps(rows), BY_ROWS, meter="4712")) == 3


def test_a_meter_that_no_row_is_of_is_a_sentence_with_those_that_are_there() -> None:
    with pytest.raises(LayoutChanged, match=r"No row is of the meter '4713': the column 'Meter' names '4711', '4712'"):
        read(ROWS, BY_ROWS, meter="4713")
    with pytest.raises(LayoutChanged, match=r"missing '4713 \(kWh\)'; there are 'Start', '4711 \(kWh\)'"):
        read(COLUMNS, BY_COLUMNS, meter="4713")


def test_a_column_of_meters_that_is_gone_is_a_sentence() -> None:
    with pytest.raises(LayoutChanged, match="missing 'Meter'"):
        read(ROWS.replace("Meter", "Device"), BY_ROWS)


def test_what_the_portal_claims_are_the_rows_of_all_meters() -> None:
    assert len(read(ROWS, BY_ROWS, claimed=6)) == 3
    with pytest.raises(LayoutChanged, match="announced 7 rows, the document has 6"):
        read(ROWS, BY_ROWS, claimed=7)


def test_a_period_that_is_announced_as_empty_is_empty() -> None:
    assert read("Start,Meter,kWh\n", BY_ROWS, claimed=0).empty


def test_without_telling_them_apart_two_meters_contradict_each_other() -> None:
    with pytest.raises(LayoutChanged, match="says both 0 and 1"):
        read(ROWS, BY_ROWS.replace("meter: Meter, ", ""))


def test_the_column_of_another_meter_is_no_renamed_one() -> None:
    series = BY_COLUMNS.replace("}}", "}, voltage_v: {column: '{meter} (V)', unit: V, optional: yes}}")
    assert read(COLUMNS, series)["energy_kwh"].tolist() == [0, 1, 2]
    with pytest.raises(LayoutChanged, match=r"missing '4711 \(V\)'"):
        read(COLUMNS.replace("4712 (kWh)", "Volts"), series)


def test_a_name_may_hold_the_meter_and_no_other_place() -> None:
    with pytest.raises(BadRecipe, match=r"series\.values\.energy_kwh\.column: may hold \{meter\} and no other place"):
        load_recipe(RECIPE.format(series=BY_COLUMNS.replace("{meter}", "{from}")))
    with pytest.raises(BadRecipe, match=r"series\.meter\.column: is missing"):
        load_recipe(RECIPE.format(series=BY_ROWS.replace("meter: Meter", "meter: {pattern: x}")))
