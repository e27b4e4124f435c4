"""A thousand meters forecast a day ahead, from PostgreSQL to PostgreSQL: the fleet's rows of docs/benchmarks.md.

A scratch database beside the product's holds 1,000 meters of hours (`--meters`, `--days`), made out of the real loads
of ../shared/data where they are there, else of a seeded wave. Each meter has files of a training of its own (twenty
calibrations, shared out). Measured after load: `fleet_1000_s` is one `issue_fleet` (read, ask, write 24,000 points of
11 quantiles), the best of three; `fleet_batch_per_s` what is asked of it without the database, `network_per_s` the
compiled network alone, `single_p95_ms` one meter's forecast in a warm worker (its series in memory, as a job has it),
`worker_mib` the peak memory of this process.
"""

import argparse
import os
import resource
import shutil
import sys
import tempfile
import time
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

from django.db import connection  # noqa: E402

from benchmarks._rows import row, tell  # noqa: E402
from forecasting.domain.contract import Forecaster, Known, Request  # noqa: E402
from forecasting.models import ForecastPoint, ForecastRun, TrainedForecaster  # noqa: E402
from forecasting.registry import forecasters  # noqa: E402
from forecasting.services import artifacts, issue_fleet  # noqa: E402
from meters.models import Meter  # noqa: E402
from meters.selectors.columns import load_power_of_many  # noqa: E402
from meters.services import ensure_site, ensure_source, store_fleet_readings  # noqa: E402

END = datetime(2026, 3, 2, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
TRAINED = 20
ZONES = ("Europe/London", "Europe/Paris", "America/Chicago", "Asia/Kolkata", "Australia/Melbourne")
Row = dict[str, Any]


def main() -> int:
    """Print the rows and, last, the JSON line; 0 where every target holds."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true", help="only the last line")
    parser.add_argument("--data", type=Path, default=ROOT.parent / "shared" / "data")
    parser.add_argument("--meters", type=int, default=1000)
    parser.add_argument("--days", type=int, default=60)
    parser.add_argument("--forecaster", default="cnn_lstm")
    options = parser.parse_args()
    rows = fleet_rows(options.data, meters_n=options.meters, days=options.days, forecaster=options.forecaster)
    return tell("forecasting_fleet", rows, as_json=options.json)


def fleet_rows(data: Path, *, meters_n: int = 1000, days: int = 60, forecaster: str = "cnn_lstm") -> list[Row]:
    """The rows, measured in a scratch database and a scratch folder of artifacts that are gone afterwards."""
    old_name, old_folder = connection.settings_dict["NAME"], artifacts.FOLDER
    connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
    artifacts.FOLDER = Path(tempfile.mkdtemp(prefix="fleet-"))
    try:
        meters = _fleet(data, meters_n, days)
        plugin = _trained(meters, forecaster)
        return _measured(plugin, meters, forecaster)
    finally:
        shutil.rmtree(artifacts.FOLDER, ignore_errors=True)
        artifacts.FOLDER = old_folder
        connection.creation.destroy_test_db(old_name, verbosity=0)


def _measured(plugin: type[Forecaster], meters: list[Meter], forecaster: str) -> list[Row]:
    warm = issue_fleet(forecaster=forecaster, now=END, meters=meters[:300])
    assert warm.runs_n == 300, warm.reasons
    fleet = [_timed_fleet(meters, forecaster) for _ in range(3)]
    seconds, steps = min(fleet, key=lambda pair: pair[0])
    requests, opened = _requests(meters)
    batch_s = min(_timed(lambda: plugin.predict_each(opened, requests)) for _ in range(3))
    alone = [_timed(lambda one=one, ask=ask: one.predict(*ask)) for one, ask in zip(opened, requests, strict=True)][
        :200
    ]
    memory_mib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    per_s = len(requests) / batch_s
    network = _network_per_s(plugin, requests, opened)
    return [
        row("fleet_1000_s", seconds * 1000 / len(meters), "s", most=10),
        *(row(f"fleet_{name}_s", value, "s") for name, value in steps.items()),
        row("fleet_batch_per_s", per_s, "forecasts/s"),
        row("network_per_s", network, "forecasts/s", least=2000),
        row("single_p95_ms", float(np.percentile(alone, 95)) * 1000, "ms", most=50),
        row("worker_mib", memory_mib, "MiB", most=1.2 * 1024),
    ]


def _network_per_s(plugin: type[Forecaster], requests: list[Request], opened: list[Forecaster]) -> float:
    """The compiled network alone on what it reads; of a forecaster without one, the batch."""
    fitted = getattr(opened[0], "_fitted", None)
    if fitted is None or not hasattr(fitted, "machine"):
        return len(requests) / min(_timed(lambda: plugin.predict_each(opened, requests)) for _ in range(2))
    from forecasting.domain.network import answering, asking

    read = asking.read([answering.task(request).question for request in requests])
    rows = len(read.scale)
    return rows / min(_timed(lambda: fitted.machine.answer(read)) for _ in range(3))


def _timed_fleet(meters: list[Meter], forecaster: str) -> tuple[float, dict[str, float]]:
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE forecasting_forecastpoint, forecasting_forecastscore, forecasting_forecastrun")
    began = time.perf_counter()
    told = issue_fleet(forecaster=forecaster, now=END, meters=meters)
    seconds = time.perf_counter() - began
    assert told.runs_n == ForecastRun.objects.count() == len(meters), told.reasons
    assert ForecastPoint.objects.count() == told.points_n == 24 * len(meters)
    return seconds, told.seconds


def _requests(meters: list[Meter]) -> tuple[list[Request], list[Forecaster]]:
    load = load_power_of_many(meters=meters, spans={meter.pk: (END - 40 * DAY, END) for meter in meters})
    starts = pd.date_range(END, END + DAY, freq=HOUR, inclusive="left")
    trained = {one.meter_id: one for one in TrainedForecaster.objects.filter(meter__in=meters)}
    opened = [artifacts.open_trained(trained[meter.pk]) for meter in meters]
    return [Request(load[meter.pk], Known(meter.site.zone, ahead="none"), starts) for meter in meters], opened


def _fleet(data: Path, meters_n: int, days: int) -> list[Meter]:
    """Meters with the last days of real loads (shifted to END), one after another, in five zones."""
    loads = _loads(data, days * 24)
    sites = [ensure_site(name=f"Fleet {zone}", zone=zone) for zone in ZONES]
    Meter.objects.bulk_create(
        Meter(site=sites[n % len(sites)], reference=str(n), name=f"M{n}", slug=f"m{n}", interval_s=3600)
        for n in range(meters_n)
    )
    meters = list(Meter.objects.select_related("site").order_by("pk"))
    starts = pd.date_range(END - days * DAY, END, freq=HOUR, inclusive="left")
    source = ensure_source(kind="import", label="fleet", now=END)
    for first in range(0, meters_n, 100):
        some = meters[first : first + 100]
        frame = pd.DataFrame(
            {
                "meter_id": np.repeat([meter.pk for meter in some], len(starts)),
                "start_at": np.tile(starts.as_unit("us").asi8, len(some)),
                "interval_s": 3600,
                "power_kw": np.concatenate([loads[(first + n) % len(loads)] for n in range(len(some))]),
            }
        )
        frame["start_at"] = pd.to_datetime(frame["start_at"], unit="us", utc=True)
        store_fleet_readings(readings=frame.dropna(), source=source, now=END)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE meters_reading")
    return meters


def _loads(data: Path, length: int) -> list[np.ndarray]:
    path = data / "cambridge_hourly.parquet"
    if path.exists():
        table = pd.read_parquet(path, filters=[("timestamp", ">=", pd.Timestamp("2018-01-01", tz="UTC"))])
        found = []
        for _, rows in table.groupby("meter_id"):
            values = rows["kwh"].to_numpy(dtype=float)[:length]
            if len(values) == length and np.isfinite(values).mean() > 0.95 and np.nanstd(values) > 0:
                found.append(values)
        return found
    draw, hours = np.random.default_rng(0), np.arange(length)
    return [3 + 2 * np.sin(hours / 24 * 2 * np.pi + n) + draw.gamma(2, 0.2, length) for n in range(40)]


def _trained(meters: list[Meter], forecaster: str) -> type[Forecaster]:
    """A training for each meter: the first ones' own, copied to the others, since what is measured begins after it."""
    from forecasting.services import train_forecaster

    own = [train_forecaster(meter=meter, forecaster=forecaster, now=END, trial=False) for meter in meters[:TRAINED]]
    rows = []
    for n, meter in enumerate(meters[TRAINED:]):
        model = own[n % len(own)]
        place = artifacts.folder_of(model)
        copied = TrainedForecaster(**{field.attname: getattr(model, field.attname) for field in model._meta.fields})
        copied.pk, copied.meter = None, meter
        shutil.copytree(place, artifacts.folder_of(copied))
        rows.append(copied)
    TrainedForecaster.objects.bulk_create(rows)
    return forecasters.get(forecaster)


def _timed(call: Any) -> float:
    began = time.perf_counter()
    call()
    return time.perf_counter() - began


if __name__ == "__main__":
    raise SystemExit(main())
