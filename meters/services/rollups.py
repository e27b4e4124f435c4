"""Roll-ups, computed by PostgreSQL from the readings: hours from readings, local days from hours, months from days.

A reading belongs to the bucket in which it begins. Whole buckets are computed anew, in the order of their
readings, so that what stands after any stores is to the last bit what a rebuild from scratch gives.
"""

from dataclasses import dataclass
from datetime import datetime

import numpy as np
import pandas as pd
from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper
from psycopg import sql

from meters.domain.buckets import local_hours, phase_between, runs_of_hours, whole_hours
from meters.models import Meter
from meters.services import rollup_sql as queries
from meters.services.locks import lock_meters
from meters.services.staging import stage

_RUNS = "touched_runs"


@dataclass(frozen=True)
class RollupReport:
    """How many buckets were written because they were missing or said something else, and how many were removed."""

    written: int
    removed: int


def roll_up_starts(
    cursor: CursorWrapper, *, meter_ids: np.ndarray, starts: "pd.Series[pd.Timestamp]", zone: str
) -> int:
    """Compute the hours, days and months anew in which readings of these starts lie; meters of one zone.

    Inside the transaction that changed the readings. Returns the number of buckets written.
    """
    hours = local_hours(starts, zone)
    _stage(cursor, runs_of_hours(meter_ids, hours))
    return _compute(cursor, zone, hours.phase_us)


def roll_up_spans(cursor: CursorWrapper, *, meter: Meter, spans: list[tuple[datetime, datetime]]) -> RollupReport:
    """The same for all that begins within the spans, and remove buckets that no reading is left for."""
    if not spans:
        return RollupReport(0, 0)
    zone = meter.site.zone
    runs = whole_hours(spans, zone)
    runs.insert(0, "meter_id", np.full(len(runs), meter.pk, dtype="int64"))
    _stage(cursor, runs)
    hours, days, months = queries.removals(_RUNS)
    removed = _execute(cursor, hours, zone)
    written = _compute(cursor, zone, phase_between(runs["start_at"].min(), runs["end_at"].max(), zone))
    removed += _execute(cursor, days, zone) + _execute(cursor, months, zone)
    return RollupReport(written, removed)


def rebuild_rollups(*, meter: Meter, dry_run: bool = False) -> RollupReport:
    """Compute all roll-ups of the meter anew, from the readings that are kept; older roll-ups stand.

    In a dry run the report says what would be written and nothing is.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        lock_meters(cursor, [meter.pk])
        cursor.execute(queries.EXTENT, {"meter": meter.pk})
        first, last = cursor.fetchone()
        report = RollupReport(0, 0)
        if last is not None:
            report = roll_up_spans(cursor, meter=meter, spans=[(first, last)])
        if dry_run:
            transaction.set_rollback(True)
    return report


def _stage(cursor: CursorWrapper, runs: pd.DataFrame) -> None:
    cursor.execute("SELECT set_config('work_mem', '64MB', true), set_config('jit', 'off', true)")
    stage(cursor, _RUNS, runs)
    cursor.execute(sql.SQL("ANALYZE {}").format(sql.Identifier("pg_temp", _RUNS)))


def _compute(cursor: CursorWrapper, zone: str, phase_us: int | None) -> int:
    origin = pd.Timestamp((phase_us or 0) * 1000, tz="UTC").to_pydatetime()
    cursor.execute(queries.any_hours(_RUNS))
    fresh = not cursor.fetchone()[0]
    statements = queries.statements(_RUNS, of_one_phase=phase_us is not None, fresh=fresh)
    return sum(_execute(cursor, statement, zone, origin) for statement in statements)


def _execute(cursor: CursorWrapper, statement: sql.Composed, zone: str, origin: datetime | None = None) -> int:
    cursor.execute(statement, {"zone": zone, "origin": origin})
    return int(cursor.rowcount)
