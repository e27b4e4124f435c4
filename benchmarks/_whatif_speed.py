"""How long a preview, a year and a hundred meters take, through the services and a page, in a scratch database."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.urls import reverse

from benchmarks._rows import row
from forecasting.domain.load_files import MeterFile, read_loads, read_weather
from forecasting.services import train_forecaster
from meters.models import Meter, Site
from meters.selectors import data_through
from meters.services import ensure_meter, ensure_site, ensure_source, store_readings, store_weather
from simulations.domain.contract import Span
from simulations.services import Wish, ask_simulation, placed_of, run_simulation, save_scenario
from simulations.services.answering import answer

PREVIEWS = 12
DAYS = 120  # of history for each household of the fleet
Rows = list[dict[str, Any]]


@contextmanager
def in_scratch_database() -> Iterator[None]:
    """Beside the product's own, and dropped afterwards."""
    name = connection.settings_dict["NAME"]
    connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
    try:
        yield
    finally:
        connection.creation.destroy_test_db(name, verbosity=0)


def speed_rows(victoria: MeterFile, forecaster: str) -> Rows:
    """One meter with three years of hours: the builder's preview of a week as a whole request, and a year as a run."""
    site = ensure_site(name="Victoria", zone="Australia/Melbourne", latitude=-37.8, longitude=145.0)
    meter = ensure_meter(site=site, reference="vic", name="Victoria", interval_s=3600)
    now = _stored(meter, victoria.load, victoria.weather)
    train_forecaster(meter=meter, forecaster=forecaster, now=now, trial=False)
    preview, year = _preview(meter, forecaster, now), _year(meter, forecaster, now)
    return [
        row("preview_ms", preview[0], "ms", most=300),
        row("preview_best_ms", preview[1], "ms"),
        row("preview_cpu_ms", preview[2], "ms"),
        row("year_scenario_s", year[0], "s", most=5),
        row("year_scenario_cpu_s", year[1], "s"),
    ]


def fleet_rows(data: Path, forecaster: str, count: int) -> Rows:
    """London households, each with a forecaster of its own trained before: a heatwave's week for all of them."""
    site = ensure_site(name="London", zone="Europe/London", country="GB", latitude=51.5, longitude=-0.1)
    weather = read_weather(data / "london_weather_hourly.parquet")[["temperature_c"]]
    meters: list[Meter] = []
    for one in read_loads(data / "london_households_30min.parquet"):
        load = one.averaged(pd.Timedelta("1h")).load.dropna().iloc[-24 * DAYS :]
        if len(load) == 24 * DAYS:
            meter = ensure_meter(site=site, reference=one.meter, name=one.meter, interval_s=3600)
            last = _stored(meter, load, None if meters else weather)
            train_forecaster(meter=meter, forecaster=forecaster, now=last, trial=False)
            meters.append(meter)
        if len(meters) == count:
            break
    began, cpu = time.perf_counter(), time.process_time()
    for meter in meters:
        until = data_through(meter)
        assert until is not None
        period = Span(until - timedelta(days=7), until)
        placed = placed_of([Wish("heatwave", {}, period.start + timedelta(days=1), period.end)], period)
        answer(meter=meter, period=period, placed=placed, now=until, forecaster=forecaster)
    took, used = time.perf_counter() - began, time.process_time() - cpu
    whole = len(meters) == 100
    found = [row("hundred_meters_s" if whole else f"{len(meters)}_meters_s", took, "s", most=30 if whole else None)]
    for name, seconds in (("one_of_the_meters_ms", took), ("one_of_the_meters_cpu_ms", used)):
        found.append(row(name, 1000 * seconds / len(meters), "ms"))
    return found


def _stored(meter: Meter, load: "pd.Series[float]", weather: pd.DataFrame | None) -> datetime:
    """Readings and weather in the database; the instant after the last reading."""
    known = load.dropna()
    now: datetime = (known.index[-1] + timedelta(hours=1)).to_pydatetime()
    source = ensure_source(kind="import", label="bench", now=now)
    frame = pd.DataFrame({"start_at": known.index, "interval_s": 3600, "power_kw": known.to_numpy()})
    store_readings(meter=meter, readings=frame.assign(energy_kwh=frame["power_kw"]), source=source, now=now)
    if weather is not None:
        _store_weather(meter.site, weather, now)
    return now


def _store_weather(site: Site, weather: pd.DataFrame, now: datetime) -> None:
    source = ensure_source(kind="import", label="bench", now=now)
    store_weather(site=site, observations=weather.rename_axis("start_at").reset_index(), source=source)


def _preview(meter: Meter, forecaster: str, now: datetime) -> tuple[float, float, float]:
    """ms of requests, each with another strength, after one that is not counted: 95th percentile, best, own CPU."""
    client = Client(SERVER_NAME="localhost")
    client.force_login(User.objects.create_superuser("bench"))
    last = (now - timedelta(days=10)).date()
    first = last - timedelta(days=6)
    asked = {
        "name": "Hot", "meters": [str(meter.pk)], "first": f"{first}", "last": f"{last}", "forecaster": forecaster,
        "events": ["0"], "e0-event": "heatwave", "e0-ramp_h": "12", "e0-shape": "nights too", "e0-humidity_pct": "0",
        "e0-start": f"{first + timedelta(days=1)}T00:00", "e0-end": f"{last}T00:00",
    }  # fmt: skip
    took, used = [], []
    for turn in range(PREVIEWS + 1):
        began, cpu = time.perf_counter(), time.process_time()
        page = client.post(reverse("simulations:preview"), {**asked, "e0-delta_c": str(3 + turn / 4)})
        took.append(1000 * (time.perf_counter() - began))
        used.append(1000 * (time.process_time() - cpu))
        assert b"figure-preview" in page.content, page.content[:2000]
    return float(np.percentile(took[1:], 95)), min(took[1:]), float(np.median(used[1:]))


def _year(meter: Meter, forecaster: str, now: datetime) -> tuple[float, float]:
    """Answered and kept whole: seconds, and those of its own CPU, which other work on the machine does not lengthen."""
    period = Span(now - timedelta(days=365), now)
    wish = Wish("heatwave", {}, period.start + timedelta(days=10), period.start + timedelta(days=14))
    words: dict[str, Any] = {"meters": [meter], "period": period, "wishes": [wish], "now": now}
    scenario = save_scenario(name="A year", forecaster=forecaster, **words)
    run = ask_simulation(scenario=scenario, now=now)
    began, cpu = time.perf_counter(), time.process_time()
    run = run_simulation(run=run, now=now)
    assert run.state == "done"
    return time.perf_counter() - began, time.process_time() - cpu
