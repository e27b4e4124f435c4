"""Read loads and weather out of tidy files: `timestamp` (UTC, interval start), a load column and what more there is."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd

from forecasting.domain.errors import BadSeries

# column -> kW for one unit of it, whether it is energy of the interval rather than mean power, unit of its mean power
LOADS = {
    "power_kw": (1.0, False, "kW"),
    "mean_mw": (1000.0, False, "MW"),
    "kwh": (1.0, True, "kW"),
    "energy_kwh": (1.0, True, "kW"),
}
TEMPERATURES = ("temperature_c", "temperature_c_daily")
_ON_GRID = 0.9  # of the stamps; fewer, and the file is no series of equal intervals


@dataclass(frozen=True)
class MeterFile:
    """One meter of a file: regular UTC load, gaps NaN, in kW or in `unit`; `weather` as `Known` wants it."""

    meter: str
    load: "pd.Series[float]"
    weather: pd.DataFrame | None
    holidays: frozenset[date] = frozenset()
    unit: str = "kW"

    def averaged(self, step: pd.Timedelta) -> "MeterFile":
        """The same in longer intervals, each the mean of what is known of it, unknown where half of it is missing."""
        own = pd.Timedelta(self.load.index[1] - self.load.index[0])
        if own >= step:
            return self
        if step % own:
            raise BadSeries(f"Meter {self.meter} has intervals of {own}, which do not fill {step}.")
        cells = self.load.resample(step)
        known = cells.count() > step / own / 2
        return replace(self, load=cells.mean().where(known))


def read_loads(path: Path, *, load: str | None = None, in_kw: bool = True, zone: str = "UTC") -> Iterator[MeterFile]:
    """Every meter of a Parquet or CSV file; raises BadSeries with a sentence for a file that is not one.

    `load` names the load column, by default the first of LOADS that is there; one of another name is taken as mean
    power. `in_kw=False` leaves power in its own unit. Days of `zone` whose `holiday` holds by half are holidays.
    """
    table = _table(path)
    column = load or next((name for name in LOADS if name in table), None)
    if "timestamp" not in table or column is None or column not in table:
        wanted = load or f"one of {', '.join(LOADS)}"
        raise BadSeries(
            f"{path.name} needs a column timestamp and {wanted}; it has {', '.join(map(str, table))}. "
            "Another load column is named by --load."
        )
    table = _numbers(_stamped(path, table), path, [column, *[name for name in TEMPERATURES if name in table]])
    named = table["meter_id"].astype(str) if "meter_id" in table else pd.Series("meter", index=table.index)
    for meter, rows in table.groupby(named, sort=True):
        yield _meter(str(meter), _in_order(rows), column, in_kw=in_kw, zone=zone)


def read_weather(path: Path) -> pd.DataFrame:
    """Weather by UTC instant, with a column temperature_c; raises BadSeries with a sentence."""
    table = _table(path)
    if "timestamp" not in table or "temperature_c" not in table:
        raise BadSeries(
            f"{path.name} needs the columns timestamp and temperature_c; it has {', '.join(map(str, table))}."
        )
    table = _numbers(_stamped(path, table), path, ["temperature_c"])
    rows = _in_order(table)
    if not len(rows):
        raise BadSeries(f"{path.name} has no row.")
    return rows.select_dtypes("number").astype(float)


def _table(path: Path) -> pd.DataFrame:
    if not path.exists():
        raise BadSeries(f"There is no file {path}.")
    try:
        return pd.read_csv(path) if path.suffix == ".csv" else pd.read_parquet(path)
    except (ValueError, OSError) as error:
        raise BadSeries(f"{path.name} can be read neither as Parquet nor as .csv: {error}") from error


def _stamped(path: Path, table: pd.DataFrame) -> pd.DataFrame:
    table = table.dropna(subset=["timestamp"])  # a wall time that the spring night skipped has no UTC instant
    if pd.api.types.is_numeric_dtype(table["timestamp"]):
        raise BadSeries(f"{path.name}: the timestamp is a number; it must be a date and time in UTC.")
    table = table.assign(timestamp=pd.to_datetime(table["timestamp"], utc=True, errors="coerce"))
    if table["timestamp"].isna().any():
        row = int(table.index[np.flatnonzero(table["timestamp"].isna())[0]]) + 2
        raise BadSeries(f"{path.name}, row {row}: the timestamp cannot be read.")
    return table


def _in_order(table: pd.DataFrame) -> pd.DataFrame:
    return table.drop_duplicates("timestamp", keep="last").set_index("timestamp").sort_index()


def _numbers(table: pd.DataFrame, path: Path, columns: list[str]) -> pd.DataFrame:
    for column in columns:
        try:
            values = table[column].astype(float)
        except (ValueError, TypeError) as error:
            raise BadSeries(f"{path.name}: the column {column} holds something that is no number: {error}.") from error
        table = table.assign(**{column: values.where(np.isfinite(values))})
    return table


def _meter(name: str, rows: pd.DataFrame, column: str, *, in_kw: bool, zone: str) -> MeterFile:
    index = pd.DatetimeIndex(rows.index)
    if len(index) < 2:
        raise BadSeries(f"Meter {name} has fewer than two readings.")
    step = pd.Timedelta(index.to_series().diff().mode().iloc[0])
    grid = pd.date_range(index[0], index[-1], freq=step)
    if len(grid.intersection(index)) < _ON_GRID * len(index):
        raise BadSeries(f"Meter {name}: the timestamps are not the starts of intervals of one length (mostly {step}).")
    per_unit, is_energy, unit = LOADS.get(column, (1.0, False, column))
    factor = (per_unit if in_kw else 1.0) * (3600 / step.total_seconds() if is_energy else 1.0)
    load = (rows[column] * factor).reindex(grid).rename("power_kw")
    temperature = next((known for known in TEMPERATURES if known in rows), None)
    weather = rows[[temperature]].set_axis(["temperature_c"], axis=1) if temperature else None
    return MeterFile(name, load, weather, _holidays(rows, zone), "kW" if in_kw else unit)


def _holidays(rows: pd.DataFrame, zone: str) -> frozenset[date]:
    if "holiday" not in rows:
        return frozenset()
    told = rows["holiday"].astype(float).fillna(0.0)
    share = told.groupby(np.asarray(pd.DatetimeIndex(rows.index).tz_convert(zone).date)).mean()
    return frozenset(share.index[share.to_numpy() >= 0.5])
