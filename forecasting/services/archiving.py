"""Write runs with their points: one INSERT for the runs, one COPY for the points, however many meters."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from django.db import connection, transaction
from psycopg import sql

from forecasting.domain.contract import QUANTILES
from forecasting.models import QUANTILE_FIELDS, ForecastRun
from meters.services.staging import copy_into

_COLUMNS = {
    "meter_id": "bigint",
    "forecaster": "varchar",
    "trained_id": "bigint",
    "issued_at": "timestamptz",
    "data_cutoff_at": "timestamptz",
    "ends_at": "timestamptz",
    "interval_s": "integer",
    "rehearsed": "boolean",
    "weather": "varchar",
    "weather_issued_at": "timestamptz",
}
_INSERT = f"""
INSERT INTO forecasting_forecastrun ({", ".join(_COLUMNS)})
SELECT * FROM unnest({", ".join(f"%s::{kind}[]" for kind in _COLUMNS.values())})
ON CONFLICT (meter_id, forecaster, data_cutoff_at, trained_id) DO NOTHING
RETURNING id, meter_id, trained_id, data_cutoff_at
"""  # noqa: S608  columns of our own
_POINTS = sql.Identifier("forecasting_forecastpoint")


def archive_runs(*, runs: Sequence[ForecastRun], answers: Sequence[pd.DataFrame]) -> list[ForecastRun]:
    """Store unsaved runs with their quantiles (UTC starts by QUANTILES, kW); returns those that were new, with keys.

    A run that is there already (same meter, training and cut-off) stays as it was issued.
    """
    if not runs:
        return []
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_INSERT, [[getattr(run, name) for run in runs] for name in _COLUMNS])
        keys = {(meter, trained, cutoff): pk for pk, meter, trained, cutoff in cursor.fetchall()}
        stored, frames = [], []
        for run, answer in zip(runs, answers, strict=True):
            pk = keys.pop((run.meter_id, run.trained_id, run.data_cutoff_at), None)
            if pk is not None:
                run.pk = pk
                stored.append(run)
                frames.append(answer)
        if stored:
            copy_into(cursor, _POINTS, _points(stored, frames))
    for run in stored:
        run._state.adding, run._state.db = False, "default"
    return stored


def _points(runs: Sequence[ForecastRun], answers: Sequence[pd.DataFrame]) -> pd.DataFrame:
    lengths = [len(answer) for answer in answers]
    values = np.concatenate([answer[list(QUANTILES)].to_numpy(dtype=np.float64) for answer in answers])
    starts = np.concatenate([pd.DatetimeIndex(answer.index).as_unit("us").asi8 for answer in answers])
    frame = pd.DataFrame(values, columns=list(QUANTILE_FIELDS))
    frame.insert(0, "start_at", pd.to_datetime(starts, unit="us", utc=True))
    frame.insert(0, "run_id", np.repeat(np.array([run.pk for run in runs], dtype=np.int64), lengths))
    frame.insert(0, "meter_id", np.repeat(np.array([run.meter_id for run in runs], dtype=np.int64), lengths))
    return frame
