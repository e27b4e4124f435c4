"""The only way in for weather: as readings come in, less the revisions."""

import numpy as np
import pandas as pd
from django.db import connection, transaction
from pandas.api.typing import NaTType

from meters.domain.reports import Refusal, StoreReport
from meters.domain.stamps import as_instants
from meters.models import Site, Source
from meters.models.weather import COLDEST_C, HOTTEST_C
from meters.services.staging import stage

_UPSERT = """
INSERT INTO meters_weatherobservation AS w (site_id, start_at, temperature_c, source_id)
SELECT %s, start_at, temperature_c, %s FROM pg_temp.incoming_weather ORDER BY start_at
ON CONFLICT (site_id, start_at) DO UPDATE SET temperature_c = EXCLUDED.temperature_c, source_id = EXCLUDED.source_id
WHERE w.temperature_c IS DISTINCT FROM EXCLUDED.temperature_c
RETURNING xmax = 0
"""


def store_weather(*, site: Site, observations: pd.DataFrame, source: Source) -> StoreReport:
    """Store a frame of `start_at` (aware) and `temperature_c`; rows without either are refused with a sentence."""
    rows = pd.DataFrame({"start_at": as_instants(observations["start_at"])})
    rows["temperature_c"] = pd.to_numeric(observations["temperature_c"], errors="coerce").to_numpy(dtype="float64")
    good = rows["start_at"].notna() & rows["temperature_c"].between(COLDEST_C, HOTTEST_C)
    refused = [
        _refusal(int(position) + 1, rows["start_at"].iloc[position], float(rows["temperature_c"].iloc[position]))
        for position in np.flatnonzero(~good)
    ]
    kept = rows[good].drop_duplicates("start_at", keep="last").sort_values("start_at", ignore_index=True)
    if kept.empty:
        return StoreReport(refused=refused)
    with transaction.atomic(), connection.cursor() as cursor:
        stage(cursor, "incoming_weather", kept)
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended('meters_weather', %s))", [site.pk])
        cursor.execute(_UPSERT, [site.pk, source.pk])
        written = [inserted for (inserted,) in cursor.fetchall()]
    new = sum(written)
    return StoreReport(new, len(written) - new, len(kept) - len(written), refused)


def _refusal(row: int, start: "pd.Timestamp | NaTType", temperature_c: float) -> Refusal:
    if isinstance(start, NaTType):
        return Refusal(row, None, "start_at", "The start is no instant with a UTC offset; give it one.")
    reason = f"{start:%Y-%m-%d %H:%M} UTC: A temperature of {temperature_c:g} °C is not possible."
    return Refusal(row, start.to_pydatetime(), "temperature_c", reason)
