"""What a recipe makes of a document, and every way in which a document can have changed."""

import io
import json
from datetime import UTC, date, datetime
from typing import Any

import pandas as pd
import pytest

from scraping.domain.errors import LayoutChanged
from scraping.domain.recipes.loading import load_recipe
from scraping.domain.recipes.reading import read_by
from scraping.domain.records import Document, Window
from scraping.domain.tables import CHARTS_TYPE

HEAD = """
title: Paper
base_url: https://portal.example/
zone: {zone}
interval: {interval}
login: {{done: "#out", steps: [{{fill: "#p", with: "{{password}}"}}]}}
meters: [{{reference: "7"}}]
readings: {{page: "/x?{{from}}", download: a, {more}}}
series:
"""
ENERGY = "  values: {energy_kwh: {column: kWh, unit: kWh}}\n"


def parsed(
    body: object,
    series: str = "  stamp: Start\n" + ENERGY,
    *,
    zone: str = "Europe/Paris",
    interval: str = "1 h",
    days: tuple[date, date] = (date(2026, 1, 1), date(2026, 1, 1)),
    claimed: int | None = None,
    kind: str = "",
    more: str = "",
) -> pd.DataFrame:
    data = body if isinstance(body, bytes) else (body if isinstance(body, str) else json.dumps(body)).encode()
    window = Window.of_local_days(*days, zone)
    told = datetime(2026, 6, 1, tzinfo=UTC)
    document = Document("recipe", "7", window, kind, data, told, "https://portal.example/", claimed)
    recipe = load_recipe(HEAD.format(zone=zone, interval=interval, more=more) + series)
    return read_by(recipe, document).frame


def hours(*values: object, day: str = "2026-01-01") -> str:
    return "Start,kWh\n" + "".join(f"{day} {at:02}:00,{value}\n" for at, value in enumerate(values))


def energies(frame: pd.DataFrame) -> list[float]:
    return [round(value, 6) for value in frame["energy_kwh"]]


def starts(frame: pd.DataFrame) -> list[str]:
    return [f"{at:%m-%d %H:%M}" for at in frame["start_at"]]


def test_wall_times_are_of_the_meters_zone() -> None:
    frame = parsed(hours(1, "", 3))
    assert energies(frame) == [1, 3]
    assert starts(frame) == ["12-31 23:00", "01-01 01:00"]
    assert set(frame["interval_s"]) == {3600}


UNITS = {"Wh": 0.001, "kWh": 1, "MWh": 1000, "MJ": 1 / 3.6}


@pytest.mark.parametrize("unit", UNITS)
def test_energy_is_kept_in_kwh(unit: str) -> None:
    series = f"  stamp: Start\n  values: {{energy_kwh: {{column: kWh, unit: {unit}}}}}\n"
    assert parsed(hours(2), series)["energy_kwh"].tolist() == pytest.approx([2 * UNITS[unit]])


def test_every_quantity_in_its_own_unit() -> None:
    text = "Start,P,U,I,Q,PF,F,T\n2026-01-01 00:00,1500,0.23,4500,600,95,50.02,212\n"
    columns = {"power_kw": "P, unit: W", "voltage_v": "U, unit: kV", "current_a": "I, unit: mA"}
    columns |= {"reactive_kvarh": "Q, unit: var", "power_factor": "PF, unit: '%'", "frequency_hz": "F, unit: Hz"}
    columns |= {"temperature_c": "T, unit: °F"}
    values = "".join(f"    {name}: {{column: {rest}}}\n" for name, rest in columns.items())
    row = parsed(text, f"  stamp: Start\n  values:\n{values}", interval="30 min").iloc[0]
    assert row.drop(["start_at", "interval_s"]).astype(float).to_dict() == pytest.approx(
        {
            "power_kw": 1.5,
            "voltage_v": 230,
            "current_a": 4.5,
            "reactive_kvarh": 0.3,
            "power_factor": 0.95,
            "frequency_hz": 50.02,
            "temperature_c": 100,
        }
    )


NUMBERS = {'"1.234,5"': "1.234,5", '"1,234.5"': '"1,234.5"', '"1 234,5"': "1\u202f234,5", '"1234,5"': "1234,5 kWh"}


@pytest.mark.parametrize("style", NUMBERS)
def test_numbers_are_read_as_the_recipe_writes_them(style: str) -> None:
    text = hours(NUMBERS[style]).replace(",", ";", 1).replace(":00,", ":00;")
    assert energies(parsed(text, f"  numbers: {style}\n  stamp: Start\n{ENERGY}")) == [1234.5]


STAMPS = {
    ("%d.%m.%Y %H:%M", "01.01.2026 00:00"): "12-31 23:00",
    ("%d %b %Y, %H:%M", "1 janv. 2026, 00:00"): "12-31 23:00",
    ("%d %B %Y %H:%M", "1. Januar 2026 00:00".replace(".", "")): "12-31 23:00",
    ("epoch_ms", "1767222000000"): "12-31 23:00",
    ("epoch_s", "1767222000"): "12-31 23:00",
    ("iso", "2026-01-01T05:30:00+05:30"): "01-01 00:00",
    ("", "2026-01-01T00:00Z"): "01-01 00:00",
}


@pytest.mark.parametrize("stamp", STAMPS)
def test_stamps_are_read_as_they_are_written(stamp: tuple[str, str]) -> None:
    form = f", format: '{stamp[0]}'" if stamp[0] else ""
    frame = parsed(f"Start;kWh\n{stamp[1]};1\n", f"  stamp: {{column: Start{form}}}\n" + ENERGY)
    assert starts(frame) == [STAMPS[stamp]]


def test_date_and_time_may_stand_in_two_columns_newest_first() -> None:
    text = "Day,Hour,kWh\n" + "".join(f"01/02/2026,{at}:00 PM,{at}\n" for at in (3, 2, 1))
    series = "  stamp: {column: [Day, Hour], format: '%m/%d/%Y %I:%M %p'}\n" + ENERGY
    frame = parsed(text, series, days=(date(2026, 1, 2), date(2026, 1, 2)))
    assert energies(frame) == [1, 2, 3]
    assert starts(frame)[0] == "01-02 12:00"


def test_both_hours_of_an_autumn_night_are_told_apart_and_the_skipped_one_of_spring_is_none() -> None:
    autumn = "Start,kWh\n" + "".join(f"2026-10-25 {at},1\n" for at in ("01:00", "02:00", "02:00", "03:00"))
    frame = parsed(autumn, days=(date(2026, 10, 25), date(2026, 10, 25)))
    assert starts(frame) == ["10-24 23:00", "10-25 00:00", "10-25 01:00", "10-25 02:00"]
    spring = "Start,kWh\n" + "".join(f"2026-03-29 0{at}:00,1\n" for at in range(5))
    frame = parsed(spring, days=(date(2026, 3, 29), date(2026, 3, 29)))
    assert starts(frame) == ["03-28 23:00", "03-29 00:00", "03-29 01:00", "03-29 02:00"]


def test_a_register_in_wh_with_end_stamps_at_half_past() -> None:
    rows = "".join(f"0{2 + at // 24}-Jan-2026 {at % 24:02}:30,{1_000_000 + 250 * at}\n" for at in range(3))
    series = "  stamp: {column: End, format: '%d-%b-%Y %H:%M', at: end}\n"
    series += "  values: {energy_kwh: {column: Count, unit: Wh, register: yes}}\n"
    frame = parsed("End,Count\n" + rows, series, zone="Asia/Kolkata", days=(date(2026, 1, 2), date(2026, 1, 2)))
    assert energies(frame) == [0.25, 0.25]
    assert starts(frame) == ["01-01 19:00", "01-01 20:00"]


def test_a_register_that_rolls_over_goes_on_and_one_that_falls_is_none() -> None:
    series = "  stamp: Start\n  values: {energy_kwh: {column: kWh, unit: kWh, register: yes}}\n"
    assert energies(parsed(hours(99998, 99999, 1, 2), series)) == [1, 2, 1]
    with pytest.raises(LayoutChanged, match="no register any more"):
        parsed(hours(5, 3, 6, 2, 7, 1), series)


def test_rows_in_any_order_and_twice_are_counted_once() -> None:
    assert energies(parsed("Start,kWh\n2026-01-01 02:00,3\n2026-01-01 00:00,1\n2026-01-01 02:00,3\n")) == [1, 3]


def test_a_list_of_days_gives_its_date_to_the_hours() -> None:
    body = {"days": [{"day": "2026-01-01", "hours": [{"at": "00:00", "kWh": 1}, {"at": "01:00", "kWh": 2}]}]}
    assert energies(parsed(body, "  stamp: [day, at]\n" + ENERGY)) == [1, 2]


def test_two_charts_with_a_quantity_each_are_joined_by_time() -> None:
    def chart(name: str, *points: list[Any]) -> dict[str, Any]:
        return {"library": "chartjs", "title": name, "series": [{"name": name, "points": list(points)}]}

    first, second = "2026-01-01 00:00", "2026-01-01 01:00"
    body = {"twin_charts": [chart("kWh", [first, 1], [second, 2]), chart("U", [second, 231])]}
    series = "  stamp: x\n  values: {energy_kwh: {column: kWh, unit: kWh}, voltage_v: {column: U, unit: V}}\n"
    frame = parsed(body, series, kind=CHARTS_TYPE)
    assert frame[["energy_kwh", "voltage_v"]].fillna(0).to_numpy().tolist() == [[1, 0], [2, 231]]


def test_an_optional_quantity_may_be_missing_but_not_renamed() -> None:
    series = "  stamp: Start\n  values: {energy_kwh: {column: kWh, unit: kWh}, %s}\n"
    series %= "voltage_v: {column: Volts, unit: V, optional: yes}"
    assert energies(parsed(hours(1), series)) == [1]
    with pytest.raises(LayoutChanged, match="missing 'Volts'"):
        parsed("Start,kWh,Tension\n2026-01-01 00:00,1,230\n", series)


CHANGED: dict[str, tuple[dict[str, Any], str]] = {
    "a renamed column": ({"body": hours(1).replace("kWh", "Wh")}, r"missing 'kWh'; there are 'Start', 'Wh'"),
    "a word for a number": ({"body": hours(1, "oops")}, r"'kWh' holds 'oops', which is no number"),
    "another unit in the cell": ({"body": hours("1 Wh")}, r"is in Wh now, it was in kWh"),
    "a word for a time": (
        {"body": "Start;kWh\n2026-01-01 00:00;1\n" + "2026-01-01 01:00;1\n" * 5 + "yesterday 1;2\n"},
        r"holds 'yesterday 1'",
    ),
    "two values of one time": (
        {"body": "Start,kWh\n2026-01-01 00:00,1\n2026-01-01 01:00,1\n2026-01-01 01:00,2\n"},
        r"says both 1 and 2 of 2026-01-01 00:00 UTC",
    ),
    "fewer rows than the page announced": (
        {"body": hours(1, 2), "claimed": 3},
        r"announced 3 rows, the document has 2",
    ),
    "fewer rows than the answer says": (
        {"body": {"count": 9, "rows": [{"Start": "2026-01-01 00:00", "kWh": 1}]}, "more": "claims: {fact: count}"},
        r"announced 9 rows",
    ),
    "no count any more": (
        {"body": {"rows": [{"Start": "2026-01-01 00:00", "kWh": 1}]}, "more": "claims: {fact: count}"},
        r"does not say 'count'",
    ),
    "no row where none was announced": (
        {"body": "Start,kWh\n", "kind": "text/csv"},
        r"did not announce an empty period",
    ),
    "other days": ({"body": hours(1, day="2025-07-01")}, r"gave 2025-06-30 to 2025-06-30, not the days"),
    "another interval": ({"body": hours(1, 2).replace("01:00", "00:15")}, r"900 s apart, not 3600 s"),
    "another customer's meter": (
        {"body": f"Meter,8\n{hours(1, 2)}", "more": "checks: [{fact: Meter, is: '{meter}'}]"},
        r"says 8 as its 'Meter', not 7",
    ),
    "no offset any more": (
        {"body": hours(1), "series": "  stamp: {column: Start, zone: offset}\n" + ENERGY},
        r"names no UTC offset any more",
    ),
    "no table of that name": (
        {
            "body": {"rows": [{"Start": "2026-01-01 00:00", "kWh": 1}]},
            "series": "  table: $.x\n  stamp: Start\n" + ENERGY,
        },
        r"no table '\$.x' any more; there are '\$.rows'",
    ),
    "a file that breaks off": ({"body": '{"rows": [{"Start": "2026'}, r"cannot be read. The JSON is not whole"),
    "a page for a file": ({"body": "<!doctype html><title>Sign in</title>"}, r"There is no table"),
    "nothing": ({"body": b""}, r"There is no table"),
    "days that may be either": (
        {"body": "Start,kWh\n03/04/2026 00:00,1\n04/05/2026 00:00,1\n"},
        r"(give its format|not the days that were asked for)",
    ),
}


@pytest.mark.parametrize("change", CHANGED)
def test_a_change_is_told_in_a_sentence_and_never_an_empty_list(change: str) -> None:
    given, sentence = CHANGED[change]
    with pytest.raises(LayoutChanged, match=sentence):
        parsed(**given)


def test_an_empty_period_that_was_announced_is_empty() -> None:
    assert parsed("<p>No data</p>", claimed=0).empty
    assert parsed("Start,kWh\n", claimed=0).empty


def test_a_row_beside_the_window_is_left_to_its_own_window() -> None:
    text = hours(*range(24)) + "2026-01-02 00:00,9\n2026-01-03 00:00,9\n"
    assert len(parsed(text)) == 24


def test_a_workbook_of_hours_keeps_the_night_of_two_hours_though_one_is_blank() -> None:
    out = io.BytesIO()
    at = ["2026-10-25 01:00", "2026-10-25 02:00", "2026-10-25 02:00", "2026-10-25 03:00"]
    pd.DataFrame({"Start": pd.to_datetime(at), "kWh": [1.0, 2.0, None, 3.0]}).to_excel(out, index=False)
    frame = parsed(out.getvalue(), days=(date(2026, 10, 25), date(2026, 10, 25)))
    assert starts(frame) == ["10-24 23:00", "10-25 00:00", "10-25 02:00"]
