"""Files into readings: the table as people have it, and the command."""

import json
from collections.abc import Callable
from io import StringIO
from pathlib import Path

import pandas as pd
import pytest
from django.core.management import CommandError, call_command

from meters.domain.tables import BadTable, Table, read_table
from meters.models import Meter, Reading, Source
from twin_project.kit.jobs.models import Job


def read(text: str, zone: str | None = "Europe/Paris") -> Table:
    raw = pd.read_csv(StringIO(text), dtype="string", keep_default_na=False)
    return read_table(raw, zone=zone, interval_s=3600, first_row=2)


def starts(table: Table) -> list[str]:
    return [f"{stamp:%m-%d %H:%M}" for stamp in table.frame["start_at"]]


def test_the_repeated_hour_is_taken_in_the_order_of_the_rows() -> None:
    table = read("timestamp,kwh\n2025-10-26 01:00,1\n2025-10-26 02:00,2\n2025-10-26 02:00,3\n2025-10-26 03:00,4\n")
    assert starts(table) == ["10-25 23:00", "10-26 00:00", "10-26 01:00", "10-26 02:00"]
    assert table.frame["energy_kwh"].tolist() == [1, 2, 3, 4]


def test_an_hour_that_the_clock_skips_is_a_bad_row() -> None:
    table = read("timestamp,kwh\n2026-03-29 01:00,1\n2026-03-29 02:00,2\n2026-03-29 03:00,3\n")
    assert [str(fault) for fault in table.faults] == [
        "row 3, column timestamp: 2026-03-29 02:00 does not exist in Europe/Paris: the clock was put forward"
    ]
    assert starts(table) == ["03-29 00:00", "03-29 01:00"]


def test_stamps_with_an_offset_need_no_zone() -> None:
    table = read("start,kw\n2026-03-29T01:00:00+01:00,1\n2026-03-29T00:00:00Z,2\n", zone=None)
    assert starts(table) == ["03-29 00:00", "03-29 00:00"]
    assert list(table.frame) == ["start_at", "interval_s", "power_kw"]


def test_a_bad_cell_is_named_by_its_row_and_column_and_a_blank_one_is_a_gap() -> None:
    table = read('timestamp,kwh,voltage\n2026-01-01 00:00,"12,4,1",230\n2026-01-01 01:00,,\nnoon,1,230\n')
    assert [str(fault) for fault in table.faults] == [
        "row 2, column kwh: '12,4,1' is not a number",
        "row 4, column timestamp: 'noon' is not a time like 2026-01-31 13:45 or 2026-01-31T13:45:00+01:00",
    ]
    assert (len(table.frame), table.empty_n) == (0, 1)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("day,kwh\n1,2\n", "There is no column timestamp or start_at; there are: day, kwh."),
        ("timestamp,gas\n2026-01-01,2\n", "There is no column with readings; there are: timestamp, gas."),
        ("timestamp,kwh,energy_kwh\n2026-01-01,2,2\n", "Two columns say the same: kwh, energy_kwh."),
        ("timestamp,kwh\n2026-01-01T00:00Z,2\n2026-01-01 01:00,2\n", "Some stamps of the column timestamp have"),
    ],
)
def test_a_table_that_cannot_be_read_says_why(text: str, sentence: str) -> None:
    with pytest.raises(BadTable) as caught:
        read(text)
    assert sentence in str(caught.value)


def test_naive_stamps_without_a_zone_ask_for_one() -> None:
    with pytest.raises(BadTable, match="Say with --zone whose clock they show"):
        read("timestamp,kwh\n2026-01-01 00:00,2\n", zone=None)


GOOD = "timestamp,kwh,voltage_v\n2026-01-01 00:00,0.5,231\n2026-01-01 00:15,,\n2026-01-01 00:30,0.6,229\n"
BAD = GOOD + '2026-01-01 00:45,"12,4,1",230\n2026-01-01 01:00,-4,230\n'


@pytest.fixture
def import_file(tmp_path: Path, meter: Meter) -> Callable[..., str]:
    """Run the command on a file of that text, and return what it printed."""

    def run(text: str, *options: str, name: str = "readings.csv") -> str:
        path = tmp_path / name
        path.write_text(text)
        out = StringIO()
        call_command("import_readings", str(path), "--meter", meter.slug, *options, stdout=out, stderr=out)
        return out.getvalue()

    return run


def test_a_good_file_is_stored_and_those_who_wait_are_told(import_file: Callable[..., str], meter: Meter) -> None:
    told = import_file(GOOD)
    assert told.startswith("Stored 2 new, 0 corrected, 0 known readings from 2025-12-31 23:00 to 2025-12-31 23:30 UTC")
    assert "1 rows without a value" in told
    assert list(Reading.objects.order_by("start_at").values_list("energy_kwh", "voltage_v")) == [(0.5, 231), (0.6, 229)]
    assert Source.objects.get().label == "readings.csv"
    assert [job.params for job in Job.objects.filter(kind="make_forecast")] == [{"meter_id": meter.pk}]
    assert "0 new, 0 corrected, 2 known" in import_file(GOOD)


def test_one_bad_row_keeps_the_whole_file_out(
    import_file: Callable[..., str], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(CommandError, match=r"Nothing was stored: 1 bad rows\. --skip-bad stores the others"):
        import_file(BAD)
    assert not Reading.objects.exists()


def test_a_row_that_no_meter_can_have_measured_keeps_the_file_out_too(import_file: Callable[..., str]) -> None:
    with pytest.raises(CommandError, match="Nothing was stored: 1 bad rows"):
        import_file(GOOD + "2026-01-01 01:00,-4,230\n")
    assert not Reading.objects.exists()


def test_bad_rows_may_be_skipped_and_the_exit_code_says_so(import_file: Callable[..., str]) -> None:
    with pytest.raises(SystemExit) as left:
        import_file(BAD, "--skip-bad")
    assert left.value.code == 2
    assert Reading.objects.count() == 2


def test_a_dry_run_tells_and_stores_nothing(import_file: Callable[..., str]) -> None:
    assert import_file(GOOD, "--dry-run").startswith("Would store 2 new")
    assert not Reading.objects.exists()
    assert not Job.objects.exists()


def test_the_report_can_be_read_by_a_program(import_file: Callable[..., str]) -> None:
    report = json.loads(import_file(GOOD, "--json"))
    assert (report["rows_n"], report["empty_n"], report["stored"]["new"]) == (3, 1, 2)


def test_a_parquet_file_is_read_with_its_types(tmp_path: Path, meter: Meter) -> None:
    path = tmp_path / "readings.parquet"
    stamps = pd.date_range("2026-01-01", periods=3, freq="15min", tz="UTC")
    pd.DataFrame({"timestamp": stamps, "kwh": [1.0, None, 2.0]}).to_parquet(path)
    call_command("import_readings", str(path), "--meter", meter.slug, stdout=StringIO())
    assert Reading.objects.count() == 2


def test_a_file_or_meter_or_zone_that_is_not_there_is_a_sentence(
    tmp_path: Path, meter: Meter, import_file: Callable[..., str]
) -> None:
    with pytest.raises(CommandError, match="There is no file"):
        call_command("import_readings", str(tmp_path / "none.csv"), "--meter", meter.slug)
    with pytest.raises(CommandError, match="There is no meter 'barn'; there are: flat"):
        call_command("import_readings", str(tmp_path / "none.csv"), "--meter", "barn")
    with pytest.raises(CommandError, match=r"neither \.csv nor \.parquet"):
        import_file("x", name="readings.xlsx")
    with pytest.raises(CommandError, match="'Paris' is no IANA time zone"):
        import_file(GOOD, "--zone", "Paris")
    with pytest.raises(CommandError, match="cannot be read"):
        import_file("not a parquet file", name="readings.parquet")
