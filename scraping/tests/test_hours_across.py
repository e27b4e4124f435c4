"""A row for each day and a column for each hour: what a recipe makes of it, on short and on long days too."""

from datetime import UTC, date, datetime, timedelta

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
interval: {interval}
login: {{done: "#out", steps: [{{fill: "#p", with: "{{password}}"}}]}}
meters: [{{reference: "7"}}]
readings: {{page: "/x?{{from}}", download: a}}
series: {{stamp: {stamp}, across: {across}, {more} values: {{energy_kwh: {{unit: kWh}}}}}}
"""
SPRING, AUTUMN, PLAIN = date(2026, 3, 29), date(2026, 10, 25), date(2026, 6, 1)


def sheet(titles: list[str], *rows: tuple[date, list[str]]) -> str:
    lines = [["Date", *titles, "Total"], *([f"{day}", *cells, "99"] for day, cells in rows)]
    return "\n".join(";".join(line) for line in lines)


def read(
    body: str, day: date, *, stamp: str = "Date", across: str = "'{n}'", interval: str = "1 h", more: str = ""
) -> pd.DataFrame:
    window = Window.of_local_days(day, day, "Europe/Paris")
    document = Document(
        "recipe", "7", window, "", body.encode(), datetime(2027, 1, 1, tzinfo=UTC), "https://p.example/"
    )
    recipe = load_recipe(RECIPE.format(stamp=stamp, across=across, interval=interval, more=more))
    return read_by(recipe, document).frame


def hours(frame: pd.DataFrame, day: date) -> dict[float, float]:
    """Value by hours since local midnight."""
    midnight = Window.of_local_days(day, day, "Europe/Paris").start
    return {
        (at - midnight) / timedelta(hours=1): kwh
        for at, kwh in zip(frame["start_at"], frame["energy_kwh"], strict=True)
    }


def upto(n: int, *, first: int = 0) -> list[str]:
    return [str(number) for number in range(first, n + first)]


TITLES = [
    ("'{n}'", "Date", upto(24, first=1)),
    ("{columns: '{n}', first: 0}", "Date", upto(24)),
    ("'Hour {n} (kWh)'", "Date", [f"Hour {n} (kWh)" for n in range(1, 25)]),
    ("'{time}'", "Date", [f"{n:02}:00" for n in range(24)]),
    ("'{time}'", "Date", [f"{n}h" for n in range(24)]),
    ("'{time}'", "Date", [f"{n:02}:00 - {(n + 1) % 24:02}:00" for n in range(24)]),
    ("'{time}'", "Date", [f"{n % 12 or 12} {'AM' if n < 12 else 'PM'}" for n in range(24)]),
    ("'{time}'", "{column: Date, at: end}", [f"{n:02}:00" for n in range(1, 25)]),
]


@pytest.mark.parametrize(("across", "stamp", "titles"), TITLES)
def test_columns_may_be_numbers_or_times_in_every_usual_way(across: str, stamp: str, titles: list[str]) -> None:
    frame = read(sheet(titles, (PLAIN, upto(24))), PLAIN, across=across, stamp=stamp)
    assert hours(frame, PLAIN) == {hour: hour for hour in range(24)}


def test_quarters_of_an_hour_are_ninety_six_columns() -> None:
    titles = [f"{n // 4:02}:{n % 4 * 15:02}" for n in range(96)]
    frame = read(sheet(titles, (PLAIN, upto(96))), PLAIN, across="'{time}'", interval="15 min")
    assert hours(frame, PLAIN) == {n / 4: n for n in range(96)}


def test_a_blank_cell_is_no_reading_and_a_day_of_blanks_is_none() -> None:
    rows = [(PLAIN, ["", *upto(22), "-"]), (PLAIN + timedelta(days=1), [""] * 24)]
    assert len(read(sheet(upto(24, first=1), *rows), PLAIN)) == 22


# what stands in the columns of a day, and what is true by hours since midnight
BY_CLOCK_SPRING = ["0", "1", "", *[str(n) for n in range(2, 23)]]
LONG = upto(25, first=1)
TWICE = ["1", "2", "3A", "3B", *[str(n) for n in range(4, 25)]]
ONCE_OF_TWO = ["0", "1", "2", *[str(n) for n in range(4, 25)]]
DAYS = {
    "spring by the clock": (SPRING, upto(24, first=1), BY_CLOCK_SPRING, {h: h for h in range(23)}),
    "spring by count": (SPRING, upto(24, first=1), [*upto(23), ""], {h: h for h in range(23)}),
    "spring with a value for the hour that was not": (
        SPRING, upto(24, first=1), ["0", "1", "7", *[str(n) for n in range(2, 23)]], {h: h for h in range(23)},
    ),
    "autumn by count": (AUTUMN, LONG, upto(25), {h: h for h in range(25)}),
    "autumn by the clock, of which one pass is not known": (
        AUTUMN, upto(24, first=1), ONCE_OF_TWO, {h: h for h in range(25) if h not in (2, 3)},
    ),
    "autumn with a column for the second pass": (
        AUTUMN, TWICE, upto(25), {h: h for h in range(25)},
    ),
    "a usual day with a blank 25th": (PLAIN, LONG, [*upto(24), ""], {h: h for h in range(24)}),
    "a usual day with a nought for a 25th": (PLAIN, LONG, [*upto(24), "0,00"], {h: h for h in range(24)}),
    "a usual day with a nought for a second pass": (
        PLAIN, TWICE, ["0", "1", "2", "0", *[str(n) for n in range(3, 24)]],
        {h: h for h in range(24)},
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", DAYS)
def test_days_of_23_and_25_hours(case: str) -> None:
    day, titles, row, true = DAYS[case]
    around = [(day - timedelta(days=1), [*upto(24), *[""] * (len(titles) - 24)]), (day, row)]
    if "B" in "".join(titles):
        around[0] = (around[0][0], ["0", "1", "2", "", *[str(n) for n in range(3, 24)]])
    frame = read(sheet(titles, *around), day, more='numbers: "1234,5",')
    assert hours(frame, day) == true


def test_an_hour_that_a_day_does_not_have_is_a_sentence() -> None:
    with pytest.raises(LayoutChanged, match=r"The row of 2026-06-01 has the value '5' 24 hours after midnight"):
        read(sheet(LONG, (PLAIN, [*upto(24), "5"])), PLAIN)


def test_a_column_that_is_gone_is_a_sentence_and_so_is_the_whole_of_them() -> None:
    body = sheet(upto(24, first=1), (PLAIN, upto(24)))
    with pytest.raises(LayoutChanged, match=r"of those called like '\{n\}' none is for 06:00\."):
        read(body.replace(";7;", ";seven;", 1), PLAIN)
    with pytest.raises(LayoutChanged, match=r"missing 'H\{n\}'; there are 'Date', '1'"):
        read(body, PLAIN, across="'H{n}'")
    with pytest.raises(LayoutChanged, match="holds 'x', which is no number"):
        read(body.replace(";22;23;99", ";x;23;99"), PLAIN)


@pytest.mark.parametrize(
    ("across", "values", "told"),
    [
        ("hours", "{energy_kwh: {unit: kWh}}", "must hold {n} or {time} once"),
        ("'{n}'", "{energy_kwh: {unit: kWh, register: yes}}", "none can be `register`"),
        ("'{n}'", "{energy_kwh: {unit: kWh}, voltage_v: {unit: V}}", "there is one quantity"),
        ("{first: 1}", "{energy_kwh: {unit: kWh}}", "series.across.columns: is missing"),
        ("'{n}'", "{energy_kwh: {unit: kWh, column: x}}", "is no key here"),
    ],
)
def test_mistakes_are_named(across: str, values: str, told: str) -> None:
    text = RECIPE.format(stamp="Date", across=across, interval="1 h", more="").replace(
        "{energy_kwh: {unit: kWh}}", values
    )
    with pytest.raises(BadRecipe) as caught:
        load_recipe(text)
    assert told in str(caught.value)
