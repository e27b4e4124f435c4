"""Tables as people have them: what is detected, what is asked, and what the rows become."""

from collections.abc import Callable
from io import StringIO
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from meters.domain.detection import detect
from meters.domain.files import Chunk
from meters.domain.layouts import Layout, answered, layout_from
from meters.domain.tables import BadTable, Reader, Table, joined
from meters.services.importing.opening import open_file, portions

PARIS = {"zone": "Europe/Paris", "stamp_at": "start"}


def read(text: str, **answers: str) -> Table:
    raw = pd.read_csv(StringIO(text), dtype="str", keep_default_na=False)
    layout = answered(detect(raw), {"interval_s": "3600", "kind": "interval", **PARIS, **answers})
    reader = Reader(layout)
    return joined([reader.read(Chunk(2, raw)), reader.finish()])


def starts(table: Table) -> list[str]:
    return [f"{stamp:%m-%d %H:%M}" for stamp in table.frame["start_at"]]


def faults(table: Table) -> list[str]:
    return [str(fault) for fault in table.faults]


@pytest.fixture
def opened(tmp_path: Path) -> Callable[..., tuple[Layout, Table]]:
    """Write bytes or text to a file, look into it and read it with the answers given."""

    def run(content: str | bytes, **answers: str) -> tuple[Layout, Table]:
        path = tmp_path / "file.csv"
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        found = open_file(path)
        layout = answered(found.layout, answers)
        parts = portions(path=path, format=found.format, options=found.sample.options, layout=layout)
        return found.layout, joined(parts)

    return run


def test_the_repeated_hour_is_taken_in_the_order_of_the_rows() -> None:
    table = read("timestamp,kwh\n2025-10-26 01:00,1\n2025-10-26 02:00,2\n2025-10-26 02:00,3\n2025-10-26 03:00,4\n")
    assert starts(table) == ["10-25 23:00", "10-26 00:00", "10-26 01:00", "10-26 02:00"]
    assert table.frame["energy_kwh"].tolist() == [1, 2, 3, 4]


def test_the_repeated_hour_is_found_where_the_rows_jump_back_even_with_a_quarter_missing() -> None:
    table = read(
        "timestamp,kwh\n2025-10-26 02:00,1\n2025-10-26 02:30,2\n2025-10-26 02:45,3\n2025-10-26 02:15,4\n",
        interval_s="900",
    )
    assert starts(table) == ["10-26 00:00", "10-26 00:30", "10-26 00:45", "10-26 01:15"]


def test_a_file_with_the_newest_row_first_has_the_second_pass_first() -> None:
    table = read("timestamp,kwh\n2025-10-26 03:00,4\n2025-10-26 02:00,3\n2025-10-26 02:00,2\n2025-10-26 01:00,1\n")
    assert starts(table) == ["10-26 02:00", "10-26 01:00", "10-26 00:00", "10-25 23:00"]


def test_a_repeated_hour_that_stands_once_is_not_guessed_but_can_be_said() -> None:
    text = "timestamp,kwh\n2025-10-26 01:00,1\n2025-10-26 02:00,2\n2025-10-26 03:00,4\n"
    assert faults(read(text)) == [
        "row 3, column timestamp: 2025-10-26 02:00 happened twice in Europe/Paris, "
        "and the file has it once or more than twice: say which it is"
    ]
    assert starts(read(text, once="second")) == ["10-25 23:00", "10-26 01:00", "10-26 02:00"]


def test_a_repeated_hour_is_the_same_however_the_file_is_cut() -> None:
    stamps = ["01:30", "02:00", "02:30", "02:00", "02:30", "03:00"]
    raw = pd.DataFrame({"timestamp": [f"2025-10-26 {at}" for at in stamps], "kwh": list("123456")}, dtype="str")
    layout = answered(detect(raw), {**PARIS, "interval_s": "1800", "kind": "interval"})
    whole = Reader(layout).read(Chunk(2, raw)).frame["start_at"].tolist()
    for cut in range(1, 6):
        reader = Reader(layout)
        parts = [reader.read(Chunk(2, raw[:cut])), reader.read(Chunk(2 + cut, raw[cut:])), reader.finish()]
        assert joined(parts).frame["start_at"].tolist() == whole


def test_an_hour_that_the_clock_skips_is_a_bad_row() -> None:
    table = read("timestamp,kwh\n2026-03-29 01:00,1\n2026-03-29 02:00,2\n2026-03-29 03:00,3\n")
    assert faults(table) == [
        "row 3, column timestamp: 2026-03-29 02:00 does not exist in Europe/Paris: the clock was put forward"
    ]
    assert starts(table) == ["03-29 00:00", "03-29 01:00"]


def test_ends_of_intervals_are_moved_to_their_starts_on_both_clock_change_nights() -> None:
    """Once with the clock's own times, once counted on from the start, as some portals do."""
    spring = ["01:00", "03:00", "04:00"], ["01:00", "02:00", "04:00"]
    autumn = ["02:00", "02:00", "03:00", "04:00"], ["02:00", "03:00", "03:00", "04:00"]
    for ends in spring:
        table = read("end,kwh\n" + "".join(f"2026-03-29 {at},1\n" for at in ends), stamp_at="end")
        assert starts(table) == ["03-28 23:00", "03-29 00:00", "03-29 01:00"]
        assert not table.faults
    for ends in autumn:
        table = read("end,kwh\n" + "".join(f"2025-10-26 {at},1\n" for at in ends), stamp_at="end")
        expected = ["10-25 23:00", "10-26 00:00", "10-26 01:00", "10-26 02:00"]
        assert starts(table) == expected


def test_midnight_as_24_00_is_the_end_of_its_day() -> None:
    table = read("end;kwh\n31.12.2025 23:00;1\n31.12.2025 24:00;2\n".replace(";", ","), stamp_at="end")
    assert starts(table) == ["12-31 21:00", "12-31 22:00"]


def test_half_an_hour_past_is_on_the_grid_of_india() -> None:
    table = read("timestamp,kwh\n2026-03-29 00:00,1\n2026-03-29 01:00,2\n", zone="Asia/Kolkata")
    assert starts(table) == ["03-28 18:30", "03-28 19:30"]


def test_stamps_with_an_offset_need_no_zone() -> None:
    raw = pd.DataFrame({"start": ["2026-03-29T01:00:00+01:00", "2026-03-29T00:00:00Z"], "kw": ["1", "2"]}, dtype="str")
    layout = detect(raw)
    assert "zone" not in layout.questions
    table = Reader(answered(layout, {"interval_s": "3600"})).read(Chunk(2, raw))
    assert starts(table) == ["03-29 00:00", "03-29 00:00"]
    assert "power_kw" in table.frame


def test_a_bad_cell_is_named_by_its_row_and_column_and_a_blank_one_is_a_gap() -> None:
    rows = "".join(f"2026-01-02 {hour:02}:00,1.5,230\n" for hour in range(10))
    table = read(f'timestamp,kwh,voltage\n2026-01-01 00:00,"12,4,1",230\n2026-01-01 01:00,,\nnoon,1,230\n{rows}')
    assert faults(table) == [
        "row 2, column kwh: '12,4,1' is not a number",
        "row 4, column timestamp: 'noon' is not a time like 2026-01-31 13:45 or 2026-01-31T13:45:00+01:00",
    ]
    assert (len(table.frame), table.empty_n) == (10, 1)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("gas,kwh\n1,2\n", "There is no column of stamps such as timestamp or start_at; there are: gas, kwh."),
        ("timestamp,gas\n2026-01-01,x\n", "There is no column with readings; there are: timestamp, gas."),
        ("timestamp,kwh,energy_kwh\n2026-01-01,2,2\n", "Two columns say the same: kwh, energy_kwh."),
        ("timestamp,kwh\n2026-01-01T00:00Z,2\n2026-01-01 01:00,2\n", "Some stamps of the column timestamp have"),
    ],
)
def test_a_table_that_cannot_be_read_says_why(text: str, sentence: str) -> None:
    with pytest.raises(BadTable) as caught:
        read(text)
    assert sentence in str(caught.value)


HOURS = pd.date_range("2026-01-13", periods=30, freq="h")
DIALECTS = {
    "german": ("Zeit;Verbrauch (kWh)\n", "%d.%m.%Y %H:%M", ";", ","),
    "british": ("Date,Usage kWh\n", "%d/%m/%Y %H:%M", ",", "."),
    "american": ("Timestamp\tkWh\n", "%m/%d/%Y %I:%M %p", "\t", "."),
    "compact": ("time|energy_kwh\n", "%Y%m%d%H%M", "|", "."),
    "with titles below": ("My utility\nCustomer;4711\n\nDatum;kWh\n", "%d.%m.%Y %H:%M:%S", ";", ","),
}


@pytest.mark.parametrize("dialect", DIALECTS)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_any_dialect_gives_the_same_readings(
    opened: Callable[..., tuple[Layout, Table]], dialect: str, encoding: str
) -> None:
    head, pattern, mark, decimal = DIALECTS[dialect]
    rows = [f"{at:{pattern}}{mark}{f'{1 + n % 5 / 8:.3f}'.replace('.', decimal)}" for n, at in enumerate(HOURS)]
    _, table = opened((head + "\n".join(rows)).encode(encoding), **PARIS, decimal="comma")
    assert not table.faults
    assert table.frame["start_at"].tolist() == list(HOURS.tz_localize("Europe/Paris").tz_convert("UTC"))
    assert table.frame["energy_kwh"].tolist() == [1 + n % 5 / 8 for n in range(30)]


def test_date_and_time_may_stand_in_two_columns(opened: Callable[..., tuple[Layout, Table]]) -> None:
    text = "Date,Start Time,End Time,Usage,Units\n" + "".join(
        f"2026-01-13,{at:02}:00,{at:02}:59,{at % 7 / 4},kWh\n" for at in range(24)
    )
    layout, table = opened(text, **PARIS, unit="kWh")
    assert (layout.stamp, layout.time, layout.questions) == ("Date", "Start Time", ("zone", "unit", "stamp_at"))
    assert table.frame["energy_kwh"].sum() == pytest.approx(16.5)


def test_several_meters_are_told_by_a_column(opened: Callable[..., tuple[Layout, Table]]) -> None:
    text = "meter_id,timestamp,kwh\n" + "".join(
        f"{meter},2026-01-13 {at:02}:00,{at % 3}\n" for meter in "ab" for at in range(5)
    )
    _, table = opened(text, **PARIS)
    assert table.frame.groupby("meter").size().to_dict() == {"a": 5, "b": 5}


def test_a_column_for_each_meter(opened: Callable[..., tuple[Layout, Table]]) -> None:
    text = "timestamp,B12,B13\n" + "".join(f"2026-01-13 {at:02}:00,{at % 3},\n" for at in range(5))
    layout, table = opened(text, **PARIS, unit="Wh")
    assert layout.shape == "meters"
    assert table.frame["meter"].unique().tolist() == ["B12"]
    assert table.frame["energy_kwh"].tolist() == [0.0, 0.001, 0.002, 0.0, 0.001]


def day_rows(titles: list[str], days: list[str], values: list[list[Any]]) -> str:
    head = ",".join(["Date", *titles])
    return "\n".join([head, *(",".join([day, *map(str, cells)]) for day, cells in zip(days, values, strict=True))])


HALF_HOURS = [f"{n // 2:02}:{n % 2 * 30:02}" for n in range(48)]


def test_a_row_for_each_day_is_read_by_the_times_in_its_titles(opened: Callable[..., tuple[Layout, Table]]) -> None:
    days = ["2026-01-13", "2026-01-14"]
    layout, table = opened(day_rows(HALF_HOURS, days, [[0.5] * 48, [0.25] * 48]), zone="Europe/London", unit="kWh")
    assert (layout.shape, layout.interval_s, layout.stamp_at) == ("slots", 1800, "start")
    assert len(table.frame) == 96
    assert f"{table.frame['start_at'].max():%d %H:%M}" == "14 23:30"


def test_48_half_hours_on_a_day_that_has_46_are_refused_by_name(opened: Callable[..., tuple[Layout, Table]]) -> None:
    days, values = ["2026-03-28", "2026-03-29"], [[0.5] * 48, [0.25] * 48]
    _, by_time = opened(day_rows(HALF_HOURS, days, values), zone="Europe/London", unit="kWh")
    assert [fault.reason for fault in by_time.faults] == [
        f"2026-03-29 01:{minute} does not exist in Europe/London: the clock was put forward" for minute in ("00", "30")
    ]
    numbers = [f"HH{n:02}" for n in range(1, 49)]
    _, by_number = opened(day_rows(numbers, days, values), zone="Europe/London", unit="kWh")
    assert [fault.reason for fault in by_number.faults] == [
        "2026-03-29 has 46 intervals in Europe/London, the row has values for 48: which belong where cannot be known"
    ]
    assert len(by_number.frame) == 48


def test_numbered_slots_follow_each_other_on_days_of_46_and_50(opened: Callable[..., tuple[Layout, Table]]) -> None:
    numbers = [str(n) for n in range(1, 51)]
    values: list[list[Any]] = [[1] * 46 + [""] * 4, [1] * 48 + [""] * 2, [1] * 50]
    _, table = opened(
        day_rows(numbers, ["2026-03-29", "2026-03-30", "2025-10-26"], values), zone="Europe/London", unit="kWh"
    )
    assert not table.faults
    assert (len(table.frame), table.frame["start_at"].is_unique) == (144, True)


def test_a_register_becomes_the_energy_of_its_steps_and_a_reset_is_told(
    opened: Callable[..., tuple[Layout, Table]],
) -> None:
    counts = [*range(100, 140, 2), 5, 7]
    stamps = pd.date_range("2026-01-13", periods=len(counts), freq="h")
    text = "timestamp,register kWh\n" + "".join(f"{at},{count}\n" for at, count in zip(stamps, counts, strict=True))
    _, table = opened(text, zone="UTC", kind="register")
    assert table.frame["energy_kwh"].tolist() == [2.0] * 20
    assert [fault.reason for fault in table.faults] == [
        "the register went back from 138 to 5: it was reset or rolled over, or the meter was exchanged"
    ]


@pytest.mark.parametrize(
    ("title", "rows", "question"),
    [
        ("kwh", "2026-01-01 {:02}:00,{}", "zone"),
        ("usage", "2026-01-01 {:02}:00Z,{}", "unit"),
        ("kwh", "03/04/2026 {:02}:00,{}", "order"),
        ("kwh", '2026-01-01 {:02}:00Z,"1,{:03}"', "decimal"),
    ],
)
def test_only_what_the_file_cannot_say_is_asked(
    opened: Callable[..., tuple[Layout, Table]], title: str, rows: str, question: str
) -> None:
    text = f"start,{title}\n" + "\n".join(rows.format(hour, hour * 7 % 5) for hour in range(9))
    known = {"zone": "UTC", "order": "day", "decimal": "comma", "unit": "kWh"}
    layout, _ = opened(text, **known)
    asked = set(layout.questions) - ({"zone"} if question == "order" else set())
    assert asked == {question}


def test_a_layout_is_kept_as_json() -> None:
    layout = detect(pd.DataFrame({"start": ["2026-01-01 00:00"] * 3, "kwh": ["1", "2", "1"]}, dtype="str"))
    assert layout_from(layout.as_json()) == layout
