"""A file of readings into a meter: all of it or nothing, unless bad rows may be skipped."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

import pandas as pd
from django.db import transaction

from meters.domain.reports import StoreReport
from meters.domain.tables import BadTable, Fault, Table, read_table
from meters.models import Meter
from meters.services.register import ensure_source
from meters.services.store import store_readings

_PORTION = 20_000


@dataclass(frozen=True)
class ImportReport:
    """What the file held. `stored` is None where nothing was stored: bad rows, or a dry run."""

    rows_n: int
    empty_n: int
    first_at: datetime | None
    last_at: datetime | None
    faults: list[Fault] = field(default_factory=list)
    stored: StoreReport | None = None


def import_readings(
    *,
    path: Path,
    meter: Meter,
    now: datetime,
    zone: str | None = None,
    dry_run: bool = False,
    skip_bad: bool = False,
    progress: Callable[[int, int], None] = lambda _done, _of: None,
) -> ImportReport:
    """Store the readings of a tidy CSV or Parquet file; `zone` reads stamps without offset (the site's by default).

    One bad row keeps the whole file out unless `skip_bad`. A dry run checks everything, against the database
    too, and stores nothing. Raises BadTable where the file as a whole cannot be read.
    """
    raw, first_row = _read(path)
    table = read_table(raw, zone=zone or meter.site.zone, interval_s=meter.interval_s, first_row=first_row)
    starts = table.frame["start_at"]
    about = (len(raw), table.empty_n, _at(starts.min()), _at(starts.max()))
    if table.faults and not skip_bad:
        return ImportReport(*about, table.faults)
    report, refused = StoreReport(), list(table.faults)
    with transaction.atomic():
        source = ensure_source(kind="import", label=path.name, now=now)
        for start in range(0, len(table.frame), _PORTION):
            piece = table.frame.iloc[start : start + _PORTION]
            stored = store_readings(meter=meter, readings=piece, source=source, now=now)
            refused += _as_faults(stored, table, start)
            report = StoreReport(report.new + stored.new, report.changed + stored.changed, report.same + stored.same)
            progress(min(start + _PORTION, len(table.frame)), len(table.frame))
        good = skip_bad or not refused
        if dry_run or not good:
            transaction.set_rollback(True)
    return ImportReport(*about, refused, report if good else None)


def _read(path: Path) -> tuple[pd.DataFrame, int]:
    """The table as strings, and the number of its first row as a spreadsheet shows it."""
    if not path.is_file():
        raise BadTable(f"There is no file {path}.")
    try:
        if path.suffix.lower() == ".csv":
            return pd.read_csv(path, dtype="string", keep_default_na=False, skip_blank_lines=False), 2
        if path.suffix.lower() in (".parquet", ".pq"):
            return pd.read_parquet(path), 1
    except (ValueError, OSError) as error:
        raise BadTable(f"{path.name} cannot be read: {str(error).splitlines()[0]}.") from error
    raise BadTable(f"{path.name} is neither .csv nor .parquet.")


def _as_faults(report: StoreReport, table: Table, offset: int) -> list[Fault]:
    return [
        Fault(int(table.rows.iloc[offset + refusal.row - 1]), refusal.column, refusal.reason.rstrip("."))
        for refusal in report.refused
    ]


def _at(stamp: pd.Timestamp) -> datetime | None:
    return None if pd.isna(stamp) else stamp.to_pydatetime()
