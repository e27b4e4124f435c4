"""Registers that come in with files: the readings are checked against them, and resets and roll-overs are found."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from io import StringIO
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from django.core.management import call_command

from meters.domain.detection import detect
from meters.domain.layouts import BadAnswer
from meters.models import ImportBatch, Meter, Reading, RegisterRead, ValidationFinding
from meters.services import check_batch, import_readings, open_batch, undo_batch, validate_readings
from meters.views.wizard import Wizard

MAY = datetime(2026, 5, 1, tzinfo=UTC)
ENDINGS = {"csv": "csv", "excel": "xlsx", "parquet": "parquet"}
WRITERS: dict[str, Callable[[pd.DataFrame, Path], object]] = {
    "csv": lambda frame, path: frame.to_csv(path, index=False),
    "excel": lambda frame, path: frame.to_excel(path, index=False),
    "parquet": lambda frame, path: frame.to_parquet(path, index=False),
}


def hours(n: int = 96, *, end: bool = True) -> pd.DataFrame:
    """Energy of each hour beside the register as it stood at the hour's end, or at its start."""
    energy = 5 + np.arange(n) % 24 / 4
    after = 1000 + energy.cumsum()
    stamps = pd.date_range(MAY, periods=n, freq="h").strftime("%Y-%m-%dT%H:%M:%SZ")
    return pd.DataFrame({"start": stamps, "kwh": energy, "register_kwh": after if end else after - energy})


def reads(values: list[float], *, step: timedelta = timedelta(hours=1)) -> pd.DataFrame:
    """A register alone."""
    stamps = [f"{MAY + n * step:%Y-%m-%dT%H:%M:%SZ}" for n in range(len(values))]
    return pd.DataFrame({"timestamp": stamps, "register_kwh": values})


def found(rule: str) -> list[tuple[datetime, datetime]]:
    return list(ValidationFinding.objects.filter(rule=rule).values_list("start_at", "end_at"))


@pytest.mark.parametrize("key", list(WRITERS))
def test_a_register_beside_the_energies_is_what_they_are_checked_against(
    meter: Meter, now: datetime, tmp_path: Path, key: str
) -> None:
    table = hours()
    table["kwh"] += np.where(table.index == 30, 40.0, 0.0)  # what the register did not count
    path = tmp_path / f"may.{ENDINGS[key]}"
    WRITERS[key](table, path)
    report, batch = import_readings(path=path, now=now, meter=meter)
    assert (report.faults, report.reads_n) == ([], 96)
    assert Reading.objects.filter(meter=meter).count() == RegisterRead.objects.filter(meter=meter).count() == 96
    first = RegisterRead.objects.earliest("read_at")
    assert (first.read_at, first.register_kwh) == (MAY + timedelta(hours=1), 1005.0)
    validate_readings(meter=meter, now=now, keys=["register_sum", "register_reset", "register_rollover"])
    assert found("register_sum") == [(MAY + timedelta(hours=30), MAY + timedelta(hours=31))]
    assert batch is not None
    undo_batch(batch=batch, now=now)
    assert not RegisterRead.objects.exists()
    assert not Reading.objects.exists()


@pytest.mark.parametrize("descending", [False, True])
@pytest.mark.parametrize("end", [True, False])
def test_which_energies_a_register_counts_says_when_it_was_read(end: bool, descending: bool) -> None:
    table = hours(end=end)
    layout = detect(table.iloc[::-1].reset_index(drop=True) if descending else table)
    assert [value.title for value in layout.values] == ["kwh"]
    assert layout.register[0].title == "register_kwh"
    assert layout.read_at == ("end" if end else "start")


def test_two_energies_of_which_none_is_a_register_still_say_the_same(meter: Meter) -> None:
    table = hours().rename(columns={"register_kwh": "total_kwh"})
    assert detect(table).register[0].title == "total_kwh"
    table["total_kwh"] = table["kwh"].to_numpy()[::-1]  # falls as often as it rises: no register
    with pytest.raises(ValueError, match="Two columns say the same: kwh, total_kwh"):
        detect(table)


def test_a_register_alone_gives_readings_and_reads(meter: Meter, now: datetime, tmp_path: Path) -> None:
    path = tmp_path / "register.csv"
    reads([100.0, 101.0, 103.0, 106.0]).to_csv(path, index=False)
    import_readings(path=path, now=now, meter=meter, answers={"kind": "register"})
    assert list(Reading.objects.order_by("start_at").values_list("energy_kwh", flat=True)) == [1.0, 2.0, 3.0]
    assert RegisterRead.objects.count() == 4


def test_a_reset_and_a_roll_over_are_found_in_reads_that_are_only_for_checking(
    meter: Meter, now: datetime, tmp_path: Path
) -> None:
    path = tmp_path / "reads.csv"
    reads([99_000.0, 99_900.0, 400.0, 900.0, 3.0, 60.0]).to_csv(path, index=False)
    out = StringIO()
    call_command("import_readings", str(path), "--meter", meter.slug, "--kind", "reads", stdout=out)
    assert "0 new, 0 corrected, 0 known readings" in out.getvalue()
    assert "and 6 register reads; 0.0 kWh" in out.getvalue()
    assert not Reading.objects.exists()
    assert ImportBatch.objects.get().touched[str(meter.pk)][0] == MAY.isoformat()
    store = hours(12)[["start", "kwh"]]
    store.to_csv(tmp_path / "hours.csv", index=False)
    import_readings(path=tmp_path / "hours.csv", now=now, meter=meter, answers={"kind": "interval"})
    validate_readings(meter=meter, now=now, keys=["register_reset", "register_rollover"])
    assert found("register_rollover") == [(MAY + timedelta(hours=1), MAY + timedelta(hours=2))]
    assert found("register_reset") == [(MAY + timedelta(hours=3), MAY + timedelta(hours=4))]


def test_a_register_that_is_read_once_a_month_is_only_for_checking(meter: Meter, now: datetime, tmp_path: Path) -> None:
    path = tmp_path / "monthly.csv"
    table = reads([100.0, 400.0, 650.0, 900.0], step=timedelta(days=30))
    table["timestamp"] = [f"{MAY - (3 - n) * timedelta(days=30):%Y-%m-%dT%H:%M:%SZ}" for n in range(4)]
    table.to_csv(path, index=False)
    report, _ = import_readings(path=path, now=now, meter=meter, answers={"kind": "register"})
    assert (report.faults, report.reads_n, Reading.objects.count(), RegisterRead.objects.count()) == ([], 4, 0, 4)


def test_power_cannot_be_of_a_register(meter: Meter, now: datetime, tmp_path: Path) -> None:
    path = tmp_path / "power.csv"
    reads([1.0, 2.0, 3.0]).rename(columns={"register_kwh": "kw"}).to_csv(path, index=False)
    with pytest.raises(BadAnswer, match="no column of the file holds energy"):
        import_readings(path=path, now=now, meter=meter, answers={"kind": "register"})


def test_the_wizard_offers_and_tells_what_a_register_is_for(meter: Meter, now: datetime, tmp_path: Path) -> None:
    alone, beside = tmp_path / "alone.csv", tmp_path / "beside.csv"
    reads([100.0, 101.0, 103.0, 106.0, 110.0]).to_csv(alone, index=False)
    batch = open_batch(path=alone, name="alone.csv", now=now, meter=meter)
    (kind,) = [choice for choice in Wizard(batch, None).choices if choice.name == "kind"]
    assert [value for value, _ in kind.options] == ["interval", "register", "reads"]
    hours().to_csv(beside, index=False)
    batch = open_batch(path=beside, name="beside.csv", now=now, meter=meter)
    assert ("Register", "register_kwh, to check the readings against") in Wizard(batch, None).known
    check_batch(batch=batch, now=now)
    assert Wizard(batch, None).to_store == [(96, "readings"), (96, "register reads")]
