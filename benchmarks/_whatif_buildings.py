"""University buildings at Christmas, in years that training did not see, told as a holiday and as a shutdown.

Not told, the days from 25 to 31 December are ordinary working days, the two public holidays among them too. Told as
`holiday` they all are holidays; told as `shutdown` the load falls to the base load of the eight weeks before.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from benchmarks._rows import row
from forecasting.domain.contract import Forecaster, Known
from forecasting.domain.errors import ForecastError
from forecasting.domain.known import holidays_between
from forecasting.domain.load_files import MeterFile, read_loads, read_weather
from forecasting.registry import forecasters
from simulations.domain.contract import Placed, Span
from simulations.domain.errors import CannotSimulate
from simulations.domain.replay import replay, scorecard, without_holidays
from simulations.events.shutdown import Shutdown

ZONE = "Europe/London"
BUILDINGS = ("b0", "b1", "b8", "b20", "b30", "b44", "b83", "b100")
HELD_BACK = (2017, 2018, 2019)
TRAINED_UNTIL = pd.Timestamp("2017-01-01", tz=ZONE)
WAYS = ("holiday", "shutdown")


def building_rows(data: Path, forecaster: str) -> Iterator[dict[str, Any]]:
    """Told over untold error by building, over all that could be told."""
    weather = read_weather(data / "cambridge_weather_hourly.parquet")
    known = Known(ZONE, holidays_between("GB", "ENG", 2013, 2020), weather, 52.2, 0.12)
    meters = {one.meter: one for one in read_loads(data / "cambridge_hourly.parquet") if one.meter in BUILDINGS}
    found: dict[str, list[float]] = {way: [] for way in WAYS}
    for name in BUILDINGS:
        try:
            twin = _trained(meters[name], known, forecaster)
            ratios = {way: _ratio(twin, meters[name], known, way) for way in WAYS}
        except (KeyError, ForecastError, CannotSimulate):
            continue
        for way, ratio in ratios.items():
            found[way].append(ratio)
            yield row(f"christmas_{name}_{way}_ratio", ratio, "")
    for way, ratios_of in found.items():
        yield row(f"christmas_{way}_median_ratio", float(np.median(ratios_of)), "")


def _trained(meter: MeterFile, known: Known, forecaster: str) -> Forecaster:
    load = meter.load.loc[meter.load.index < TRAINED_UNTIL]
    assert known.weather is not None
    past = replace(known, weather=known.weather.loc[known.weather.index < TRAINED_UNTIL])
    return forecasters.get(forecaster)().fit(load.loc[load.first_valid_index() : load.last_valid_index()], past)


def _ratio(twin: Forecaster, meter: MeterFile, known: Known, way: str) -> float:
    replays = []
    for year in HELD_BACK:
        days = [date(year, 12, 25) + timedelta(days=n) for n in range(7)]
        first = pd.Timestamp(days[0]).tz_localize(ZONE).tz_convert("UTC").to_pydatetime()
        span = Span(first, first + timedelta(days=7))
        plain = without_holidays(known, days)
        told = replace(known, holidays=known.holidays | frozenset(days)) if way == "holiday" else plain
        events = [Placed(Shutdown(), span)] if way == "shutdown" else []
        replays.append(
            replay(twin, meter.load, title=f"Christmas {year}", span=span, told=told, untold=plain, events=events)
        )
    return scorecard(replays, ZONE).ratio
