"""Readings as regular series, and weather."""

from datetime import datetime

import pandas as pd
from django.db import connection
from psycopg import sql

from meters.domain.quantities import COLUMNS
from meters.domain.regular import hourly_mean, on_regular_grid
from meters.models import Meter, Quality, Site

_PHASE_COLUMNS = {"voltage": "voltage_l{}_v", "current": "current_l{}_a"}
_WHOLE_COLUMNS = {"voltage": "voltage_v", "current": "current_a"}

# Served by the covering key alone for energy_kwh and power_kw.
_SERIES = sql.SQL("""
SELECT (extract(epoch FROM start_at) * 1000000)::bigint, interval_s, {columns}
FROM meters_reading
WHERE meter_id = %s AND start_at >= %s AND start_at < %s AND quality <> %s
ORDER BY start_at
""")


def load_series(*, meter: Meter, start: datetime, end: datetime, column: str = "power_kw") -> "pd.Series[float]":
    """One quantity over `[start, end)`: UTC index of interval starts, regular on the meter's interval.

    A missing reading is NaN, and so is a suspect one. Readings finer than the interval are averaged by their
    length where they cover it; coarser ones do not say what happened inside and are left out.
    """
    return _load(meter, start, end, (column,))[column]


def phase_series(*, meter: Meter, start: datetime, end: datetime, quantity: str) -> "dict[str, pd.Series[float]]":
    """Voltage or current by phase ("L1".."L3", or "L" for a meter of one phase); empty where nothing was measured."""
    names = {f"L{n}": _PHASE_COLUMNS[quantity].format(n) for n in (1, 2, 3)}
    names["L"] = _WHOLE_COLUMNS[quantity]
    frame = _load(meter, start, end, tuple(names.values()))
    found = {phase: frame[name] for phase, name in names.items() if frame[name].notna().any()}
    phases = {phase: series for phase, series in found.items() if phase != "L"}
    return phases or found


def resampled(*, meter: Meter, start: datetime, end: datetime, column: str = "power_kw") -> "pd.Series[float]":
    """The hourly mean of `load_series`; an hour of which less than half was measured is NaN."""
    return hourly_mean(load_series(meter=meter, start=start, end=end, column=column))


def load_weather(*, site: Site, start: datetime, end: datetime) -> pd.DataFrame:
    """`temperature_c` by observation start (UTC) over `[start, end)`; as observed, gaps not filled."""
    query = """
        SELECT (extract(epoch FROM start_at) * 1000000)::bigint, temperature_c FROM meters_weatherobservation
        WHERE site_id = %s AND start_at >= %s AND start_at < %s ORDER BY start_at
    """
    with connection.cursor() as cursor:
        cursor.execute(query, [site.pk, start, end])
        rows = pd.DataFrame(cursor.fetchall(), columns=["start_us", "temperature_c"])
    index = pd.DatetimeIndex(pd.to_datetime(rows["start_us"], unit="us", utc=True), name="start_at").as_unit("us")
    return pd.DataFrame({"temperature_c": rows["temperature_c"].to_numpy(dtype="float64")}, index=index)


def _load(meter: Meter, start: datetime, end: datetime, columns: tuple[str, ...]) -> pd.DataFrame:
    unknown = set(columns) - set(COLUMNS)
    if unknown:
        raise ValueError(f"{', '.join(sorted(unknown))} is no quantity; there are: {', '.join(COLUMNS)}.")
    query = _SERIES.format(columns=sql.Composed([sql.Identifier(column) for column in columns]).join(", "))
    with connection.cursor() as cursor:
        cursor.execute(query, [meter.pk, start, end, Quality.SUSPECT])
        rows = pd.DataFrame(cursor.fetchall(), columns=["start_us", "interval_s", *columns])
    return on_regular_grid(rows, step_s=meter.interval_s, start=start, end=end, columns=columns)
