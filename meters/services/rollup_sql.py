"""The statements behind the roll-ups."""

from collections.abc import Iterator

from psycopg import sql

HOUR, DAY, MONTH = 0, 1, 2

EXTENT = """
SELECT GREATEST(
        (SELECT date_trunc('hour', min(start_at)) - interval '1 hour' FROM (
            SELECT start_at FROM meters_reading WHERE meter_id = %(meter)s
            UNION ALL SELECT start_at FROM meters_rollup WHERE meter_id = %(meter)s AND kind = 0) AS known),
        (SELECT kept_from_at FROM meters_retention WHERE meter_id = %(meter)s)),
    (SELECT max(start_at) + interval '2 hours' FROM (
        SELECT start_at FROM meters_reading WHERE meter_id = %(meter)s
        UNION ALL SELECT start_at FROM meters_rollup WHERE meter_id = %(meter)s AND kind = 0) AS known)
"""

_SUMS = (
    "readings_n", "longest_s", "covered_s", "estimated_s", "suspect_s", "energy_kwh",
    "power_s", "power_min_kw", "power_mean_kw", "power_max_kw",
    "voltage_s", "voltage_min_v", "voltage_mean_v", "voltage_max_v",
    "current_s", "current_min_a", "current_mean_a", "current_max_a",
)  # fmt: skip
_QUANTITIES = (("power", "kw"), ("voltage", "v"), ("current", "a"))

_WRITE = sql.SQL("""
INSERT INTO meters_rollup AS m (meter_id, kind, start_at, length_s, {columns})
{rows}
{conflict}
""")
# Where no bucket is there yet, not to look for each one halves the time of the insert.
_CONFLICT = sql.SQL("""
ON CONFLICT (meter_id, kind, start_at) DO UPDATE SET (length_s, {columns}) = (EXCLUDED.length_s, {excluded})
WHERE (m.length_s, {stored}) IS DISTINCT FROM (EXCLUDED.length_s, {excluded})
""")

# Of the three voltages the lowest, the mean and the highest; of the currents, what the meter draws in all.
_FROM_READINGS = sql.SQL("""
SELECT g.meter_id, 0, {start}, {length}, {columns} FROM (
    SELECT x.meter_id, x.bucket, count(*) AS readings_n, max(x.s) AS longest_s,
        COALESCE(sum(x.s) FILTER (WHERE x.quality <> 2), 0) AS covered_s,
        COALESCE(sum(x.s) FILTER (WHERE x.quality = 1), 0) AS estimated_s,
        COALESCE(sum(x.s) FILTER (WHERE x.quality = 2), 0) AS suspect_s,
        sum(x.energy_kwh) AS energy_kwh,
        COALESCE(sum(x.s) FILTER (WHERE x.p IS NOT NULL), 0) AS power_s, min(x.p) AS power_min_kw,
        sum(x.p * x.s) / NULLIF(sum(x.s) FILTER (WHERE x.p IS NOT NULL), 0) AS power_mean_kw, max(x.p) AS power_max_kw,
        COALESCE(sum(x.s) FILTER (WHERE x.v IS NOT NULL), 0) AS voltage_s, min(x.v_low) AS voltage_min_v,
        sum(x.v * x.s) / NULLIF(sum(x.s) FILTER (WHERE x.v IS NOT NULL), 0) AS voltage_mean_v,
        max(x.v_high) AS voltage_max_v,
        COALESCE(sum(x.s) FILTER (WHERE x.a IS NOT NULL), 0) AS current_s, min(x.a) AS current_min_a,
        sum(x.a * x.s) / NULLIF(sum(x.s) FILTER (WHERE x.a IS NOT NULL), 0) AS current_mean_a,
        max(x.a) AS current_max_a
    FROM {runs} t CROSS JOIN LATERAL (
        SELECT r.meter_id, {bucket} AS bucket, r.quality, r.interval_s AS s,
            CASE WHEN r.quality <> 2 THEN r.energy_kwh END AS energy_kwh,
            CASE WHEN r.quality <> 2 THEN r.power_kw END AS p,
            CASE WHEN r.quality <> 2 THEN {volts} END AS v,
            CASE WHEN r.quality <> 2 THEN LEAST(r.voltage_v, r.voltage_l1_v, r.voltage_l2_v, r.voltage_l3_v) END
                AS v_low,
            CASE WHEN r.quality <> 2 THEN GREATEST(r.voltage_v, r.voltage_l1_v, r.voltage_l2_v, r.voltage_l3_v) END
                AS v_high,
            CASE WHEN r.quality <> 2 THEN COALESCE(r.current_a, r.current_l1_a + r.current_l2_a + r.current_l3_a) END
                AS a
        FROM meters_reading r
        WHERE r.meter_id = t.meter_id AND r.start_at >= t.start_at AND r.start_at < t.end_at
        ORDER BY r.start_at
    ) AS x GROUP BY x.meter_id, x.bucket
) AS g
""")
_VOLTS = sql.SQL(
    "COALESCE(r.voltage_v, (COALESCE(r.voltage_l1_v, 0) + COALESCE(r.voltage_l2_v, 0) + COALESCE(r.voltage_l3_v, 0))"
    " / NULLIF(num_nonnulls(r.voltage_l1_v, r.voltage_l2_v, r.voltage_l3_v), 0))"
)

# Where the clock changed by half an hour within it, the hour began with the change.
_CUT = sql.SQL("abs(extract(epoch FROM (g.bucket + interval '59 minutes 59 seconds') AT TIME ZONE %(zone)s"
               " - g.bucket AT TIME ZONE %(zone)s)::int - 3599)")  # fmt: skip

_FROM_BUCKETS = sql.SQL("""
WITH spans AS (
    SELECT DISTINCT t.meter_id, date_trunc({unit}, noon, %(zone)s) AS start_at,
        date_trunc({unit}, date_trunc({unit}, noon, %(zone)s) + {step}, %(zone)s) AS end_at
    FROM {runs} t CROSS JOIN LATERAL generate_series(
        date_trunc('day', t.start_at, %(zone)s) + interval '12 hours', t.end_at + interval '1 day', '1 day', %(zone)s
    ) AS noon
)
SELECT s.meter_id, {kind}, s.start_at, extract(epoch FROM s.end_at - s.start_at)::int, {columns}
FROM spans s CROSS JOIN LATERAL (
    SELECT sum(b.readings_n) AS readings_n, max(b.longest_s) AS longest_s, sum(b.covered_s) AS covered_s,
        sum(b.estimated_s) AS estimated_s, sum(b.suspect_s) AS suspect_s, sum(b.energy_kwh) AS energy_kwh, {means}
    FROM (
        SELECT * FROM meters_rollup h
        WHERE h.meter_id = s.meter_id AND h.kind = {of} AND h.start_at >= s.start_at AND h.start_at < s.end_at
        ORDER BY h.start_at
    ) AS b
) AS g WHERE g.readings_n > 0
""")
_MEAN = sql.SQL(
    "sum(b.{s}) AS {s}, min(b.{low}) AS {low}, sum(b.{mean} * b.{s}) / NULLIF(sum(b.{s}), 0) AS {mean},"
    " max(b.{high}) AS {high}"
)

_ANY = sql.SQL("""
SELECT EXISTS (SELECT 1 FROM {runs} t CROSS JOIN LATERAL (
    SELECT 1 FROM meters_rollup m
    WHERE m.meter_id = t.meter_id AND m.kind = 0 AND m.start_at >= t.start_at AND m.start_at < t.end_at LIMIT 1
) AS known)
""")

_REMOVE = sql.SQL("""
DELETE FROM meters_rollup m USING {runs} t
WHERE m.meter_id = t.meter_id AND m.kind = {kind}
    AND m.start_at >= date_trunc({unit}, t.start_at, %(zone)s) AND m.start_at < t.end_at
    AND NOT EXISTS (SELECT 1 FROM {of} r WHERE r.meter_id = m.meter_id AND {which}
        r.start_at >= m.start_at AND r.start_at < m.start_at + m.length_s * interval '1 second')
""")
_LEVELS = ((DAY, "day", "36 hours", HOUR), (MONTH, "month", "40 days", DAY))


def any_hours(runs: str) -> sql.Composed:
    """Whether there are buckets of hours in the runs."""
    return _ANY.format(runs=sql.Identifier("pg_temp", runs))


def of_readings(runs: str, *, of_one_phase: bool, fresh: bool = False) -> sql.Composed:
    """The statement for hours over the temporary table `runs` of meter_id, start_at, end_at.

    Words: `zone`, and where all hours begin the same time past a full UTC hour, `origin`, one of them.
    `fresh`: there are no buckets of hours in the runs.
    """
    bucket = (
        "date_bin('1 hour', r.start_at, %(origin)s)" if of_one_phase else "date_trunc('hour', r.start_at, %(zone)s)"
    )
    cut = sql.SQL("{} * interval '1 second'").format(_CUT)
    return _write(
        _FROM_READINGS.format(
            runs=sql.Identifier("pg_temp", runs),
            bucket=sql.SQL(bucket),
            volts=_VOLTS,
            start=sql.SQL("g.bucket") if of_one_phase else sql.SQL("g.bucket + {}").format(cut),
            length=sql.SQL("3600") if of_one_phase else sql.SQL("3600 - {}").format(_CUT),
            columns=_listed("g"),
        ),
        fresh=fresh,
    )


def of_hours(runs: str) -> Iterator[sql.Composed]:
    """Two statements, for days and months, over the same runs. Word: `zone`."""
    for kind, unit, step, of in _LEVELS:
        means = [
            _MEAN.format(
                s=sql.Identifier(f"{name}_s"),
                low=sql.Identifier(f"{name}_min_{in_}"),
                mean=sql.Identifier(f"{name}_mean_{in_}"),
                high=sql.Identifier(f"{name}_max_{in_}"),
            )
            for name, in_ in _QUANTITIES
        ]
        yield _write(
            _FROM_BUCKETS.format(
                runs=sql.Identifier("pg_temp", runs),
                unit=sql.Literal(unit),
                step=sql.SQL("interval {}").format(sql.Literal(step)),
                kind=sql.Literal(kind),
                of=sql.Literal(of),
                means=sql.SQL(", ").join(means),
                columns=_listed("g"),
            )
        )


def removals(runs: str) -> Iterator[sql.Composed]:
    """Three statements that remove the hours, days and months that nothing is left for. Word: `zone`."""
    of_kind = "r.kind = {} AND"
    for kind, unit, table, which in (
        (HOUR, "hour", "meters_reading", sql.SQL("")),
        (DAY, "day", "meters_rollup", sql.SQL(of_kind).format(sql.Literal(HOUR))),
        (MONTH, "month", "meters_rollup", sql.SQL(of_kind).format(sql.Literal(DAY))),
    ):
        yield _REMOVE.format(
            runs=sql.Identifier("pg_temp", runs),
            kind=sql.Literal(kind),
            unit=sql.Literal(unit),
            of=sql.Identifier(table),
            which=which,
        )


def _write(rows: sql.Composed, *, fresh: bool = False) -> sql.Composed:
    conflict = _CONFLICT.format(columns=_listed(), excluded=_listed("EXCLUDED"), stored=_listed("m"))
    return _WRITE.format(columns=_listed(), rows=rows, conflict=sql.SQL("") if fresh else conflict)


def _listed(table: str | None = None) -> sql.Composed:
    names = [
        sql.Identifier(name) if table is None else sql.SQL(f"{table}.{{}}").format(sql.Identifier(name))
        for name in _SUMS
    ]
    return sql.SQL(", ").join(names)
