"""Storing and reading readings in a scratch database beside the product's: the rows of docs/benchmarks.md.

`upsert_vs_copy` is against a binary COPY, as psycopg's manual shows it, of the very rows that the store writes (all
the columns of meters_reading) into a plain table without key, checks, history or roll-ups. Beside it stand the two
COPYs of the five given columns alone: `upsert_vs_narrow_copy`, and with our own encoder `upsert_vs_numpy_copy`.
The real files are read from `../shared/data`, or --data; without them their rows are left out.
"""

import argparse
import json
import os
import resource
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
os.environ.setdefault("TWIN_HTTPS", "0")

import django  # noqa: E402

django.setup()

from django.db import connection, transaction  # noqa: E402
from psycopg import sql  # noqa: E402

from benchmarks.readings_pages import page_rows  # noqa: E402
from benchmarks.readings_scale import scale_rows  # noqa: E402
from meters.models import Meter, Reading  # noqa: E402
from meters.selectors import grid_status, load_series  # noqa: E402
from meters.services import ensure_meter, ensure_site, ensure_source, store_readings  # noqa: E402
from meters.services.staging import copy_into  # noqa: E402

N = 300_000
START = datetime(2017, 1, 1, tzinfo=UTC)
NOW = START + timedelta(minutes=15 * N)
Row = dict[str, Any]
_PLAIN = """
CREATE TABLE bench_plain (
    start_at timestamptz, interval_s integer, energy_kwh float8, voltage_v float8, current_a float8
)
"""


def main() -> int:
    """Print the table and, last, the JSON line; 0 where every target holds."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true", help="only the last line")
    parser.add_argument("--data", type=Path, default=ROOT.parent / "shared" / "data")
    parser.add_argument("--millions", type=int, nargs="*", default=[1], help="sizes of the large table: 1 10 100")
    parser.add_argument("--only", choices=("upsert", "imports", "scale", "pages"), nargs="*")
    options = parser.parse_args()
    old_name = connection.settings_dict["NAME"]
    connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
    rows: list[Row] = []
    parts = {
        "upsert": upsert_rows,
        "imports": lambda: import_rows(options.data),
        "scale": lambda: scale_rows(options.millions),
        "pages": page_rows,
    }
    try:
        for name, part in parts.items():
            if not options.only or name in options.only:
                rows += part()
    finally:
        connection.creation.destroy_test_db(old_name, verbosity=0)
    for one in [] if options.json else rows:
        sys.stdout.write(f"{one['what']:<38}{one['value']:>14,.2f} {one['unit']:<7}{one['target']}\n")
    passed = all(one["ok"] for one in rows)
    sys.stdout.write(json.dumps({"bench": "readings", "ok": passed, "rows": rows}) + "\n")
    return 0 if passed else 1


def upsert_rows() -> list[Row]:
    """300,000 readings three ways; each figure of a pair is the better of three runs, taken in turn."""
    frame = made_up()
    source = ensure_source(kind="import", label="bench", now=NOW)
    site = ensure_site(name="Bench", zone="Europe/Paris")
    with connection.cursor() as cursor:
        cursor.execute(_PLAIN)
        cursor.execute("CREATE TABLE bench_whole AS SELECT * FROM meters_reading WITH NO DATA")
    whole = as_stored(frame)
    copies, narrow, own, stores, meter = [], [], [], [], ensure_meter(site=site, reference="0", interval_s=900)
    for turn in range(3):
        copies.append(timed(lambda: plain_copy(whole, "bench_whole")))
        narrow.append(timed(lambda: plain_copy(frame, "bench_plain")))
        own.append(timed(lambda: numpy_copy(frame)))
        meter = ensure_meter(site=site, reference=str(turn), interval_s=900)
        stores.append(timed(lambda meter=meter: store_readings(meter=meter, readings=frame, source=source, now=NOW)))  # type: ignore[misc]
    began = time.perf_counter()
    again = store_readings(meter=meter, readings=frame, source=source, now=NOW + timedelta(days=1))
    rerun_s = time.perf_counter() - began
    corrected = frame.assign(energy_kwh=frame["energy_kwh"].where(np.arange(N) % 100 > 0, 9.9))
    corrected_s = timed(lambda: store_readings(meter=meter, readings=corrected, source=source, now=NOW))
    month_s = timed(lambda: store_readings(meter=meter, readings=frame.iloc[-2880:], source=source, now=NOW))
    orm = ensure_meter(site=site, reference="orm", interval_s=900)
    orm_s = timed(lambda: bulk_create(orm, frame, source.pk))
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE meters_reading")
    year = NOW - timedelta(days=365)
    return [
        row("copy_rows_per_s", N / min(copies), "rows/s"),
        row("narrow_copy_rows_per_s", N / min(narrow), "rows/s"),
        row("numpy_copy_rows_per_s", N / min(own), "rows/s"),
        row("upsert_rows_per_s", N / min(stores), "rows/s"),
        row("upsert_vs_copy", min(copies) / min(stores), "", least=0.5),
        row("upsert_vs_narrow_copy", min(narrow) / min(stores), ""),
        row("upsert_vs_numpy_copy", min(own) / min(stores), ""),
        row("bulk_create_rows_per_s", N / orm_s, "rows/s"),
        row("rerun_rows_written", again.new + again.changed, "rows", most=0),
        row("rerun_rows_per_s", N / rerun_s, "rows/s"),
        row("corrected_1pct_rows_per_s", N / corrected_s, "rows/s"),
        row("last_30_days_again_ms", 1000 * month_s, "ms", most=100),
        row("load_year_15min_ms", 1000 * timed(lambda: load_series(meter=meter, start=year, end=NOW)), "ms", most=300),
        row("grid_status_ms", 1000 * timed(lambda: grid_status(meter=meter, now=NOW)), "ms", most=100),
    ]


def import_rows(folder: Path) -> list[Row]:
    """The two large files, meter by meter, through store_readings; memory is the whole process's peak."""
    found = []
    now = datetime(2026, 1, 1, tzinfo=UTC)
    source = ensure_source(kind="import", label="files", now=now)
    if (folder / "cambridge_hourly.parquet").exists():
        began = time.perf_counter()
        site = ensure_site(name="Cambridge", zone="Europe/London")
        whole = pd.read_parquet(folder / "cambridge_hourly.parquet")
        for name, some in whole.groupby("meter_id", observed=True, sort=False):
            meter = ensure_meter(site=site, reference=str(name), interval_s=3600)
            store_frame(meter, some, {"kwh": "energy_kwh"}, "timestamp", source.pk)
        found.append(row("import_cambridge_s", time.perf_counter() - began, "s", most=90))
        found.append(row("import_cambridge_rows", len(whole), "rows"))
        found.append(row("import_peak_gib", peak_gib(), "GiB", most=1))
        del whole
    if (folder / "sceaux_1min.parquet").exists():
        began = time.perf_counter()
        meter = ensure_meter(site=ensure_site(name="Sceaux", zone="Europe/Paris"), reference="1", interval_s=60)
        whole = pd.read_parquet(folder / "sceaux_1min.parquet")
        utc = next(name for name in whole.columns if name in ("timestamp", "timestamp_utc"))
        columns = {"kw": "power_kw", "voltage": "voltage_v", "current": "current_a"}
        whole["reactive_kvarh"] = whole["kvar"] / 60
        store_frame(meter, whole, {**columns, "reactive_kvarh": "reactive_kvarh"}, utc, source.pk)
        found.append(row("import_sceaux_s", time.perf_counter() - began, "s", most=60))
        found.append(row("import_sceaux_peak_gib", peak_gib(), "GiB", most=1))
    return found


def store_frame(meter: Meter, frame: pd.DataFrame, columns: dict[str, str], stamp: str, source_id: int) -> None:
    """In portions of 200,000, rows without any value left out."""
    from meters.models import Source

    source = Source.objects.get(pk=source_id)
    now = datetime(2026, 1, 1, tzinfo=UTC)
    for first in range(0, len(frame), 200_000):
        some = frame.iloc[first : first + 200_000].dropna(subset=list(columns), how="all")
        if some.empty:
            continue
        stamps = pd.DatetimeIndex(some[stamp])
        readings = pd.DataFrame({"start_at": stamps if stamps.tz else stamps.tz_localize("UTC")})
        readings["interval_s"] = meter.interval_s
        for given, name in columns.items():
            readings[name] = some[given].to_numpy(dtype="float64")
        report = store_readings(meter=meter, readings=readings, source=source, now=now)
        assert report.new == len(readings) - len(report.refused)


def made_up() -> pd.DataFrame:
    """A household's shape; nothing here is shown to anyone."""
    random = np.random.default_rng(1)
    starts = pd.date_range(START, periods=N, freq="15min")
    energy = random.gamma(2.0, 0.15, N).round(3)
    volts, amperes = random.normal(235, 3, N).round(1), (energy * 17).round(2)
    return pd.DataFrame(
        {"start_at": starts, "interval_s": 900, "energy_kwh": energy, "voltage_v": volts, "current_a": amperes}
    )


def as_stored(frame: pd.DataFrame) -> pd.DataFrame:
    """The frame with every column of meters_reading, in its order."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM bench_whole")
        names = [column.name for column in cursor.description]
    known = frame.assign(meter_id=1, source_id=1, stored_at=NOW, quality=0, power_kw=4 * frame["energy_kwh"])
    return known.reindex(columns=names).assign(stored_at=pd.Series(NOW, index=frame.index))


def plain_copy(frame: pd.DataFrame, table: str) -> None:
    """A bare binary COPY of the rows, as psycopg's manual has it."""
    kinds = {"start_at": "timestamptz", "stored_at": "timestamptz", "interval_s": "int4", "quality": "int2"}
    kinds |= {"meter_id": "int8", "source_id": "int8"}
    columns = [
        [None] * len(frame)
        if frame[name].isna().all()
        else frame[name].dt.to_pydatetime().tolist()
        if name.endswith("_at")
        else frame[name].tolist()
        for name in frame.columns
    ]
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql.SQL("TRUNCATE {}").format(sql.Identifier(table)))
        with cursor.copy(sql.SQL("COPY {} FROM STDIN (FORMAT binary)").format(sql.Identifier(table))) as copy:
            copy.set_types([kinds.get(name, "float8") for name in frame.columns])
            for values in zip(*columns, strict=True):
                copy.write_row(values)


def numpy_copy(frame: pd.DataFrame) -> None:
    """The fastest way there is, with our own encoder."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("TRUNCATE bench_plain")
        copy_into(cursor, sql.Identifier("bench_plain"), frame.astype({"interval_s": "int32"}))


def bulk_create(meter: Meter, frame: pd.DataFrame, source_id: int) -> None:
    """Django's own upsert, without checks, revisions and roll-ups."""
    rows = [
        Reading(
            meter_id=meter.pk, start_at=at, interval_s=900, energy_kwh=energy, power_kw=4 * energy, voltage_v=volts,
            current_a=amperes, quality=0, source_id=source_id, stored_at=NOW,
        )
        for at, energy, volts, amperes in zip(
            frame["start_at"].dt.to_pydatetime(), frame["energy_kwh"].tolist(), frame["voltage_v"].tolist(),
            frame["current_a"].tolist(), strict=True,
        )
    ]  # fmt: skip
    names = ["interval_s", "energy_kwh", "power_kw", "voltage_v", "current_a", "quality", "source_id", "stored_at"]
    fields = [name.removesuffix("_id") for name in names]
    Reading.objects.bulk_create(
        rows, batch_size=5000, update_conflicts=True, unique_fields=["meter", "start_at"], update_fields=fields
    )


def timed(work: Callable[[], object]) -> float:
    """Seconds."""
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def peak_gib() -> float:
    """The most memory that this process ever held."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024**2


def row(what: str, value: float, unit: str, *, most: float | None = None, least: float | None = None) -> Row:
    """One figure with its target."""
    target = f"at most {most:g}" if most is not None else f"at least {least:g}" if least is not None else ""
    ok = (most is None or value <= most) and (least is None or value >= least)
    return {"what": what, "value": round(value, 3), "unit": unit, "target": target, "ok": ok}


if __name__ == "__main__":
    sys.exit(main())
