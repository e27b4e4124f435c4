"""Store a batch, portion by portion: each is a transaction that also says how far the batch is.

Killed at any point, the batch goes on behind the last portion that was committed; what was in the air is not there.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

import pandas as pd
from django.db import transaction

from meters.domain.layouts import Layout, layout_from
from meters.domain.reports import StoreReport
from meters.domain.tables import Fault, Table
from meters.models import ImportBatch, Meter, Source
from meters.services.exchanges import store_register_reads
from meters.services.importing.opening import portions
from meters.services.importing.targets import Targets
from meters.services.importing.uploads import forget_upload
from meters.services.store import store_readings
from twin_project.kit.jobs.services import alone

Progress = Callable[[int, int], None]
_OF_FILE = ("meter", "row")


class NotReady(RuntimeError):
    """The batch is not in a state for this; the message says what to do."""


@contextmanager
def only_here(batch: ImportBatch) -> Iterator[None]:
    """Hold the batch for this process alone, with its row as it stands now; raises NotReady where another has it."""
    with alone(f"import {batch.pk}") as held:
        if not held:
            raise NotReady(f"{batch} is being worked on by another process. Wait until it has ended.")
        batch.refresh_from_db()
        yield


def portions_of(batch: ImportBatch) -> Iterator[Table]:
    """The readings of the batch's file."""
    layout = layout_from(batch.layout)
    return portions(path=Path(batch.path), format=batch.format, options=batch.options, layout=layout)


def store_batch(*, batch: ImportBatch, now: datetime, progress: Progress = lambda _done, _of: None) -> StoreReport:
    """Store what is left of the batch; done already, it does nothing. Raises NotReady and BadTable."""
    with only_here(batch):
        if batch.state == ImportBatch.State.STORING:
            pass
        elif batch.state == ImportBatch.State.CHECKED:
            _begin(batch, now)
        elif batch.state != ImportBatch.State.DONE:
            raise NotReady(f"{batch} is {batch.get_state_display()}; check it before it is stored.")
        if batch.state == ImportBatch.State.STORING:
            _store_rest(batch, progress)
            _end(batch, now)
    return StoreReport(batch.new_n, batch.changed_n, batch.same_n)


def by_meter(table: Table) -> Iterator[tuple[str, pd.DataFrame, pd.DataFrame]]:
    """The rows and the register reads of each meter, in the order of their names: the same every time."""
    rows, reads = (
        {str(name): some.reset_index(drop=True) for name, some in frame.groupby("meter", sort=False)}
        for frame in (table.frame, table.reads)
    )
    for name in sorted({*rows, *reads}):
        yield name, rows.get(name, table.frame.iloc[:0]), reads.get(name, table.reads.iloc[:0])


def stored_columns(rows: pd.DataFrame) -> pd.DataFrame:
    """What `store_readings` takes."""
    return rows.drop(columns=[name for name in _OF_FILE if name in rows])


def faults_of(report: StoreReport, rows: pd.DataFrame) -> list[Fault]:
    """Refusals by their rows in the file."""
    numbers = rows["row"].to_numpy()
    return [
        Fault(int(numbers[refusal.row - 1]), refusal.column, refusal.reason.rstrip(".")) for refusal in report.refused
    ]


def _begin(batch: ImportBatch, now: datetime) -> None:
    taken = Source.objects.filter(kind=Source.Kind.IMPORT, label=batch.name).exists()
    label = f"{batch.name[:170]} (import {batch.pk})" if taken else batch.name
    with transaction.atomic():
        batch.source = Source.objects.create(kind=Source.Kind.IMPORT, label=label, created_at=now)
        batch.state, batch.began_at = ImportBatch.State.STORING, now
        batch.save(update_fields=["source", "state", "began_at"])


def _store_rest(batch: ImportBatch, progress: Progress) -> None:
    layout, targets, done = layout_from(batch.layout), Targets(batch), 0
    rows_n = int(batch.report.get("rows_n", 0))
    for number, table in enumerate(portions_of(batch)):
        done += table.rows_n
        if number >= batch.portion:
            _store_portion(
                batch,
                targets,
                layout,
                table,
                lambda part, end=done, n=table.rows_n: progress(  # type: ignore[misc]
                    min(int(end - n + part * n), max(rows_n, end)), max(rows_n, end)
                ),
            )
            _advance(batch, portion=number + 1, meters_n=0)
        progress(done, max(rows_n, done))


def _store_portion(
    batch: ImportBatch, targets: Targets, layout: Layout, table: Table, progress: Callable[[float], None]
) -> None:
    groups = list(by_meter(table))
    meters = targets.meters([name for name, *_ in groups], interval_s=layout.interval_s, make=True)
    for position, (name, rows, reads) in enumerate(groups):
        if position < batch.meters_n:
            continue
        meter = meters[name]
        assert meter is not None  # they were made
        with transaction.atomic():
            assert batch.source is not None
            assert batch.began_at is not None
            words: dict[str, Any] = {"meter": meter, "source": batch.source, "now": batch.began_at}
            report = store_readings(readings=stored_columns(rows), **words)
            store_register_reads(meter=meter, reads=reads, source=batch.source)
            _count(batch, meter, rows, report)
            _touch(batch, meter, reads["read_at"])
            _advance(batch, portion=batch.portion, meters_n=position + 1)
        progress((position + 1) / len(groups))


def _count(batch: ImportBatch, meter: Meter, rows: pd.DataFrame, report: StoreReport) -> None:
    batch.new_n += report.new
    batch.changed_n += report.changed
    batch.same_n += report.same
    batch.refused_n += len(report.refused)
    if report.new or report.changed:
        _touch(batch, meter, rows["start_at"])


def _touch(batch: ImportBatch, meter: Meter, instants: pd.Series) -> None:
    if len(instants):
        first, last = instants.min().isoformat(), instants.max().isoformat()
        known = batch.touched.get(str(meter.pk), [first, last])
        batch.touched[str(meter.pk)] = [min(known[0], first), max(known[1], last)]


def _advance(batch: ImportBatch, *, portion: int, meters_n: int) -> None:
    batch.portion, batch.meters_n = portion, meters_n
    fields = ["portion", "meters_n", "touched", "new_n", "changed_n", "same_n", "refused_n"]
    batch.save(update_fields=fields)


def _end(batch: ImportBatch, now: datetime) -> None:
    batch.state, batch.finished_at = ImportBatch.State.DONE, now
    batch.save(update_fields=["state", "finished_at"])
    if batch.is_kept:
        forget_upload(batch.path)
