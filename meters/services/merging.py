"""Statements that bring staged rows and stored ones together. `i` is the staged row, `r` the stored one.

- A missing value never erases one that is there, unless that is of another interval length.
- What a person edited stays. An estimate never replaces what was measured; what was measured replaces an estimate.
- The same values again change nothing, whatever validation or a person has decided about them since.
- A row that does not say anew all that is known leaves what is doubted doubted and what is estimated estimated.
"""

from collections.abc import Iterable

from psycopg import sql

from meters.domain.quantities import COLUMNS
from meters.models import Quality

STAGED, DELTA = "incoming_readings", "readings_to_write"

# Counted and listed before anything is written; the lock of the meter holds it true.
_DELTA = sql.SQL("""
CREATE TEMP TABLE {delta} ON COMMIT DROP AS
SELECT i.meter_id, i.start_at, r.meter_id IS NULL AS is_new, i.interval_s, {quality} AS quality, {merged_as}
FROM {staged} i LEFT JOIN meters_reading r ON r.meter_id = i.meter_id AND r.start_at = i.start_at {within}
WHERE r.meter_id IS NULL OR (
    NOT (r.quality = {edited} OR (r.quality <> {suspect} AND i.quality = {estimated} AND r.quality <> {estimated}))
    AND (r.interval_s, r.quality, {old}) IS DISTINCT FROM (i.interval_s, {quality}, {merged})
)
""")

_QUALITY = sql.SQL("""
CASE WHEN r.meter_id IS NULL OR r.interval_s <> i.interval_s THEN i.quality
    WHEN {silent} THEN GREATEST(r.quality, i.quality)
    WHEN r.quality = {estimated} THEN i.quality
    WHEN {contradicts} THEN i.quality
    WHEN {adds} THEN GREATEST(r.quality, i.quality)
    ELSE r.quality END
""")

_REVISE = sql.SQL("""
INSERT INTO meters_readingrevision
    (meter_id, start_at, replaced_at, source_id, stored_at, interval_s, quality, reason, replaced_by_id, {columns})
SELECT r.meter_id, r.start_at,
       COALESCE((SELECT max(v.replaced_at) + interval '1 microsecond' FROM meters_readingrevision v
                 WHERE v.meter_id = r.meter_id AND v.start_at = r.start_at AND v.replaced_at >= %(now)s), %(now)s),
       r.source_id, r.stored_at, r.interval_s, r.quality, %(reason)s, %(user)s, {old}
FROM {delta} i JOIN meters_reading r ON r.meter_id = i.meter_id AND r.start_at = i.start_at {within}
WHERE NOT i.is_new
""")

_WRITE = sql.SQL("""
INSERT INTO meters_reading AS r (meter_id, start_at, source_id, stored_at, interval_s, quality, {columns})
SELECT i.meter_id, i.start_at, %(source)s, %(now)s, i.interval_s, i.quality, {columns}
FROM {delta} i ORDER BY i.meter_id, i.start_at
ON CONFLICT (meter_id, start_at) DO UPDATE
SET (source_id, stored_at, interval_s, quality, {columns})
    = (EXCLUDED.source_id, EXCLUDED.stored_at, EXCLUDED.interval_s, EXCLUDED.quality, {excluded})
""")

_WITHIN_ONE = sql.SQL("AND r.meter_id = %(meter)s AND r.start_at BETWEEN %(first)s AND %(last)s")


def delta(given: Iterable[str], *, of_one_meter: bool) -> sql.Composed:
    """Make the table of what is new or differs. `given`: the quantities of the staged frame.

    Words for one meter: `meter`, `first`, `last`; else all that it ever measured is read.
    """
    named = set(given)
    new = {column: sql.SQL("i.{}").format(sql.Identifier(column)) for column in COLUMNS if column in named}
    old = {column: sql.SQL("r.{}").format(sql.Identifier(column)) for column in COLUMNS}
    kept = "CASE WHEN r.interval_s = i.interval_s THEN {} END"
    merged = [
        sql.SQL("COALESCE({}, " + kept + ")").format(new[column], old[column])
        if column in new
        else sql.SQL(kept).format(old[column])
        for column in COLUMNS
    ]
    silent = [
        sql.SQL("({} IS NOT NULL AND {} IS NULL)").format(old[column], new[column])
        if column in new
        else sql.SQL("{} IS NOT NULL").format(old[column])
        for column in COLUMNS
    ]
    quality = _QUALITY.format(
        silent=_any(silent),
        contradicts=_any(sql.SQL("{} <> {}").format(old[column], new[column]) for column in new),
        adds=_any(sql.SQL("({} IS NULL AND {} IS NOT NULL)").format(old[column], new[column]) for column in new),
        estimated=sql.Literal(Quality.ESTIMATED.value),
    )
    return _DELTA.format(
        delta=sql.Identifier(DELTA),
        staged=sql.Identifier("pg_temp", STAGED),
        within=_WITHIN_ONE if of_one_meter else sql.SQL(""),
        quality=quality,
        merged=_listed(merged),
        merged_as=_listed(
            sql.SQL("{} AS {}").format(value, sql.Identifier(column))
            for value, column in zip(merged, COLUMNS, strict=True)
        ),
        old=_listed(old.values()),
        **{name: sql.Literal(Quality[name.upper()].value) for name in ("edited", "suspect", "estimated")},
    )


def revise(*, of_one_meter: bool) -> sql.Composed:
    """Keep what will be replaced. Words: `now`, `reason`, `user`."""
    return _REVISE.format(
        delta=sql.Identifier("pg_temp", DELTA),
        columns=_names(),
        old=_listed(sql.SQL("r.{}").format(sql.Identifier(column)) for column in COLUMNS),
        within=_WITHIN_ONE if of_one_meter else sql.SQL(""),
    )


def write() -> sql.Composed:
    """Write what is new or differs. Words: `source`, `now`."""
    return _WRITE.format(
        delta=sql.Identifier("pg_temp", DELTA),
        columns=_names(),
        excluded=_listed(sql.SQL("EXCLUDED.{}").format(sql.Identifier(column)) for column in COLUMNS),
    )


def _names() -> sql.Composed:
    return _listed(sql.Identifier(column) for column in COLUMNS)


def _listed(parts: Iterable[sql.Composable]) -> sql.Composed:
    return sql.SQL(", ").join(parts)


def _any(parts: Iterable[sql.Composable]) -> sql.Composed:
    return sql.Composed([sql.SQL("("), sql.SQL(" OR ").join([sql.SQL("false"), *parts]), sql.SQL(")")])
