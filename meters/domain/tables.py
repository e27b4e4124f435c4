"""A tidy table of readings, as people have them in files, into the columns of a reading. Pure."""

from dataclasses import dataclass
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd

from meters.domain.quantities import COLUMNS

STAMPS = ("timestamp", "start_at", "start", "datetime", "time")
ALIASES = {
    "kwh": "energy_kwh",
    "kw": "power_kw",
    "voltage": "voltage_v",
    "current": "current_a",
    "kvarh": "reactive_kvarh",
}


class BadTable(ValueError):
    """The table as a whole cannot be read; the message says why and what to do."""


@dataclass(frozen=True)
class Fault:
    """One cell that cannot be read."""

    row: int
    column: str
    reason: str

    def __str__(self) -> str:
        return f"row {self.row}, column {self.column}: {self.reason}"


@dataclass(frozen=True)
class Table:
    """`frame` is what `store_readings` takes, less the rows with a fault and those without any value.

    `rows` gives for each row of `frame` its row in the file; `empty_n` counts rows without a value.
    """

    frame: pd.DataFrame
    rows: "pd.Series[int]"
    faults: list[Fault]
    empty_n: int


def read_table(raw: pd.DataFrame, *, zone: str | None, interval_s: int, first_row: int) -> Table:
    """Read a table of strings (or typed, out of Parquet) with one stamp column and one column for each quantity.

    A stamp without offset is read as wall time of `zone`. Where a clock change repeats an hour, the first row
    of a stamp is of the first pass and the second row of the second. `first_row` is the number of the first
    row in the file.
    """
    stamp_column, quantities = _columns(raw)
    faults: list[Fault] = []
    stamps = _stamps(raw[stamp_column], zone, stamp_column, first_row, faults)
    frame = pd.DataFrame({"start_at": stamps, "interval_s": interval_s})
    for given, name in quantities.items():
        frame[name] = _numbers(raw[given], str(given), first_row, faults)
    rows = pd.Series(np.arange(first_row, first_row + len(raw)))
    bad = rows.isin({fault.row for fault in faults})
    empty = frame[list(quantities.values())].isna().all(axis=1) & ~bad
    kept = ~bad & ~empty
    faults.sort(key=lambda fault: fault.row)
    return Table(frame[kept].reset_index(drop=True), rows[kept].reset_index(drop=True), faults, int(empty.sum()))


def _columns(raw: pd.DataFrame) -> tuple[str, dict[str, str]]:
    lower = {str(column).strip().lower(): str(column) for column in raw.columns}
    stamp = next((lower[name] for name in STAMPS if name in lower), None)
    names = {given: ALIASES.get(name, name) for name, given in lower.items()}
    quantities = {given: name for given, name in names.items() if name in COLUMNS}
    there = ", ".join(map(str, raw.columns)) or "none"
    if stamp is None:
        raise BadTable(
            f"There is no column {' or '.join(STAMPS[:2])}; there are: {there}. Rename the one of the start."
        )
    if not quantities:
        known = ", ".join([*ALIASES, *COLUMNS])
        raise BadTable(f"There is no column with readings; there are: {there}. Known are: {known}.")
    if len(set(quantities.values())) < len(quantities):
        raise BadTable(f"Two columns say the same: {', '.join(quantities)}. Leave one of them out.")
    return stamp, quantities


def _numbers(cells: pd.Series, column: str, first_row: int, faults: list[Fault]) -> np.ndarray:
    text = cells.astype("string").str.strip()
    blank = (cells.isna() | (text == "")).to_numpy(dtype=bool)
    values = pd.to_numeric(cells.where(~blank), errors="coerce").to_numpy(dtype="float64")
    unread = ~blank & ~np.isfinite(values)
    for position in np.flatnonzero(unread):
        faults.append(Fault(first_row + int(position), column, f"{str(cells.iloc[position])!r} is not a number"))
    return values


def _stamps(cells: pd.Series, zone: str | None, column: str, first_row: int, faults: list[Fault]) -> pd.DatetimeIndex:
    if pd.api.types.is_datetime64_any_dtype(cells.dtype):
        parsed = pd.Series(cells)
        aware = isinstance(cells.dtype, pd.DatetimeTZDtype)
    else:
        text = cells.astype("string").str.strip()
        offsets = text.str.contains(r"(?:Z|[+-]\d\d:?\d\d)$", regex=True, na=False)
        aware = bool(offsets.all())
        if offsets.any() and not aware:
            raise BadTable(f"Some stamps of the column {column} have a UTC offset and some have none. Give it to all.")
        parsed = pd.to_datetime(text, format="ISO8601", errors="coerce", utc=aware)
        for position in np.flatnonzero(parsed.isna()):
            reason = f"{str(cells.iloc[position])!r} is not a time like 2026-01-31 13:45 or 2026-01-31T13:45:00+01:00"
            faults.append(Fault(first_row + int(position), column, reason))
    if not aware:
        parsed = _from_wall_time(parsed, zone, column, first_row, faults)
    return pd.DatetimeIndex(parsed).tz_convert("UTC").as_unit("us")


def _from_wall_time(parsed: pd.Series, zone: str | None, column: str, first_row: int, faults: list[Fault]) -> pd.Series:
    if zone is None:
        raise BadTable(f"The stamps of the column {column} have no UTC offset. Say with --zone whose clock they show.")
    wall = pd.DatetimeIndex(parsed)
    first_pass = ~wall.duplicated()
    local = wall.tz_localize(ZoneInfo(zone), ambiguous=first_pass, nonexistent="NaT")
    for position in np.flatnonzero(pd.isna(local) & ~pd.isna(wall)):
        stamp = parsed.iloc[int(position)]
        reason = f"{stamp:%Y-%m-%d %H:%M} does not exist in {zone}: the clock was put forward"
        faults.append(Fault(first_row + int(position), column, reason))
    return pd.Series(local)
