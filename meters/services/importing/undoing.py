"""Take back what a batch wrote: rows that were new go, the others say again what they said before it.

Before the batch means: the last revision of another source that is older than the first revision of the
batch's own. What others wrote since stays as it is. What is taken back is kept as a revision too.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.auth.models import AbstractBaseUser
from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper
from psycopg import sql

from meters.domain.quantities import COLUMNS
from meters.models import ImportBatch, Meter, RegisterRead
from meters.services.importing.storing import NotReady, only_here
from meters.services.importing.uploads import forget_upload
from meters.services.locks import lock_meters
from meters.services.rollups import roll_up_spans

_STATE = (*("source_id", "stored_at", "interval_s", "quality"), *COLUMNS)

_FIND = sql.SQL("""
CREATE TEMP TABLE undone ON COMMIT DROP AS
SELECT r.start_at, r.interval_s AS had_s, p.replaced_at IS NOT NULL AS was_there, {before}
FROM meters_reading r LEFT JOIN LATERAL (
    SELECT v.* FROM meters_readingrevision v
    WHERE v.meter_id = r.meter_id AND v.start_at = r.start_at AND v.replaced_at >= %(began)s
      AND v.source_id <> %(source)s AND NOT EXISTS (
        SELECT 1 FROM meters_readingrevision b WHERE b.meter_id = r.meter_id AND b.start_at = r.start_at
          AND b.source_id = %(source)s AND b.replaced_at >= %(began)s AND b.replaced_at < v.replaced_at)
    ORDER BY v.replaced_at DESC LIMIT 1
) p ON true
WHERE r.meter_id = %(meter)s AND r.start_at BETWEEN %(first)s AND %(last)s AND r.source_id = %(source)s
""")
_KEEP = sql.SQL("""
INSERT INTO meters_readingrevision (meter_id, start_at, replaced_at, reason, replaced_by_id, {state})
SELECT r.meter_id, r.start_at,
    COALESCE((SELECT max(v.replaced_at) + interval '1 microsecond' FROM meters_readingrevision v
              WHERE v.meter_id = r.meter_id AND v.start_at = r.start_at AND v.replaced_at >= %(now)s), %(now)s),
    'import undone', %(user)s, {current}
FROM meters_reading r JOIN pg_temp.undone u USING (start_at)
WHERE r.meter_id = %(meter)s AND r.start_at BETWEEN %(first)s AND %(last)s
""")
_RESTORE = sql.SQL("""
UPDATE meters_reading r SET ({state}) = ({restored}) FROM pg_temp.undone u
WHERE r.meter_id = %(meter)s AND r.start_at BETWEEN %(first)s AND %(last)s AND r.start_at = u.start_at AND u.was_there
""")
_REMOVE = """
DELETE FROM meters_reading r USING pg_temp.undone u
WHERE r.meter_id = %(meter)s AND r.start_at BETWEEN %(first)s AND %(last)s AND r.start_at = u.start_at
  AND NOT u.was_there
"""
_SPANS = """
SELECT min(start_at), max(start_at + greatest(had_s, coalesce(interval_s, 0)) * interval '1 second')
FROM pg_temp.undone GROUP BY date_trunc('day', start_at AT TIME ZONE 'UTC') ORDER BY 1
"""


@dataclass(frozen=True)
class UndoReport:
    """Readings that went, and readings that say again what they said before. Its register reads went too."""

    removed: int = 0
    restored: int = 0


def undo_batch(
    *,
    batch: ImportBatch,
    now: datetime,
    by: AbstractBaseUser | None = None,
    progress: Callable[[int, int], None] = lambda _done, _of: None,
) -> UndoReport:
    """Meter by meter, each in one transaction; broken off, it goes on. Undone already, it does nothing."""
    with only_here(batch):
        if batch.state == ImportBatch.State.UNDONE:
            return UndoReport()
        if batch.state not in (ImportBatch.State.DONE, ImportBatch.State.STORING, ImportBatch.State.UNDOING):
            raise NotReady(f"Nothing of {batch} was stored, so there is nothing to undo.")
        batch.state = ImportBatch.State.UNDOING
        batch.save(update_fields=["state"])
        report = UndoReport()
        meters = Meter.objects.select_related("site").in_bulk([int(key) for key in batch.touched])
        for position, meter in enumerate(meters.values(), start=1):
            one = _undo_meter(batch, meter, now, getattr(by, "pk", None))
            report = UndoReport(report.removed + one.removed, report.restored + one.restored)
            progress(position, len(meters))
        batch.state, batch.undone_at, batch.undone_by_id = ImportBatch.State.UNDONE, now, getattr(by, "pk", None)
        batch.save(update_fields=["state", "undone_at", "undone_by"])
        if batch.is_kept:
            forget_upload(batch.path)
    return report


def _undo_meter(batch: ImportBatch, meter: Meter, now: datetime, user: int | None) -> UndoReport:
    first, last = batch.touched[str(meter.pk)]
    words: dict[str, Any] = {"meter": meter.pk, "first": first, "last": last, "now": now, "user": user}
    words |= {"source": batch.source_id, "began": batch.began_at}
    names = [sql.Identifier(name) for name in _STATE]

    def of(alias: str) -> sql.Composed:
        return sql.SQL(", ").join(sql.SQL("{}.{}").format(sql.SQL(alias), name) for name in names)

    with transaction.atomic(), connection.cursor() as cursor:
        lock_meters(cursor, [meter.pk])
        cursor.execute("DROP TABLE IF EXISTS pg_temp.undone")
        cursor.execute(_FIND.format(before=of("p")), words)
        state = sql.SQL(", ").join(names)
        cursor.execute(_KEEP.format(state=state, current=of("r")), words)
        cursor.execute(_RESTORE.format(state=state, restored=of("u")), words)
        restored = cursor.rowcount
        cursor.execute(_REMOVE, words)
        removed = cursor.rowcount
        RegisterRead.objects.filter(meter=meter, source=batch.source).delete()
        _roll_up(cursor, meter)
    return UndoReport(removed, restored)


def _roll_up(cursor: CursorWrapper, meter: Meter) -> None:
    cursor.execute(_SPANS)
    roll_up_spans(cursor, meter=meter, spans=[(first, last) for first, last in cursor.fetchall()])
