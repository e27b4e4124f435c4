"""Read a load out of a tidy file: `timestamp` (UTC, interval start), a load column, optionally weather and meters."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from forecasting.domain.errors import BadSeries

# column -> kW for one unit of it, and whether it is energy of the interval rather than mean power
LOADS = {"power_kw": (1.0, False), "mean_mw": (1000.0, False), "kwh": (1.0, True), "energy_kwh": (1.0, True)}
TEMPERATURES = ("temperature_c", "temperature_c_daily")


@dataclass(frozen=True)
class MeterFile:
    """One meter of a file: regular UTC load in kW, gaps NaN; `weather` as `Known` wants it."""

    meter: str
    load: "pd.Series[float]"
    weather: pd.DataFrame | None


def read_loads(path: Path) -> Iterator[MeterFile]:
    """Every meter of a Parquet or CSV file; raises BadSeries with a sentence for a file that is not one."""
    table = _table(path)
    column = next((name for name in LOADS if name in table), None)
    if "timestamp" not in table or column is None:
        raise BadSeries(
            f"{path.name} needs a column timestamp and one of {', '.join(LOADS)}; it has {', '.join(map(str, table))}."
        )
    table = table.dropna(subset=["timestamp"])  # a wall time that the spring night skipped has no UTC instant
    table = table.assign(timestamp=pd.to_datetime(table["timestamp"], utc=True, errors="coerce"))
    if table["timestamp"].isna().any():
        row = int(table.index[np.flatnonzero(table["timestamp"].isna())[0]]) + 2
        raise BadSeries(f"{path.name}, row {row}: the timestamp cannot be read.")
    named = table["meter_id"].astype(str) if "meter_id" in table else pd.Series("meter", index=table.index)
    for meter, rows in table.groupby(named, sort=True):
        yield _meter(
            str(meter), rows.drop_duplicates("timestamp", keep="last").set_index("timestamp").sort_index(), column
        )


def _table(path: Path) -> pd.DataFrame:
    if not path.exists():
        raise BadSeries(f"There is no file {path}.")
    try:
        return pd.read_csv(path) if path.suffix == ".csv" else pd.read_parquet(path)
    except (ValueError, OSError) as error:
        raise BadSeries(f"{path.name} can be read neither as Parquet nor as .csv: {error}") from error


def _meter(name: str, rows: pd.DataFrame, column: str) -> MeterFile:
    index = pd.DatetimeIndex(rows.index)
    if len(index) < 2:
        raise BadSeries(f"Meter {name} has fewer than two readings.")
    step = pd.Timedelta(index.to_series().diff().mode().iloc[0])
    per_unit, is_energy = LOADS[column]
    factor = per_unit * 3600 / step.total_seconds() if is_energy else per_unit
    grid = pd.date_range(index[0], index[-1], freq=step)
    load = (rows[column].astype(float) * factor).reindex(grid).rename("power_kw")
    temperature = next((known for known in TEMPERATURES if known in rows), None)
    weather = None
    if temperature:
        weather = rows[[temperature]].astype(float).set_axis(["temperature_c"], axis=1)
    return MeterFile(name, load, weather)
