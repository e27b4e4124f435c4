"""Read a batch's whole file and say what storing it would do; nothing is stored."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pandas as pd
from django.db import transaction

from meters.domain.files import BadTable
from meters.domain.intervals import check_readings
from meters.domain.layouts import layout_from
from meters.domain.reports import StoreReport
from meters.domain.tables import Fault
from meters.models import ImportBatch, Meter, Source
from meters.services.importing.batches import PREVIEW_ROWS
from meters.services.importing.reports import MOST_FAULTS, ImportReport, MeterSums
from meters.services.importing.storing import NotReady, by_meter, faults_of, only_here, portions_of, stored_columns
from meters.services.importing.targets import Targets
from meters.services.store import store_readings

Progress = Callable[[int, int], None]
_OPEN = {
    "zone": "whose clock the stamps show",
    "stamp_at": "whether a stamp is the start or the end of its interval",
    "unit": "the unit of the values",
    "kind": "whether the values are of intervals or of a register that counts up",
    "order": "whether the day or the month comes first",
    "decimal": "whether the comma is a decimal one",
    "interval_s": "how long an interval is",
}


def check_batch(
    *,
    batch: ImportBatch,
    now: datetime,
    compare: bool = True,
    progress: Progress = lambda _done, _of: None,
) -> ImportReport:
    """The dry run. With `compare` each portion is stored and taken back, so that new, changed and same are exact;
    without, only what the file says is checked. Raises NotReady, BadTable.
    """
    with only_here(batch):
        if batch.state not in ImportBatch.UNSTORED:
            raise NotReady(f"{batch} is {batch.get_state_display()}; it cannot be checked any more.")
        try:
            report = _survey(batch, now, progress, compare=compare)
        except BadTable as error:
            batch.state, batch.message = ImportBatch.State.FAILED, str(error)
            batch.save(update_fields=["state", "message"])
            raise
        batch.state, batch.message, batch.report = ImportBatch.State.CHECKED, "", report.as_json()
        batch.report = _plain(batch.report)
        batch.rejects = [[fault.row, fault.column, fault.reason] for fault in report.faults]
        batch.save(update_fields=["state", "message", "report", "rejects"])
    return report


def require_answers(batch: ImportBatch) -> None:
    """Raise BadTable that names what nobody has said yet."""
    missing = [_OPEN[name] for name in layout_from(batch.layout).questions]
    if missing:
        raise BadTable(f"The file does not say {'; nor '.join(missing)}. Say it.")


def _survey(batch: ImportBatch, now: datetime, progress: Progress, *, compare: bool) -> ImportReport:
    require_answers(batch)
    targets, layout = Targets(batch), layout_from(batch.layout)
    sums: dict[str, _Sums] = {}
    faults: list[Fault] = []
    preview: list[dict[str, Any]] = []
    counts = {"rows": 0, "empty": 0, "reads": 0, "faults": 0, "new": 0, "changed": 0, "same": 0}
    for table in portions_of(batch):
        counts["rows"] += table.rows_n
        counts["empty"] += table.empty_n
        found = list(table.faults)
        groups = list(by_meter(table))
        counts["reads"] += len(table.reads)
        meters = targets.meters([name for name, *_ in groups], interval_s=layout.interval_s, make=False)
        for name, rows, _ in groups:
            kept, refused, stored = _try(batch, meters[name], rows, now, compare=compare)
            found += refused
            preview = preview or _preview(name, kept)
            sums.setdefault(name, _Sums(name, is_new=meters[name] is None)).add(
                kept, doubles_n=max(len(rows) - len(refused) - len(kept), 0)
            )
            for word in ("new", "changed", "same"):
                counts[word] += getattr(stored, word)
        counts["faults"] += len(found)
        faults += sorted(found, key=lambda fault: fault.row)[: MOST_FAULTS - len(faults)]
        progress(counts["rows"], counts["rows"])
    if not counts["rows"]:
        raise BadTable("The file holds no row below its titles.")
    return _report(batch, counts, faults, preview, list(sums.values()))


def _try(
    batch: ImportBatch, meter: Meter | None, rows: pd.DataFrame, now: datetime, *, compare: bool
) -> tuple[pd.DataFrame, list[Fault], StoreReport]:
    """What would be stored of one meter's rows, what is refused, and the counts."""
    place = meter.site if meter else batch.site
    assert place is not None  # Targets saw to it
    readings = stored_columns(rows)
    checked = check_readings(readings, zone=place.zone, now=now)
    refused = faults_of(StoreReport(refused=checked.refused), rows)
    if not compare or meter is None:
        return checked.frame, refused, StoreReport(new=len(checked.frame) if compare else 0)
    with transaction.atomic():
        source = Source.objects.create(kind=Source.Kind.IMPORT, label=f"dry run of import {batch.pk}", created_at=now)
        stored = store_readings(meter=meter, readings=readings, source=source, now=now)
        transaction.set_rollback(True)
    return checked.frame, faults_of(stored, rows), stored


def _report(
    batch: ImportBatch, counts: dict[str, int], faults: list[Fault], preview: list[dict[str, Any]], sums: "list[_Sums]"
) -> ImportReport:
    meters = [one.finished() for one in sums]
    blocked = counts["faults"] and not batch.skip_bad
    return ImportReport(
        rows_n=counts["rows"],
        reads_n=counts["reads"],
        empty_n=counts["empty"],
        first_at=min((one.first_at for one in meters if one.first_at), default=None),
        last_at=max((one.last_at for one in meters if one.last_at), default=None),
        faults=faults,
        faults_n=counts["faults"],
        stored=None if blocked else StoreReport(counts["new"], counts["changed"], counts["same"]),
        meters=meters,
        preview=preview,
        notes=[*batch.notes, *_told(meters)],
    )


def _told(meters: list[MeterSums]) -> list[str]:
    doubles = sum(one.doubles_n for one in meters)
    missing = sum(one.missing_n for one in meters)
    notes = []
    if doubles:
        notes.append(f"{doubles:,} intervals stand more than once; the last of their rows counts.")
    if missing:
        notes.append(f"{missing:,} intervals between the first and the last are not in the file; they stay gaps.")
    return notes


def _preview(name: str, frame: pd.DataFrame) -> list[dict[str, Any]]:
    """The first readings as they would be stored."""
    head = frame.head(PREVIEW_ROWS).astype(object)
    head = head.where(head.notna(), None)
    return [
        {"meter": name, **{str(key): value for key, value in row.items()}, "start_at": row["start_at"].to_pydatetime()}
        for row in head.to_dict("records")
    ]


class _Sums:
    """Adds up the portions of one meter."""

    def __init__(self, name: str, *, is_new: bool) -> None:
        self.sums = MeterSums(name, is_new)
        self._span_s = 0.0
        self._covered_s = 0.0

    def add(self, frame: pd.DataFrame, *, doubles_n: int = 0) -> None:
        """Another portion, as it would be stored."""
        if frame.empty:
            return
        sums, first, last = self.sums, frame["start_at"].min().to_pydatetime(), frame["start_at"].max().to_pydatetime()
        sums.doubles_n += doubles_n
        sums.readings_n += len(frame)
        sums.energy_kwh += float(frame["energy_kwh"].sum()) if "energy_kwh" in frame else 0.0
        sums.first_at = min(sums.first_at or first, first)
        sums.last_at = max(sums.last_at or last, last)
        self._step_s = float(frame["interval_s"].mode().iloc[0])
        self._covered_s += float(frame["interval_s"].sum())

    def finished(self) -> MeterSums:
        """With the intervals that are missing."""
        sums = self.sums
        if sums.first_at and sums.last_at:
            span = (sums.last_at - sums.first_at).total_seconds() + self._step_s
            sums.missing_n = max(round((span - self._covered_s) / self._step_s), 0)
        return sums


def _plain(record: Any) -> Any:
    """Times as text."""
    if isinstance(record, dict):
        return {key: _plain(value) for key, value in record.items()}
    if isinstance(record, list):
        return [_plain(value) for value in record]
    return record.isoformat() if isinstance(record, datetime) else record
