"""Forecast points beside what came, for those who look at errors from every side."""

from datetime import datetime
from typing import TYPE_CHECKING, Any

import pandas as pd
from django.db import connection

from forecasting.domain.contract import QUANTILES
from forecasting.models import QUANTILE_FIELDS
from meters.selectors.columns import load_columns

if TYPE_CHECKING:
    from meters.models import Meter

# Of each local day the first run from its first cut-off: runs come with every visit, and one a day is a fair record.
_POINTS = f"""
WITH chosen AS (
    SELECT DISTINCT ON ((data_cutoff_at AT TIME ZONE %(zone)s)::date) id, data_cutoff_at
    FROM forecasting_forecastrun
    WHERE meter_id = %(meter)s AND forecaster = %(forecaster)s AND data_cutoff_at >= %(since)s
        AND (%(rehearsed)s OR NOT rehearsed)
    ORDER BY (data_cutoff_at AT TIME ZONE %(zone)s)::date, rehearsed, data_cutoff_at, id DESC
)
SELECT p.start_at, extract(epoch FROM p.start_at - c.data_cutoff_at) / 3600.0, {", ".join(QUANTILE_FIELDS)}
FROM chosen c JOIN forecasting_forecastpoint p ON p.meter_id = %(meter)s AND p.run_id = c.id
ORDER BY p.start_at, c.data_cutoff_at
"""  # noqa: S608  columns of our own


def archive_points(meter: "Meter", forecaster: str, *, since: datetime, rehearsed: bool = True) -> pd.DataFrame:
    """`points` as forecasting.domain.accuracy wants them: one run a local day since a moment, and what came of it."""
    asked: dict[str, Any] = {
        "meter": meter.pk,
        "zone": meter.site.zone,
        "forecaster": forecaster,
        "since": since,
        "rehearsed": rehearsed,
    }
    with connection.cursor() as cursor:
        cursor.execute(_POINTS, asked)
        frame = pd.DataFrame(cursor.fetchall(), columns=["start_at", "lead_h", *QUANTILES])
    frame = frame.astype(dict.fromkeys(("lead_h", *QUANTILES), "float64"))
    index = pd.DatetimeIndex(pd.to_datetime(frame.pop("start_at"), utc=True), name="start_at").as_unit("us")
    return with_actual(meter, frame.set_index(index))


def with_actual(meter: "Meter", frame: pd.DataFrame) -> pd.DataFrame:
    """The frame with `actual`: what was measured. Estimates do not count."""
    if frame.empty:
        return frame.assign(actual=pd.Series(dtype="float64"))
    index = pd.DatetimeIndex(frame.index)
    first, last = index.min().to_pydatetime(), index.max().to_pydatetime()
    end = last + pd.Timedelta(seconds=meter.interval_s)
    recorded = load_columns(meter=meter, start=first, end=end, columns=("power_kw",))
    actual = recorded.values["power_kw"].drop(recorded.estimated, errors="ignore")
    return frame.assign(actual=actual.reindex(index).to_numpy())
