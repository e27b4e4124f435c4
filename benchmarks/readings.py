"""Storing and reading back 300,000 readings of one meter, in a scratch database beside the product's.

Compared with a bare binary COPY into a table without key, checks or history: what the safety costs.
"""

import argparse
import json
import os
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "twin_project.settings")

import django  # noqa: E402

django.setup()

from django.db import connection, transaction  # noqa: E402

from meters.selectors import grid_status, load_series  # noqa: E402
from meters.services import ensure_meter, ensure_site, ensure_source, store_readings  # noqa: E402
from meters.services.staging import stage  # noqa: E402

N = 300_000
START = datetime(2017, 1, 1, tzinfo=UTC)
NOW = START + timedelta(minutes=15 * N)
Row = dict[str, Any]


def main() -> int:
    """Print the table and, last, the JSON line; 0 where every target holds."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true", help="only the last line")
    options = parser.parse_args()
    old_name = connection.settings_dict["NAME"]
    connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
    try:
        rows = measure()
    finally:
        connection.creation.destroy_test_db(old_name, verbosity=0)
    for row in [] if options.json else rows:
        sys.stdout.write(f"{row['what']:<34}{row['value']:>12,.0f} {row['unit']:<7}{row['target']}\n")
    passed = all(row["ok"] for row in rows)
    sys.stdout.write(json.dumps({"bench": "readings", "ok": passed, "rows": rows}) + "\n")
    return 0 if passed else 1


def measure() -> list[Row]:
    """Each figure once; the first store is into an empty table, the others are over a full one."""
    site = ensure_site(name="Bench", zone="Europe/Paris")
    meter = ensure_meter(site=site, reference="bench", interval_s=900)
    source = ensure_source(kind="import", label="bench", now=NOW)
    frame = made_up()

    def store(readings: pd.DataFrame) -> Callable[[], object]:
        return lambda: store_readings(meter=meter, readings=readings, source=source, now=NOW)

    corrected = frame.assign(energy_kwh=frame["energy_kwh"].where(np.arange(N) % 100 > 0, 9.9))
    month = frame.iloc[-30 * 96 :]
    year_ago = NOW - timedelta(days=365)
    rows = [
        _rate("bare COPY of the same columns", bare_copy(frame), None),
        _rate("store, all new", store(frame), 150_000),
        _rate("store the same again", store(frame), 150_000),
        _rate("store with 1 % corrected", store(corrected), 100_000),
        _time("store the last 30 days again", store(month), 100),
    ]
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE meters_reading")
    rows.append(_time("load one year at 15 minutes", lambda: load_series(meter=meter, start=year_ago, end=NOW), 300))
    rows.append(_time("grid status", lambda: grid_status(meter=meter, now=NOW), 100))
    return rows


def made_up() -> pd.DataFrame:
    """A household's shape; nothing here is shown to anyone."""
    random = np.random.default_rng(1)
    starts = pd.date_range(START, periods=N, freq="15min")
    energy = random.gamma(2.0, 0.15, N).round(3)
    volts, amperes = random.normal(235, 3, N).round(1), (energy * 17).round(2)
    return pd.DataFrame(
        {"start_at": starts, "interval_s": 900, "energy_kwh": energy, "voltage_v": volts, "current_a": amperes}
    )


def bare_copy(frame: pd.DataFrame) -> Callable[[], object]:
    """The fastest way there is into PostgreSQL, into a table that promises nothing."""

    def copy() -> None:
        with transaction.atomic(), connection.cursor() as cursor:
            stage(cursor, "bare", frame.astype({"interval_s": "int32"}))

    return copy


def _rate(what: str, work: Callable[[], object], least: int | None) -> Row:
    began = time.perf_counter()
    work()
    value = round(N / (time.perf_counter() - began))
    target = "" if least is None else f"at least {least:,}"
    return {"what": what, "value": value, "unit": "rows/s", "target": target, "ok": least is None or value >= least}


def _time(what: str, work: Callable[[], object], most_ms: int) -> Row:
    taken = []
    for _ in range(5):
        began = time.perf_counter()
        work()
        taken.append((time.perf_counter() - began) * 1000)
    value = round(float(np.median(taken)), 1)
    return {"what": what, "value": value, "unit": "ms", "target": f"at most {most_ms}", "ok": value <= most_ms}


if __name__ == "__main__":
    sys.exit(main())
