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
from meters.domain.hour_sums import hour_sums
from meters.models import Meter
from meters.services import rollup_sql as queries
from meters.services.locks import lock_meters
from meters.services.staging import copy_into, stage

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


def roll_up_first(cursor: CursorWrapper, *, readings: pd.DataFrame, zone: str) -> int:
    """The same after the first store of a period of one meter: `readings` are all there are between their ends.

    Its hours are added up here rather than read back, unless some of them have other readings too.
    """
    meter_ids, starts = readings["meter_id"].to_numpy(), readings["start_at"]
    hours = local_hours(starts, zone)
    _stage(cursor, runs_of_hours(meter_ids, hours))
    if hours.phase_us is None or not _fresh(cursor):
        return _compute(cursor, zone, hours.phase_us)
    sums = hour_sums(readings, hours)
    sums.insert(0, "meter_id", np.full(len(sums), meter_ids[0], dtype="int64"))
    sums.insert(1, "kind", np.full(len(sums), queries.HOUR, dtype="int16"))
    copy_into(cursor, sql.Identifier("meters_rollup"), sums)
    return len(sums) + sum(_execute(cursor, statement, zone) for statement in queries.of_hours(_RUNS))


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
    hours = queries.of_readings(_RUNS, of_one_phase=phase_us is not None, fresh=_fresh(cursor))
    written = _execute(cursor, hours, zone, origin)
    return written + sum(_execute(cursor, statement, zone) for statement in queries.of_hours(_RUNS))


def _fresh(cursor: CursorWrapper) -> bool:
    """Whether no hour of the runs is there yet."""
    cursor.execute(queries.any_hours(_RUNS))
    return not cursor.fetchone()[0]


def _execute(cursor: CursorWrapper, statement: sql.Composed, zone: str, origin: datetime | None = None) -> int:
    cursor.execute(statement, {"zone": zone, "origin": origin})
    return int(cursor.rowcount)
