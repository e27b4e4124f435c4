"""Files into readings by the command: all or nothing, told in sentences."""

import json
from collections.abc import Callable
from io import StringIO
from pathlib import Path

import pandas as pd
import pytest
from django.core.management import CommandError, call_command

from meters.models import Meter, Reading, Source
from twin_project.kit.jobs.models import Job

GOOD = "timestamp,kwh,voltage_v\n2026-01-01 00:00,0.5,231\n2026-01-01 00:15,,\n2026-01-01 00:30,0.6,229\n"
BAD = GOOD + '2026-01-01 00:45,"12,4,1",230\n'


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
        import_file(GOOD + "2026-01-01 01:00,4e12,230\n")
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
    with pytest.raises(CommandError, match="The file holds no table: no row has two cells or more"):
        import_file("x", name="readings.xlsx")
    with pytest.raises(CommandError, match="'Paris' is no IANA time zone"):
        import_file(GOOD, "--zone", "Paris")
    with pytest.raises(CommandError, match="cannot be read"):
        import_file("PAR1, and nothing more", name="readings.parquet")
