"""Roll-ups as frames: a year of days or ten years of months without reading a single reading."""

from datetime import datetime

import pandas as pd
from django.db import connection

from meters.models import Meter, RollupKind

_COLUMNS = (
    "length_s", "readings_n", "longest_s", "covered_s", "estimated_s", "suspect_s", "energy_kwh",
    "power_min_kw", "power_mean_kw", "power_max_kw",
    "voltage_min_v", "voltage_mean_v", "voltage_max_v",
    "current_min_a", "current_mean_a", "current_max_a",
)  # fmt: skip
_LONGEST_S = {RollupKind.HOUR: 3600, RollupKind.DAY: 90_000, RollupKind.MONTH: 90_000}


def load_rollups(*, meter: Meter, kind: str, start: datetime, end: datetime) -> pd.DataFrame:
    """The buckets that begin in `[start, end)`: "hour", "day" or "month", on the clock of the meter's site.

    Index `start_at` (UTC); only buckets with readings have a row. `energy_kwh`, then min, mean and max of power,
    voltage and current; `completeness` 0 to 1; `estimated_share` of what is covered. Hours in which a reading longer
    than an hour begins are left out: it does not say what happened inside.
    """
    wanted = RollupKind[kind.upper()]
    query = f"""
        SELECT (extract(epoch FROM start_at) * 1000000)::bigint, {", ".join(_COLUMNS)} FROM meters_rollup
        WHERE meter_id = %s AND kind = %s AND start_at >= %s AND start_at < %s AND longest_s <= %s ORDER BY start_at
    """  # noqa: S608  columns of our own
    with connection.cursor() as cursor:
        cursor.execute(query, [meter.pk, wanted.value, start, end, _LONGEST_S[wanted]])
        rows = pd.DataFrame(cursor.fetchall(), columns=["start_us", *_COLUMNS], dtype="float64")
    index = pd.DatetimeIndex(pd.to_datetime(rows["start_us"].astype("int64"), unit="us", utc=True), name="start_at")
    frame = rows.drop(columns="start_us").set_index(index.as_unit("us"))
    frame["completeness"] = (frame["covered_s"] / frame["length_s"]).clip(upper=1.0)
    frame["estimated_share"] = frame["estimated_s"] / frame["covered_s"].where(frame["covered_s"] > 0)
    return frame


def completeness_calendar(meter: Meter, year: int) -> pd.DataFrame:
    """Every local day of the year: `completeness`, `estimated_share`, `suspect_share` 0 to 1, `energy_kwh` or NaN.

    Index `day` (naive midnights, one for each date). Days without any reading are 0 complete.
    """
    zone = meter.site.zone
    days = pd.date_range(f"{year}-01-01", f"{year}-12-31", freq="D", name="day")
    edges = pd.DatetimeIndex([days[0] - pd.Timedelta(days=1), days[-1] + pd.Timedelta(days=2)])
    first, last = edges.tz_localize("UTC")
    found = load_rollups(meter=meter, kind="day", start=first.to_pydatetime(), end=last.to_pydatetime())
    # A day begins at its midnight, or where the clock skips that, with its first hour.
    found.index = pd.DatetimeIndex(found.index).tz_convert(zone).tz_localize(None).normalize().as_unit(days.unit)
    found["suspect_share"] = (found["suspect_s"] / found["length_s"]).clip(upper=1.0)
    frame = found[["completeness", "estimated_share", "suspect_share", "energy_kwh"]].reindex(days)
    frame[["completeness", "suspect_share"]] = frame[["completeness", "suspect_share"]].fillna(0.0)
    return frame


def years_of(meter: Meter) -> list[int]:
    """The local years of which there are roll-ups, oldest first."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT extract(year FROM start_at AT TIME ZONE %s)::int FROM meters_rollup"
            " WHERE meter_id = %s AND kind = %s ORDER BY 1",
            [meter.site.zone, meter.pk, RollupKind.MONTH.value],
        )
        return [year for (year,) in cursor.fetchall()]
