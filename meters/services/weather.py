"""The only way in for weather: as readings come in, less the revisions."""

import numpy as np
import pandas as pd
from django.db import connection, transaction
from pandas.api.typing import NaTType
from psycopg import sql

from meters.domain.reports import Refusal, StoreReport
from meters.domain.stamps import as_instants
from meters.domain.weather import COLUMNS, QUANTITIES
from meters.models import Site, Source
from meters.services.staging import stage

# A quantity that is not given erases none that is there.
_UPSERT = sql.SQL("""
INSERT INTO {table} AS w (site_id, source_id, {key}, {columns})
SELECT %s, %s, {key}, {given} FROM pg_temp.incoming_weather ORDER BY start_at
ON CONFLICT (site_id, {key}) DO UPDATE SET (source_id, {columns}) = (EXCLUDED.source_id, {merged})
WHERE ({old}) IS DISTINCT FROM ({merged})
RETURNING xmax = 0
""")


def store_weather(*, site: Site, observations: pd.DataFrame, source: Source) -> StoreReport:
    """Store a frame of `start_at` (aware), `temperature_c` and perhaps more of meters.domain.weather.QUANTITIES.

    Rows without an instant or a possible temperature are refused with a sentence; another quantity that is not
    possible is left out.
    """
    return _store(site, observations, source, "meters_weatherobservation", ("start_at",))


def store_weather_forecast(*, site: Site, forecasts: pd.DataFrame, source: Source) -> StoreReport:
    """Store a frame of `start_at`, `issued_at` (both aware), `temperature_c` and perhaps more: vintages."""
    return _store(site, forecasts, source, "meters_weatherforecast", ("start_at", "issued_at"))


def _store(site: Site, frame: pd.DataFrame, source: Source, table: str, key: tuple[str, ...]) -> StoreReport:
    rows = pd.DataFrame({name: as_instants(frame[name]) for name in key})
    for name in (name for name in COLUMNS if name in frame):
        values = pd.to_numeric(frame[name], errors="coerce")
        lowest, highest = QUANTITIES[name]
        possible = values.between(lowest, highest)
        rows[name] = (values if name == "temperature_c" else values.where(possible)).to_numpy(dtype="float64")
    good = rows[list(key)].notna().all(axis=1) & rows["temperature_c"].between(*QUANTITIES["temperature_c"])
    refused = [_refusal(int(n) + 1, rows.iloc[n], key) for n in np.flatnonzero(~good)]
    kept = rows[good].drop_duplicates(list(key), keep="last").sort_values(list(key), ignore_index=True)
    if kept.empty:
        return StoreReport(refused=refused)
    with transaction.atomic(), connection.cursor() as cursor:
        stage(cursor, "incoming_weather", kept)
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended('meters_weather', %s))", [site.pk])
        cursor.execute(_statement(table, key, set(kept.columns)), [site.pk, source.pk])
        written = [inserted for (inserted,) in cursor.fetchall()]
    new = sum(written)
    return StoreReport(new, len(written) - new, len(kept) - len(written), refused)


def _statement(table: str, key: tuple[str, ...], there: set[str]) -> sql.Composed:
    names = [sql.Identifier(name) for name in COLUMNS]
    given = [
        sql.SQL("NULLIF({}, 'NaN')").format(name) if column in there else sql.SQL("NULL::float8")
        for column, name in zip(COLUMNS, names, strict=True)
    ]
    return _UPSERT.format(
        table=sql.Identifier(table),
        key=sql.SQL(", ").join(sql.Identifier(name) for name in key),
        columns=sql.SQL(", ").join(names),
        given=sql.SQL(", ").join(given),
        old=sql.SQL(", ").join(sql.SQL("w.{}").format(name) for name in names),
        merged=sql.SQL(", ").join(sql.SQL("COALESCE(EXCLUDED.{0}, w.{0})").format(name) for name in names),
    )


def _refusal(row: int, values: "pd.Series[float]", key: tuple[str, ...]) -> Refusal:
    for name in key:
        if isinstance(values[name], NaTType):
            return Refusal(row, None, name, f"The {_WORDS[name]} is no instant with a UTC offset; give it one.")
    start, temperature = pd.Timestamp(values["start_at"]), float(values["temperature_c"])
    reason = f"{start:%Y-%m-%d %H:%M} UTC: A temperature of {temperature:g} °C is not possible."
    return Refusal(row, start.to_pydatetime(), "temperature_c", reason)


_WORDS = {"start_at": "start", "issued_at": "time of issue"}
