"""The only way in for readings: idempotent, in any order and any portions, with what it replaces kept.

1. Check the frame (meters.domain.intervals) and mark what the rules for single readings doubt (meters/rules).
2. Take the meter's lock, so that two stores of one meter come one after the other.
3. Where nothing is stored yet in the period, COPY the rows in. Else stage them, list what is new or differs
   (meters.services.merging), keep what will be replaced as ReadingRevision, and write the list.
4. Compute the touched hours, local days and months anew (meters.services.rollups).
"""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

import numpy as np
import pandas as pd
from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper
from psycopg import sql

from meters.domain.intervals import check_readings
from meters.domain.quantities import COLUMNS
from meters.domain.reports import Refusal, StoreReport
from meters.models import Meter, Source
from meters.services import merging
from meters.services.doubts import Doubted, doubt, keep_findings
from meters.services.locks import lock_meters
from meters.services.rollups import roll_up_first, roll_up_starts
from meters.services.staging import copy_into, stage

_IS_EMPTY = "SELECT NOT EXISTS (SELECT 1 FROM meters_reading WHERE meter_id = %s AND start_at BETWEEN %s AND %s)"


def store_readings(
    *, meter: Meter, readings: pd.DataFrame, source: Source, now: datetime, reason: str = "", user_id: int | None = None
) -> StoreReport:
    """Store a frame of `start_at` (aware), `interval_s`, any quantities and perhaps `quality`, in one transaction.

    Rows that cannot be are refused one by one with a sentence; the others are stored, the doubtful as suspect.
    Mean power is filled from energy, energy from mean power only where the frame has none at all. `reason` and
    `user_id` are kept with what is replaced.
    Raises BadFrame where the frame has no such columns.
    """
    checked = check_readings(readings, zone=meter.site.zone, now=now)
    doubted = doubt(checked.frame, [meter])
    doubted.frame.insert(0, "meter_id", np.full(len(doubted.frame), meter.pk, dtype="int64"))
    person = {"reason": reason, "user": user_id}
    stored = _store([meter], doubted, source, {**person, "now": now, "meter": meter.pk}, checked.refused)
    return StoreReport(stored.new, stored.changed, stored.same, [*checked.refused, *stored.refused])


def store_fleet_readings(*, readings: pd.DataFrame, source: Source, now: datetime) -> StoreReport:
    """Store the readings of many meters at once: the frame of `store_readings` with `meter_id` beside.

    One transaction and one pass for the whole fleet, where each meter apart would take its own.
    """
    meters = {meter.pk: meter for meter in Meter.objects.select_related("site").filter(pk__in=readings["meter_id"])}
    zones = readings["meter_id"].map({key: meter.site.zone for key, meter in meters.items()})
    refused: list[Refusal] = []
    frames: list[pd.DataFrame] = []
    for zone, some in readings.groupby(zones, sort=True):
        checked = check_readings(some, zone=str(zone), now=now)
        refused += checked.refused
        frames.append(checked.frame)
    if not frames:
        return StoreReport()
    whole = pd.concat(frames, ignore_index=True)
    doubted = doubt(whole, [meters[key] for key in whole["meter_id"]] if len(whole) else [])
    stored = _store(list(meters.values()), doubted, source, {"now": now, "reason": "", "user": None}, refused)
    return StoreReport(stored.new, stored.changed, stored.same, [*refused, *stored.refused])


def _store(
    meters: list[Meter],
    doubted: Doubted,
    source: Source,
    words: dict[str, Any],
    refused: list[Refusal],
) -> StoreReport:
    now: datetime = words["now"]
    words = {**words, "source": source.pk}
    with transaction.atomic(), connection.cursor() as cursor:
        lock_meters(cursor, [meter.pk for meter in meters], source)
        frame, pruned = _without_pruned(cursor, doubted.frame)
        keep_findings(doubted, meters, refused, now)
        if frame.empty:
            return StoreReport(refused=pruned)
        starts = frame["start_at"]
        if len(meters) == 1:
            words |= {"first": starts.iloc[0], "last": starts.iloc[-1]}
            cursor.execute(_IS_EMPTY, [meters[0].pk, words["first"], words["last"]])
            if cursor.fetchone()[0]:
                _copy(cursor, frame, source, now)
                roll_up_first(cursor, readings=frame, zone=meters[0].site.zone)
                return StoreReport(new=len(frame), refused=pruned)
        new, changed = _merge(cursor, frame, meters, words)
    return StoreReport(new, changed, len(frame) - new - changed, pruned)


def _copy(cursor: CursorWrapper, frame: pd.DataFrame, source: Source, now: datetime) -> None:
    rows = frame.assign(
        source_id=np.full(len(frame), source.pk, dtype="int64"),
        stored_at=pd.Series(pd.Timestamp(now), index=frame.index).dt.as_unit("us"),
    )
    copy_into(cursor, sql.Identifier("meters_reading"), rows)


def _merge(cursor: CursorWrapper, frame: pd.DataFrame, meters: list[Meter], words: dict[str, Any]) -> tuple[int, int]:
    """How many rows were new, and how many changed."""
    of_one = len(meters) == 1
    stage(cursor, merging.STAGED, frame)
    if not of_one:
        cursor.execute(sql.SQL("ANALYZE {}").format(sql.Identifier("pg_temp", merging.STAGED)))
    cursor.execute(sql.SQL("DROP TABLE IF EXISTS {}").format(sql.Identifier("pg_temp", merging.DELTA)))
    given = [name for name in COLUMNS if name in frame]
    cursor.execute(merging.delta(given, of_one_meter=of_one), words)
    total = cursor.rowcount
    if not total:
        return 0, 0
    cursor.execute(merging.revise(of_one_meter=of_one), words)
    changed = cursor.rowcount
    cursor.execute(merging.write(), words)
    for meter_ids, starts, zone in _written(cursor, frame, meters, total):
        roll_up_starts(cursor, meter_ids=meter_ids, starts=starts, zone=zone)
    return total - changed, changed


def _written(
    cursor: CursorWrapper, frame: pd.DataFrame, meters: list[Meter], total: int
) -> Iterator[tuple[np.ndarray, "pd.Series[pd.Timestamp]", str]]:
    """The meters and starts of what was written, zone by zone."""
    if total == len(frame):
        rows = frame[["meter_id", "start_at"]]
    else:
        name = sql.Identifier("pg_temp", merging.DELTA)
        cursor.execute(
            sql.SQL("SELECT meter_id, (extract(epoch FROM start_at) * 1000000)::bigint FROM {}").format(name)
        )
        rows = pd.DataFrame(cursor.fetchall(), columns=["meter_id", "start_at"], dtype="int64")
        rows["start_at"] = pd.to_datetime(rows["start_at"], unit="us", utc=True)
    zones = {meter.pk: meter.site.zone for meter in meters}
    for zone, some in rows.groupby(rows["meter_id"].map(zones), sort=True):
        yield some["meter_id"].to_numpy(), some["start_at"], str(zone)


def _without_pruned(cursor: CursorWrapper, frame: pd.DataFrame) -> tuple[pd.DataFrame, list[Refusal]]:
    """Refuse what lies before the time from which single readings are kept: its roll-ups could not be right."""
    keys = frame["meter_id"].unique().tolist()
    cursor.execute("SELECT meter_id, kept_from_at FROM meters_retention WHERE meter_id = ANY(%s)", [keys])
    kept_from = dict(cursor.fetchall())
    if not kept_from:
        return frame, []
    early = frame["start_at"] < pd.to_datetime(frame["meter_id"].map(kept_from), utc=True)
    told = "{:%Y-%m-%d %H:%M} UTC: Readings of that time were pruned; their sums stand."
    stamps = [stamp.to_pydatetime() for stamp in pd.DatetimeIndex(frame.loc[early, "start_at"])]
    rows = np.flatnonzero(early)
    refused = [Refusal(int(row) + 1, at, "start_at", told.format(at)) for row, at in zip(rows, stamps, strict=True)]
    return frame[~early].reset_index(drop=True), refused
