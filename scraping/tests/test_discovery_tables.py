"""Nasty tables of many countries, and what discovery makes of them."""

import numpy as np
import pandas as pd
import pytest

from scraping.domain.discovery.series import Nothing, series_in
from scraping.domain.extraction.raw import Cell
from tests.seen_tables import context, loads, table, times, understood


def comma(value: float) -> str:
    return f"{value:.3f}".replace(".", ",")


def test_german_date_and_time_apart_with_commas_money_and_the_spring_night() -> None:
    at = times("2026-03-28", "2026-03-30", "Europe/Berlin", "15min")
    energy = loads(len(at))
    rows = [
        (f"{t:%d.%m.%Y}", f"{t:%H:%M}", comma(e), comma(e * 0.3), comma(e * 4)) for t, e in zip(at, energy, strict=True)
    ]
    found = understood(["Datum", "Uhrzeit", "Verbrauch (kWh)", "Kosten (€)", "Leistung"], rows, language="de")
    assert found.quantities == ("energy_kwh", "power_kw")
    assert [column.unit.value for column in found.columns] == ["kWh", "kW"]
    assert (found.interval_s.value, found.zone.value, found.stamp_at.value) == (900, "Europe/Berlin", "start")
    assert found.zone.confidence > 0.9
    assert any("clocks change" in why or "clock" in why for why in found.zone.because)
    assert [one.title for one in found.refused] == ["Kosten (€)"]
    assert list(found.frame["start_at"]) == list(at.tz_convert("UTC"))
    np.testing.assert_allclose(found.frame["energy_kwh"], energy)


def test_the_doubled_hour_of_autumn_is_read_in_both_its_passes() -> None:
    at = times("2026-10-24", "2026-10-26", "Europe/Paris", "30min")
    rows = [(f"{t:%d/%m/%Y %H:%M}", comma(e)) for t, e in zip(at, loads(len(at)), strict=True)]
    found = understood(["Date et heure", "Consommation (kWh)"], rows, language="fr")
    assert len(at) == 98
    assert list(found.frame["start_at"]) == list(at.tz_convert("UTC"))


def test_a_register_of_watt_hours_stamped_at_its_end_in_india() -> None:
    ends = times("2026-11-01 00:30", "2026-11-04 00:30", "Asia/Kolkata", "30min")
    steps = np.random.default_rng(2).integers(50, 900, len(ends))
    register = 12_345_678 + np.cumsum(steps)
    rows = [(t.isoformat(), int(value)) for t, value in zip(ends, register, strict=True)]
    found = understood(["reading_time", "total_wh"], rows)
    assert (found.zone.value, found.stamp_at.value, found.interval_s.value) == ("Asia/Kolkata", "end", 1800)
    assert found.columns[0].register.value
    assert found.frame["start_at"].iloc[0] == pd.Timestamp("2026-10-31 19:00", tz="UTC")
    np.testing.assert_allclose(found.frame["energy_kwh"], steps[1:] / 1000)


def test_american_dates_and_a_twelve_hour_clock() -> None:
    at = times("2026-11-02", "2026-11-09", "America/Chicago")
    rows = [(f"{t:%m/%d/%Y %I:%M %p}", float(e), f"${e:.2f}") for t, e in zip(at, loads(len(at)), strict=True)]
    words = "All times are shown in Central Time"
    found = understood(["Date", "Usage", "Amount"], rows, language="en-US", words=words)
    assert found.clock.stamps.form.value == "%m/%d/%Y %I:%M %p"
    assert (found.zone.value, found.quantities) == ("America/Chicago", ("energy_kwh",))
    assert found.frame["start_at"].iloc[0] == pd.Timestamp("2026-11-02 06:00", tz="UTC")


def test_a_month_before_the_day_shows_by_the_even_steps_alone() -> None:
    at = times("2026-11-01", "2026-11-08", "UTC")
    rows = [(f"{t:%m/%d/%Y %H:%M}", float(e)) for t, e in zip(at, loads(len(at)), strict=True)]
    assert understood(["Date", "kWh"], rows, language="de").clock.stamps.form.value == "%m/%d/%Y %H:%M"


@pytest.mark.parametrize(
    ("title", "quantity"),
    [
        ("Spannung L1", "voltage_v"),
        ("Tension (V)", "voltage_v"),
        ("Stromstärke", "current_a"),
        ("Intensité", "current_a"),
        ("Corrente (A)", "current_a"),
        ("Stroomverbruik", "energy_kwh"),
        ("Stromverbrauch", "energy_kwh"),
        ("Consumo (kWh)", "energy_kwh"),
        ("Energia prelevata", "energy_kwh"),
        ("Puissance active (W)", "power_kw"),
        ("Potencia media", "power_kw"),
        ("Vermogen kW", "power_kw"),
        ("potência", "power_kw"),
        ("consumptionKwh", "energy_kwh"),
        ("meter_data.usage_wh", "energy_kwh"),
        ("Blindarbeit", "reactive_kvarh"),
        ("Energía reactiva (kvarh)", "reactive_kvarh"),
        ("cos φ", "power_factor"),
        ("Außentemperatur", "temperature_c"),
        ("Netzfrequenz (Hz)", "frequency_hz"),
    ],
)
def test_quantities_are_known_by_their_words_in_seven_languages(title: str, quantity: str) -> None:
    at = times("2026-11-02", "2026-11-04", "UTC")
    rows = [(t.isoformat(), float(e)) for t, e in zip(at, loads(len(at)), strict=True)]
    assert understood(["time", title], rows).quantities == (quantity,)


def test_a_voltage_is_known_by_its_size_where_no_word_tells() -> None:
    at = times("2026-06-01", "2026-06-03", "UTC")
    volts = 234 + np.random.default_rng(1).normal(0, 2.5, len(at)).round(1)
    rows = [(int(t.timestamp() * 1000), float(v)) for t, v in zip(at, volts, strict=True)]
    found = understood(["x", "y"], rows)
    assert found.quantities == ("voltage_v",)
    assert found.confidence < 0.7


def test_watt_hours_are_told_from_kilowatt_hours_by_their_size() -> None:
    at = times("2026-11-02", "2026-11-05", "UTC")
    rows = [(t.isoformat(), int(e * 1000)) for t, e in zip(at, loads(len(at)), strict=True)]
    found = understood(["time", "consumption"], rows)
    assert found.columns[0].unit.value == "Wh"
    assert found.columns[0].unit.confidence < 0.7
    assert "factory" in found.columns[0].unit.because[0]


def test_24_00_makes_stamps_ends() -> None:
    at = times("2026-11-02", "2026-11-04", "Europe/Vienna", "15min")
    ends = at + pd.Timedelta(minutes=15)
    texts = [
        f"{s:%d.%m.%Y} 24:00" if f"{t:%H:%M}" == "00:00" else f"{t:%d.%m.%Y %H:%M}"
        for s, t in zip(at, ends, strict=True)
    ]
    rows = [(text, comma(e)) for text, e in zip(texts, loads(len(at)), strict=True)]
    found = understood(["Zeit", "kWh"], rows, language="de-AT")
    assert (found.stamp_at.value, found.zone.value) == ("end", "Europe/Vienna")
    assert found.frame["start_at"].iloc[0] == at[0].tz_convert("UTC")


def test_start_and_end_in_two_columns_and_a_span_in_one() -> None:
    at = times("2026-11-02", "2026-11-03", "Europe/Madrid")
    ends = at + pd.Timedelta(hours=1)
    two = [
        (f"{a:%Y-%m-%d %H:%M}", f"{b:%Y-%m-%d %H:%M}", 1.5 + n % 3)
        for n, (a, b) in enumerate(zip(at, ends, strict=True))
    ]
    found = understood(["Desde", "Hasta", "Consumo kWh"], two, language="es")
    assert (found.clock.title, found.stamp_at.value, found.stamp_at.confidence > 0.9) == ("Desde", "start", True)
    one = [(f"{a:%d/%m/%Y %H:%M} - {b:%H:%M}", 1.5 + n % 3) for n, (a, b) in enumerate(zip(at, ends, strict=True))]
    found = understood(["Periodo", "Consumo kWh"], one, language="es")
    assert (found.interval_s.value, found.stamp_at.value) == (3600, "start")


def test_the_total_is_taken_before_its_phases() -> None:
    at = times("2026-11-02", "2026-11-04", "UTC")
    rows = [(t.isoformat(), float(e) / 3, float(e) / 3, float(e)) for t, e in zip(at, loads(len(at)), strict=True)]
    found = understood(["time", "Power L1 (kW)", "Power L2 (kW)", "Power (kW)"], rows)
    assert [column.title for column in found.columns] == ["Power (kW)"]
    assert {one.title for one in found.refused} == {"Power L1 (kW)", "Power L2 (kW)"}


def test_two_meters_of_one_table_are_two_series() -> None:
    at = times("2026-11-02", "2026-11-04", "UTC")
    rows = [
        (t.isoformat(), meter, float(e)) for t, e in zip(at, loads(len(at)), strict=True) for meter in ("A-1", "A-2")
    ]
    found = series_in(table(["time", "meter", "kWh"], rows), context())
    assert not isinstance(found, Nothing)
    assert [(series.meter, len(series.frame)) for series in found] == [("A-1", 48), ("A-2", 48)]


HOURS = {
    "1 to 24": ([str(n) for n in range(1, 25)], "{n}", "start"),
    "0 to 23": ([str(n) for n in range(24)], "{n}", "start"),
    "called hours": ([f"Std. {n}" for n in range(1, 26)], "Std. {n}", "start"),
    "times": ([f"{n:02}:00" for n in range(24)], "{time}", "start"),
    "ends": ([f"{n:02}:00" for n in range(1, 25)], "{time}", "end"),
    "spans": ([f"{n:02}-{n + 1:02}" for n in range(24)], "{time}", "start"),
}


@pytest.mark.parametrize("how", HOURS)
def test_a_column_for_each_hour_of_a_row_for_each_day_is_an_hourly_series(how: str) -> None:
    titles, columns, edge = HOURS[how]
    at = times("2026-11-02", "2026-11-06", "Europe/Berlin")
    energy = loads(len(at))
    days = [energy[n : n + 24] for n in range(0, len(at), 24)]
    extra = [""] * (len(titles) - 24)
    rows: list[list[Cell]] = [
        [f"{at[24 * n]:%d.%m.%Y}", *map(comma, day), *extra, comma(day.sum())] for n, day in enumerate(days)
    ]
    found = understood(["Datum", *titles, "Summe"], rows, language="de", words="Ihr Verbrauch in kWh")
    assert (found.interval_s.value, found.stamp_at.value, found.quantities) == (3600, edge, ("energy_kwh",))
    assert found.laid is not None
    assert (found.laid.across.columns, found.clock.title) == (columns, "Datum")
    assert list(found.frame["start_at"]) == list(at.tz_convert("UTC"))
    np.testing.assert_allclose(found.frame["energy_kwh"], energy)


def test_hours_of_two_meters_are_a_series_for_each() -> None:
    titles = [str(n) for n in range(1, 25)]
    rows: list[list[Cell]] = [
        [f"2026-11-0{day}", meter, *map(float, loads(24, day + n))]
        for day in range(2, 8)
        for n, meter in enumerate(("4711", "4712"))
    ]
    found = series_in(table(["Date", "Meter", *titles], rows, unit="kWh"), context())
    assert not isinstance(found, Nothing)
    assert [(series.meter, series.part.told_by, len(series.frame)) for series in found] == [
        ("4711", "Meter", 144),
        ("4712", "Meter", 144),
    ]


@pytest.mark.parametrize(
    ("titles", "meters"),
    [
        (["4711 (kWh)", "4712 (kWh)"], ["4711", "4712"]),
        (["Meter 1 kWh", "Meter 2 kWh", "Temp °C"], ["1", "2"]),
        (["Verbrauch Zähler A (kWh)", "Verbrauch Zähler B (kWh)"], ["A", "B"]),
        (["DE00012345 kWh", "DE00012346 kWh", "DE00012345 V"], ["DE00012345", "DE00012346"]),
        (["Power L1 (kW)", "Power L2 (kW)"], [""]),
        (["1.8.1 (kWh)", "1.8.2 (kWh)"], [""]),
        (["2025 (kWh)", "2026 (kWh)"], [""]),
        (["Meter 1 kWh", "Cost"], [""]),
    ],
)
def test_a_column_for_each_meter_is_a_series_for_each_and_phases_tariffs_and_years_are_not(
    titles: list[str], meters: list[str]
) -> None:
    at = times("2026-11-02", "2026-11-04", "UTC")
    values = [loads(len(at), seed) for seed in range(len(titles))]
    rows: list[list[Cell]] = [[t.isoformat(), *(float(column[n]) for column in values)] for n, t in enumerate(at)]
    found = series_in(table(["time", *titles], rows), context())
    assert not isinstance(found, Nothing)
    assert [series.meter for series in found] == meters
    np.testing.assert_allclose(found[-1].frame.iloc[:, 1], values[1] if len(found) > 1 else values[0])


@pytest.mark.parametrize(
    ("columns", "rows", "why"),
    [
        (["Date", "Amount"], [(f"2026-{n:02}-01", f"€{n * 9 + 20}") for n in range(1, 11)], "one row a month"),
        (["Date", "Usage (kWh)"], [(f"2026-{n:02}-01", 200 + 9 * n) for n in range(1, 11)], "one row a month"),
        (["Date", "Title"], [(f"1 Nov 2026 {n * n % 24:02}:{n * 7 % 60:02}", "New") for n in range(9)], "regular step"),
        (["Name", "Value"], [(f"row {n}", n * 1.7) for n in range(9)], "dates and times"),
        (["Hour", "Price ct/kWh"], [(f"2026-11-02 {n:02}:00", 20 + n % 5) for n in range(20)], "money"),
        (["time", "Solar production kWh"], [(f"2026-11-02 {n:02}:00", 1.5 + n % 5) for n in range(20)], "fed in"),
        (["time", "kWh"], [("2026-11-02 00:00", 1.0)] * 3, "3 rows"),
    ],
)  # fmt: skip
def test_what_is_no_series_of_a_meter_is_left_with_a_reason(
    columns: list[str], rows: list[tuple[str, float]], why: str
) -> None:
    found = series_in(table(columns, rows), context())
    assert isinstance(found, Nothing)
    assert why in found.why
