"""Several quantities of a meter at once, as the pages need them: read in one pass, without a Python object a cell."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from django.db import connection
from psycopg import sql

from meters.domain.quantities import COLUMNS
from meters.domain.regular import on_regular_grid
from meters.models import Meter, Quality

_POSTGRES_EPOCH_US = 946_684_800_000_000  # 2000-01-01
_ARRAY_HEADER_BYTES = 20
# One row of whole columns as bytes: no object for each cell, and no call for each row.
_ARRAYS = sql.SQL("""
SELECT {arrays} FROM (
    SELECT start_at, interval_s, quality, {columns} FROM meters_reading
    WHERE meter_id = %s AND start_at >= %s AND start_at < %s ORDER BY start_at
) AS readings
""")
# One row a meter: its starts, lengths and loads as the bytes of three arrays.
_FLEET = """
SELECT wanted.meter_id, array_send(array_agg(r.start_at)), array_send(array_agg(r.interval_s)),
    array_send(array_agg(coalesce(r.power_kw, 'NaN')))
FROM unnest(%s::bigint[], %s::timestamptz[], %s::timestamptz[]) AS wanted (meter_id, start_at, end_at)
JOIN LATERAL (
    SELECT start_at, interval_s, power_kw FROM meters_reading
    WHERE meter_id = wanted.meter_id AND start_at >= wanted.start_at AND start_at < wanted.end_at AND quality <> %s
    ORDER BY start_at
) r ON true GROUP BY wanted.meter_id
"""
_FLEET_CODES = {"start_us": ">i8", "interval_s": ">i4", "power_kw": ">f8"}
_CODES = {"start_at": ">i8", "interval_s": ">i4", "quality": ">i2"}


@dataclass(frozen=True)
class Recorded:
    """`values`: a column a quantity, UTC index, regular, missing and suspect NaN.

    `estimated`: those of the index whose values were not measured. `suspect`: the rows that do not count, as stored.
    """

    values: pd.DataFrame
    estimated: pd.DatetimeIndex
    suspect: pd.DataFrame


def load_columns(*, meter: Meter, start: datetime, end: datetime, columns: tuple[str, ...]) -> Recorded:
    """The quantities named over `[start, end)`; 35,000 rows of six take some 40 ms."""
    unknown = set(columns) - set(COLUMNS)
    if unknown:
        raise ValueError(f"{', '.join(sorted(unknown))} is no quantity; there are: {', '.join(COLUMNS)}.")
    rows = _rows(meter, start, end, columns)
    suspect = rows["quality"].to_numpy() == Quality.SUSPECT
    counted = rows[~suspect]
    values = on_regular_grid(counted, step_s=meter.interval_s, start=start, end=end, columns=columns)
    return Recorded(
        values,
        _instants(counted.loc[counted["quality"] == Quality.ESTIMATED, "start_us"]),
        rows.loc[suspect, list(columns)].set_axis(_instants(rows.loc[suspect, "start_us"])),
    )


class _Grids:
    """Regular series of many meters that share their instants: each index is made once."""

    def __init__(self) -> None:
        self._made: dict[tuple[int, int, int], pd.DatetimeIndex] = {}

    def regular(self, rows: dict[str, Any], step_s: int, start: datetime, end: datetime) -> "pd.Series[float]":
        """What `on_regular_grid` gives; at once where all rows are as long as a step and lie on one grid."""
        step_us = step_s * 1_000_000
        at, first_us, end_us = rows["start_us"], *(int(pd.Timestamp(side).timestamp() * 1e6) for side in (start, end))
        phase_us = int(at[0]) % step_us
        if (rows["interval_s"] != step_s).any() or ((at - phase_us) % step_us).any():
            table = on_regular_grid(pd.DataFrame(rows), step_s=step_s, start=start, end=end, columns=("power_kw",))
            return table["power_kw"]
        grid_us = first_us + (phase_us - first_us) % step_us
        count = max(0, -(-(end_us - grid_us) // step_us))
        values = np.full(count, np.nan)
        values[(at - grid_us) // step_us] = rows["power_kw"]
        key = (grid_us, count, step_us)
        if key not in self._made:
            self._made[key] = _instants(pd.Series(grid_us + step_us * np.arange(count, dtype="int64")))
        return pd.Series(values, index=self._made[key], name="power_kw")


def load_power_of_many(
    *, meters: Sequence[Meter], spans: Mapping[int, tuple[datetime, datetime]]
) -> "dict[int, pd.Series[float]]":
    """`load_series` of a fleet in one query: by meter id its mean power in kW over its own span `[start, end)`.

    Meters without a span, or without a reading in it that counts, are missing.
    """
    chosen = [meter for meter in meters if meter.pk in spans]
    starts, ends = ([spans[meter.pk][side] for meter in chosen] for side in (0, 1))
    with connection.cursor() as cursor:
        cursor.execute(_FLEET, [[meter.pk for meter in chosen], starts, ends, Quality.SUSPECT])
        found = {row[0]: row[1:] for row in cursor.fetchall()}
    series, grids = {}, _Grids()
    for meter in chosen:
        if meter.pk in found:
            columns = zip(_FLEET_CODES.items(), found[meter.pk], strict=True)
            rows = {name: _unpacked(raw, code) for (name, code), raw in columns}
            rows["start_us"] = rows["start_us"] + _POSTGRES_EPOCH_US
            series[meter.pk] = grids.regular(rows, meter.interval_s, *spans[meter.pk])
    return series


def _rows(meter: Meter, start: datetime, end: datetime, columns: tuple[str, ...]) -> pd.DataFrame:
    """NULL comes as NaN, so that all elements of an array are equally long."""
    filled = [sql.SQL("coalesce({0}, 'NaN') AS {0}").format(sql.Identifier(column)) for column in columns]
    names = (*_CODES, *columns)
    arrays = [sql.SQL("array_send(array_agg({}))").format(sql.Identifier(name)) for name in names]
    query = _ARRAYS.format(arrays=sql.SQL(", ").join(arrays), columns=sql.SQL(", ").join(filled))
    with connection.cursor() as cursor:
        cursor.execute(query, [meter.pk, start, end])
        found = cursor.fetchone()
    assert found is not None  # an aggregate has one row, of NULL where there is no reading
    rows = pd.DataFrame({name: _unpacked(raw, _CODES.get(name, ">f8")) for name, raw in zip(names, found, strict=True)})
    return rows.assign(start_us=rows.pop("start_at") + _POSTGRES_EPOCH_US)


def _unpacked(raw: bytes | None, code: str) -> npt.NDArray[Any]:
    """The elements of an array as PostgreSQL sends it: a header, then each element's length and bytes."""
    element = np.dtype([("length", ">i4"), ("value", code)])
    table = np.frombuffer(raw or b"", dtype=element, offset=_ARRAY_HEADER_BYTES if raw else 0)
    return table["value"].astype(code.replace(">", "="))


def _instants(start_us: "pd.Series[int]") -> pd.DatetimeIndex:
    return pd.DatetimeIndex(pd.to_datetime(start_us.to_numpy(), unit="us", utc=True)).as_unit("us")
