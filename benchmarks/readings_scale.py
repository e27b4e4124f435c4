"""One meter's year and a fleet's hour in a large table. Needs Django set up."""

import os
import time
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import pandas as pd
from django.db import connection

from meters.models import Meter
from meters.services import ensure_meter, ensure_site, ensure_source, store_fleet_readings
from twin_project.kit.embedded.layout import Layout
from twin_project.kit.env import VAR

HOURS = 4 * 8766
START = datetime(2020, 1, 1, tzinfo=UTC)
FLEET = 10_000
_FILL = """
INSERT INTO meters_reading (meter_id, start_at, source_id, stored_at, interval_s, quality, energy_kwh, power_kw)
SELECT m.id, %(start)s + h * interval '1 hour', %(source)s, %(start)s, 3600, 0, v, v
FROM meters_meter m CROSS JOIN generate_series(0, %(hours)s - 1) AS h,
    LATERAL (SELECT round((1 + (m.id * 7919 + h::bigint * 104729) %% 997 / 997.0)::numeric, 3)::float8 AS v) AS x
WHERE m.reference LIKE %(stem)s ORDER BY h, m.id
"""
_YEAR = """
SELECT (extract(epoch FROM start_at) * 1000000)::bigint, interval_s, power_kw FROM meters_reading
WHERE meter_id = %s AND start_at >= %s AND start_at < %s AND quality <> 2 ORDER BY start_at
"""


def scale_rows(millions: list[int]) -> list[dict[str, Any]]:
    """For each size: the p95 of one meter's year in SQL, a meter not read before each time; then the fleet's hour.

    Rows are put in hour by hour, as meters give them. Before the reads the table's and its index's files leave the
    operating system's cache (posix_fadvise), and PostgreSQL's own 256 MB were last filled by VACUUM, so that a large
    table is read from the disk.
    """
    found = []
    source = ensure_source(kind="import", label="scale", now=START)
    site = ensure_site(name="Scale", zone="Europe/Paris")
    made = 0
    for size in sorted(millions):
        wanted = max(round(size * 1e6 / HOURS), 1)
        Meter.objects.bulk_create(
            Meter(site=site, reference=f"scale-{n}", name=f"Scale {n}", slug=f"scale-{n}", interval_s=3600)
            for n in range(made, wanted)
        )
        stem = f"scale-{size}-"
        fresh = Meter.objects.filter(site=site, reference__in=[f"scale-{n}" for n in range(made, wanted)])
        for meter in fresh:
            meter.reference = f"{stem}{meter.pk}"
        Meter.objects.bulk_update(fresh, ["reference"])
        with connection.cursor() as cursor:
            cursor.execute(_FILL, {"start": START, "source": source.pk, "hours": HOURS, "stem": f"{stem}%"})
            cursor.execute("VACUUM (ANALYZE) meters_reading")
        _leave_the_cache()
        made = wanted
        took = _years(list(Meter.objects.filter(site=site).values_list("pk", flat=True)))
        target = 50 if size == max(millions) else None
        found.append(_row(f"meter_year_cold_p95_ms_{size}m", took, "ms", target))
    if found:
        found.append({**found[-1], "what": "meter_year_cold_p95_ms"})
    return [*found, fleet_row()]


def fleet_row() -> dict[str, Any]:
    """10,000 meters that each have yesterday, and then one new hour."""
    source = ensure_source(kind="import", label="fleet", now=START)
    site = ensure_site(name="Fleet", zone="Europe/Paris")
    ensure_meter(site=site, reference="first", interval_s=3600)
    Meter.objects.bulk_create(
        Meter(
            site=site, reference=f"f{n}", name=f"Fleet {n}", slug=f"fleet-{n}", interval_s=3600, capacity_kw=10 + n % 50
        )
        for n in range(FLEET - 1)
    )
    keys = np.array(list(Meter.objects.filter(site=site).values_list("pk", flat=True)), dtype="int64")
    now = datetime(2026, 1, 20, 12, tzinfo=UTC)
    random = np.random.default_rng(2)

    def hours(first: datetime, n: int) -> pd.DataFrame:
        starts = pd.date_range(first, periods=n, freq="h")
        frame = pd.DataFrame({"meter_id": np.repeat(keys, n), "start_at": np.tile(starts.asi8, len(keys))})
        frame["start_at"] = pd.to_datetime(frame["start_at"], unit=starts.unit, utc=True)
        return frame.assign(interval_s=3600, energy_kwh=random.gamma(2.0, 0.4, len(frame)).round(3))

    store_fleet_readings(readings=hours(now - timedelta(hours=48), 46), source=source, now=now)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM (ANALYZE) meters_reading")
        cursor.execute("VACUUM (ANALYZE) meters_rollup")
    took = []
    for back in (2, 1):
        fresh = hours(now - timedelta(hours=back), 1)
        began = time.perf_counter()
        report = store_fleet_readings(readings=fresh, source=source, now=now)
        took.append(time.perf_counter() - began)
        assert report.new == FLEET
    return _row("fleet_hour_s", max(took), "s", 2)


def _leave_the_cache() -> None:
    """Take the readings out of the operating system's cache; where the files are out of reach, nothing happens."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_relation_filepath(oid) FROM pg_class WHERE oid = 'meters_reading'::regclass OR oid IN "
            "(SELECT indexrelid FROM pg_index WHERE indrelid = 'meters_reading'::regclass)"
        )
        stems = [Layout(VAR).data / stem for (stem,) in cursor.fetchall()]
    for stem in stems:
        for part in stem.parent.glob(f"{stem.name}*") if stem.parent.exists() else []:
            with part.open("rb") as file:
                os.fsync(file.fileno())  # only what is on the disk can leave the cache
                os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)


def _years(keys: list[int]) -> float:
    """The 95th percentile, in ms, of a year of up to 60 meters, none asked for twice."""
    chosen = np.random.default_rng(3).permutation(keys)[:60]
    took = []
    with connection.cursor() as cursor:
        for key in chosen.tolist():
            began = time.perf_counter()
            cursor.execute(_YEAR, [key, START + timedelta(days=500), START + timedelta(days=865)])
            assert len(cursor.fetchall()) == 365 * 24
            took.append(1000 * (time.perf_counter() - began))
    return float(np.percentile(took, 95))


def _row(what: str, value: float, unit: str, most: float | None) -> dict[str, Any]:
    target = "" if most is None else f"at most {most:g}"
    return {"what": what, "value": round(value, 3), "unit": unit, "target": target, "ok": most is None or value <= most}
