"""A tidy table of weather, as people have it in files, into what is stored. Pure."""

import re

import numpy as np
import pandas as pd

from meters.domain.weather import COLUMNS, QUANTITIES, Weather

STAMPS = ("timestamp", "start_at", "start", "datetime", "time")
ALIASES = {"temperature": "temperature_c", "temp_c": "temperature_c", "humidity": "relative_humidity_pct"}
_OFFSET = re.compile(r"(?:Z|[+-]\d\d:?\d\d)$")
_SHOWN = 3


class BadWeatherTable(ValueError):
    """The table cannot be read; the message says why and what to do."""


def read_weather_table(raw: pd.DataFrame, *, zone: str, first_row: int = 2) -> Weather:
    """Read a table with a stamp (the interval's start), `temperature_c`, and perhaps more and `issued_at`.

    A stamp without offset is read as wall time of `zone`. Rows with `issued_at` are forecasts. Rows without a
    temperature are left out. Raises BadWeatherTable, naming the first rows that are wrong.
    """
    lower = {str(column).strip().lower(): str(column) for column in raw.columns}
    stamp = next((lower[name] for name in STAMPS if name in lower), None)
    names = {ALIASES.get(name, name): given for name, given in lower.items()}
    if stamp is None or "temperature_c" not in names:
        there = ", ".join(map(str, raw.columns)) or "none"
        raise BadWeatherTable(f"A file of weather needs the columns timestamp and temperature_c; there are: {there}.")
    frame = pd.DataFrame({"start_at": _instants(raw[stamp], zone, stamp, first_row)})
    for name in (name for name in COLUMNS if name in names):
        frame[name] = _numbers(raw[names[name]], name, first_row)
    if "issued_at" in names:
        frame["issued_at"] = _instants(raw[names["issued_at"]], zone, "issued_at", first_row)
    frame = frame[frame["temperature_c"].notna()].reset_index(drop=True)
    if "issued_at" in names:
        return Weather(forecasts=frame)
    return Weather(observations=frame)


def _numbers(cells: pd.Series, column: str, first_row: int) -> np.ndarray:
    blank = (cells.isna() | (cells.astype("string").str.strip() == "")).to_numpy(dtype=bool)
    values = pd.to_numeric(cells.where(~blank), errors="coerce").to_numpy(dtype="float64")
    lowest, highest = QUANTITIES[column]
    bad = ~blank & ~((values >= lowest) & (values <= highest))
    _refuse(bad, cells, column, first_row, f"is no number between {lowest:g} and {highest:g}")
    return values


def _instants(cells: pd.Series, zone: str, column: str, first_row: int) -> pd.Series:
    if isinstance(cells.dtype, pd.DatetimeTZDtype):
        return pd.Series(pd.DatetimeIndex(cells).tz_convert("UTC"))
    text = cells.astype("string").str.strip()
    aware = text.map(lambda one: bool(_OFFSET.search(one)), na_action="ignore").fillna(False).astype(bool)
    if aware.any() and not aware.all():
        raise BadWeatherTable(f"Some stamps of the column {column} have a UTC offset and some have none. Give all one.")
    parsed = pd.to_datetime(text, format="ISO8601", errors="coerce", utc=bool(aware.all()))
    _refuse(parsed.isna().to_numpy(dtype=bool), cells, column, first_row, "is no time like 2026-01-31 13:00")
    if not aware.all():
        wall = pd.DatetimeIndex(parsed)
        local = wall.tz_localize(zone, ambiguous=~wall.duplicated(), nonexistent="NaT")
        _refuse(np.asarray(local.isna()), cells, column, first_row, f"does not exist in {zone}: the clock jumped")
        parsed = pd.Series(local)
    return pd.Series(pd.DatetimeIndex(parsed).tz_convert("UTC"))


def _refuse(bad: np.ndarray, cells: pd.Series, column: str, first_row: int, reason: str) -> None:
    if not bad.any():
        return
    rows = np.flatnonzero(bad)
    told = "; ".join(f"row {first_row + row}: {str(cells.iloc[row])!r}" for row in rows[:_SHOWN])
    raise BadWeatherTable(f"{len(rows)} cells of the column {column} cannot be read, as one {reason}: {told}.")
