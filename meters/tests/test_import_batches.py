"""A file from its upload to its undoing, as wizard and command do it."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pandas as pd
import pytest

from meters.models import ImportBatch, Meter, Reading, ReadingRevision, Site
from meters.services import (
    BadTable,
    NotReady,
    StoreReport,
    answer_batch,
    check_batch,
    drop_batch,
    import_readings,
    open_batch,
    store_batch,
    undo_batch,
)
from meters.services.importing.uploads import keep_upload
from meters.services.rollups import rebuild_rollups

TEXT = "start,kwh\n" + "".join(f"2026-05-01 {hour:02}:00,{hour % 3 + 1}\n" for hour in range(12))


def state() -> list[tuple[object, ...]]:
    """All that a reading says."""
    columns = ("meter_id", "start_at", "interval_s", "quality", "energy_kwh", "voltage_v", "source_id", "stored_at")
    return list(Reading.objects.order_by("meter_id", "start_at").values_list(*columns))


@pytest.fixture
def checked(meter: Meter, now: pd.Timestamp) -> Callable[..., ImportBatch]:
    """A batch of that text for the flat, answered and checked."""

    def make(text: str = TEXT, *, skip_bad: bool = False) -> ImportBatch:
        path = keep_upload(name="may.csv", pieces=[text.encode()])
        batch = open_batch(path=path, name="may.csv", now=now, is_kept=True)
        answers = {"zone": "Europe/Paris"}
        answer_batch(batch=batch, answers=answers, meter=meter, site=None, make_meters=False, skip_bad=skip_bad)
        check_batch(batch=batch, now=now)
        return batch

    return make


def test_a_dry_run_says_exactly_what_storing_then_does(
    checked: Callable[..., ImportBatch],
    store: Callable[..., StoreReport],
    frame: Callable[..., pd.DataFrame],
    now: pd.Timestamp,
) -> None:
    store(frame("2026-04-30T22:00Z", 3, 3600, energy_kwh=[1.0, 9.0, 3.0]))
    batch = checked()
    before = state()
    told = batch.report["stored"]
    assert (told["new"], told["changed"], told["same"]) == (9, 1, 2)
    assert (batch.report["energy_kwh"], batch.report["rows_n"]) == (24, 12)
    assert len(before) == 3
    store_batch(batch=batch, now=now)
    assert (batch.new_n, batch.changed_n, batch.same_n, batch.state) == (9, 1, 2, "done")
    assert not Path(batch.path).exists()


def test_undoing_brings_back_what_was_there_and_twice_is_once(
    checked: Callable[..., ImportBatch],
    store: Callable[..., StoreReport],
    frame: Callable[..., pd.DataFrame],
    meter: Meter,
    now: pd.Timestamp,
) -> None:
    store(frame("2026-04-30T22:00Z", 3, 3600, energy_kwh=[1.0, 9.0, 3.0], voltage_v=[230.0, 231.0, 232.0]))
    before = state()
    batch = checked()
    store_batch(batch=batch, now=now)
    assert len(state()) == 12
    report = undo_batch(batch=batch, now=now + timedelta(minutes=1))
    assert (report.removed, report.restored) == (9, 1)
    assert state() == before
    assert undo_batch(batch=batch, now=now + timedelta(minutes=2)).removed == 0
    assert state() == before
    assert batch.state == "undone"
    assert ReadingRevision.objects.filter(reason="import undone").count() == 10
    assert rebuild_rollups(meter=meter).written == 0


def test_undoing_leaves_alone_what_others_wrote_since(
    checked: Callable[..., ImportBatch],
    store: Callable[..., StoreReport],
    frame: Callable[..., pd.DataFrame],
    now: pd.Timestamp,
) -> None:
    batch = checked()
    store_batch(batch=batch, now=now)
    store(frame("2026-04-30T22:00Z", 1, 3600, energy_kwh=[7.0]), now=now + timedelta(minutes=1))
    assert undo_batch(batch=batch, now=now + timedelta(minutes=2)).removed == 11
    assert [row[4] for row in state()] == [7.0]


def test_the_later_of_two_imports_is_undone_to_the_earlier_and_that_to_nothing(
    checked: Callable[..., ImportBatch], now: pd.Timestamp
) -> None:
    first = checked()
    store_batch(batch=first, now=now)
    after_first = state()
    second = checked(TEXT.replace(",1\n", ",5\n"))
    store_batch(batch=second, now=now + timedelta(minutes=1))
    undo_batch(batch=second, now=now + timedelta(minutes=2))
    assert state() == after_first
    undo_batch(batch=first, now=now + timedelta(minutes=3))
    assert state() == []


def test_bad_rows_keep_a_file_out_and_are_kept_with_their_reasons(
    checked: Callable[..., ImportBatch], now: pd.Timestamp
) -> None:
    batch = checked(TEXT + '2026-05-01 12:00,"12,4,1"\n')
    assert batch.report["stored"] is None
    assert batch.rejects == [[14, "kwh", "'12,4,1' is not a number"]]
    kept = checked(TEXT + '2026-05-01 12:00,"12,4,1"\n', skip_bad=True)
    assert store_batch(batch=kept, now=now).new == 12


def test_a_file_that_was_not_checked_is_not_stored(meter: Meter, now: pd.Timestamp) -> None:
    path = keep_upload(name="may.csv", pieces=[TEXT.encode()])
    batch = open_batch(path=path, name="may.csv", now=now, is_kept=True, meter=meter)
    with pytest.raises(NotReady, match="check it before it is stored"):
        store_batch(batch=batch, now=now)
    with pytest.raises(BadTable, match="The file does not say whose clock the stamps show"):
        check_batch(batch=batch, now=now)
    assert path.stat().st_mode & 0o777 == 0o600
    drop_batch(batch=batch)
    assert not path.exists()
    assert not ImportBatch.objects.exists()


def test_meters_of_a_site_are_found_or_made_by_the_names_in_the_file(
    site: Site, meter: Meter, tmp_path: Path, now: pd.Timestamp
) -> None:
    path = tmp_path / "two.csv"
    rows = [f"{name},2026-05-01T{hour:02}:00Z,{hour % 2}.5\n" for name in ("0001", "new one") for hour in range(4)]
    path.write_text("meter,start,kwh\n" + "".join(rows))
    with pytest.raises(BadTable, match="Sceaux has no meter called new one"):
        import_readings(path=path, now=now, site=site)
    with pytest.raises(BadTable, match=r"readings of several meters \(0001, new one, ...\)"):
        import_readings(path=path, now=now, meter=meter)
    report, batch = import_readings(path=path, now=now, site=site, make_meters=True)
    assert batch is not None
    assert [one.meter for one in report.meters] == ["0001", "new one"]
    assert Meter.objects.get(reference="new one").interval_s == 3600
    assert Reading.objects.count() == 8


def test_an_import_that_was_broken_off_goes_on_and_counts_once(
    meter: Meter, tmp_path: Path, now: pd.Timestamp, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("meters.services.importing.opening.PORTION_ROWS", 4)
    monkeypatch.setattr("meters.formats.csv.CHUNK_ROWS", 4)
    path = tmp_path / "may.csv"
    path.write_text(TEXT)

    def stop(done: int, _of: int) -> None:
        if Reading.objects.exists() and done >= 8:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        import_readings(path=path, now=now, meter=meter, progress=stop)
    assert Reading.objects.count() == 8
    report, batch = import_readings(path=path, now=now + timedelta(minutes=5), meter=meter)
    assert batch is not None
    assert (report.stored, ImportBatch.objects.count()) == (StoreReport(new=12), 1)
    assert Reading.objects.values("stored_at").distinct().count() == 1
