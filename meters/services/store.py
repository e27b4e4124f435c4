"""The only way in for readings: idempotent, in any order and any portions, with what it replaces kept.

1. Check the frame (meters.domain.intervals) and stage what is left by binary COPY.
2. Take the meter's advisory lock, so that two stores of one meter come one after the other.
3. Copy the rows that will change into ReadingRevision.
4. One INSERT .. ON CONFLICT that writes only what differs. A missing value never erases one that is there.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, LiteralString

import pandas as pd
from django.core.exceptions import ObjectDoesNotExist
from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper
from psycopg import sql

from meters.domain.intervals import Rules, check_readings
from meters.domain.quantities import COLUMNS
from meters.domain.reports import StoreReport
from meters.models import Meter, Source
from meters.services.staging import stage

_TABLE = "incoming_readings"

# `i` is the staged row, `r` the stored one.
_REVISE = sql.SQL("""
INSERT INTO meters_readingrevision
    (meter_id, start_at, replaced_at, source_id, stored_at, interval_s, quality, {columns})
SELECT r.meter_id, r.start_at,
       COALESCE((SELECT max(v.replaced_at) + interval '1 microsecond' FROM meters_readingrevision v
                 WHERE v.meter_id = r.meter_id AND v.start_at = r.start_at AND v.replaced_at >= %(now)s), %(now)s),
       r.source_id, r.stored_at, r.interval_s, r.quality, {old}
FROM {staged} i JOIN meters_reading r ON r.meter_id = %(meter)s AND r.start_at = i.start_at
WHERE r.start_at BETWEEN %(first)s AND %(last)s
  AND (r.interval_s, r.quality, {old}) IS DISTINCT FROM (i.interval_s, i.quality, {merged})
""")

_UPSERT = sql.SQL("""
INSERT INTO meters_reading AS r (meter_id, start_at, source_id, stored_at, interval_s, quality, {columns})
SELECT %(meter)s, i.start_at, %(source)s, %(now)s, i.interval_s, i.quality, {given}
FROM {staged} i ORDER BY i.start_at
ON CONFLICT (meter_id, start_at) DO UPDATE
SET (source_id, stored_at, interval_s, quality, {columns})
    = (EXCLUDED.source_id, EXCLUDED.stored_at, EXCLUDED.interval_s, EXCLUDED.quality, {excluded})
WHERE (r.interval_s, r.quality, {old}) IS DISTINCT FROM (EXCLUDED.interval_s, EXCLUDED.quality, {excluded})
""")


def store_readings(*, meter: Meter, readings: pd.DataFrame, source: Source, now: datetime) -> StoreReport:
    """Store a frame of `start_at` (aware), `interval_s`, any quantities and perhaps `quality`, in one transaction.

    Rows that cannot be are refused one by one with a sentence; the others are stored. Energy and mean power
    are filled from one another. Raises BadFrame where the frame has no such columns.
    """
    rules = Rules(meter.site.zone, meter.site.nominal_voltage_v, meter.capacity_kw)
    checked = check_readings(readings, rules=rules, now=now)
    if checked.frame.empty:
        return StoreReport(refused=checked.refused)
    starts = checked.frame["start_at"]
    words: dict[str, Any] = {"meter": meter.pk, "source": source.pk, "now": now}
    words |= {"first": starts.iloc[0], "last": starts.iloc[-1]}  # else all that the meter ever measured is read
    with transaction.atomic(), connection.cursor() as cursor:
        stage(cursor, _TABLE, checked.frame)
        _lock(cursor, meter, source)
        parts = _parts(set(checked.frame.columns))
        cursor.execute(_REVISE.format(**parts), words)
        changed = cursor.rowcount
        cursor.execute(_UPSERT.format(**parts), words)
        new = cursor.rowcount - changed
    return StoreReport(new, changed, len(checked.frame) - new - changed, checked.refused)


def _lock(cursor: CursorWrapper, meter: Meter, source: Source) -> None:
    """One store at a time for a meter; meter and source stay until the transaction ends."""
    cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended('meters_reading', %s))", [meter.pk])
    for row, table in ((meter, "meters_meter"), (source, "meters_source")):
        cursor.execute(sql.SQL("SELECT 1 FROM {} WHERE id = %s FOR KEY SHARE").format(sql.Identifier(table)), [row.pk])
        if cursor.fetchone() is None:
            raise ObjectDoesNotExist(f"{row} has been deleted; nothing was stored.")


def _parts(staged: set[Any]) -> dict[str, sql.Composable]:
    """The column lists of the statements, each in the order of COLUMNS."""
    names = [sql.Identifier(name) for name in COLUMNS]
    stored = [sql.SQL("r.{}").format(name) for name in names]
    given: list[sql.Composable] = [
        sql.SQL("NULLIF(i.{}, 'NaN')").format(name) if column in staged else sql.SQL("NULL::float8")
        for column, name in zip(COLUMNS, names, strict=True)
    ]
    excluded = [sql.SQL("EXCLUDED.{}").format(name) for name in names]
    return {
        "staged": sql.Identifier("pg_temp", _TABLE),
        "columns": _listed(names),
        "old": _listed(stored),
        "given": _listed(given),
        "merged": _listed(_merged("i", given, stored)),
        "excluded": _listed(_merged("EXCLUDED", excluded, stored)),
    }


def _listed(parts: Sequence[sql.Composable]) -> sql.Composed:
    return sql.Composed(parts).join(", ")


def _merged(row: LiteralString, new: Sequence[sql.Composable], old: Sequence[sql.Composable]) -> list[sql.Composed]:
    """The new value, else the old one, unless that was of another interval length."""
    template = "COALESCE({new}, CASE WHEN r.interval_s = " + row + ".interval_s THEN {old} END)"
    return [sql.SQL(template).format(new=one, old=other) for one, other in zip(new, old, strict=True)]
