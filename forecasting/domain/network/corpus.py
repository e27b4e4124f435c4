"""The training data: which meters teach, which choose, which are only ever tested; and which hours are no use."""

import hashlib
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from forecasting.domain.errors import BadSeries
from forecasting.domain.grid import Seconds, seconds
from forecasting.domain.network.calendar_table import HOUR_S

F32 = NDArray[np.float32]

SHARES = {"university": (0.10, 0.12), "household": (0.10, 0.15)}  # of the meters: validation, test
TWINS = {"b118": "b60"}  # two names of one building (hourly changes correlate at 0.998) are given one role
FIRST = pd.Timestamp("2012-12-01", tz="UTC")  # a month before the first reading: contexts may begin earlier
LAST = pd.Timestamp("2023-01-08", tz="UTC")
_FLAT_H = 24  # a run of one value at least this long (above 0) is a stuck meter


@dataclass(frozen=True)
class Corpus:
    """`load` (meters, hours from FIRST) in kW, NaN unknown; `place` is the row of `temperature` (places, hours)."""

    names: tuple[str, ...]
    kinds: tuple[str, ...]
    roles: tuple[str, ...]
    place: Seconds
    load: F32
    temperature: F32

    def meters(self, role: str, kind: str | None = None) -> Seconds:
        """Row numbers of the meters of a role: train, validation or test."""
        match = [r == role and kind in (None, k) for r, k in zip(self.roles, self.kinds, strict=True)]
        return np.flatnonzero(match)


def role_of(kind: str, meter: str) -> str:
    """By a hash of the meter's name, so that nobody chose them and adding meters moves none."""
    place = int(hashlib.sha256(f"{kind}:{TWINS.get(meter, meter)}".encode()).hexdigest()[:8], 16) / 16**8
    validation, test = SHARES[kind]
    if place < validation:
        return "validation"
    return "test" if place < validation + test else "train"


def read(folder: Path, roles: tuple[str, ...] = ("train", "validation")) -> Corpus:
    """Cambridge and London by the hour, without the meters of other roles. Raises BadSeries for a missing file."""
    sets = (("university", "cambridge_hourly", 1), ("household", "london_households_30min", 2))
    names, kinds, places, rows = list[str](), list[str](), list[int](), list[F32]()
    for place, (kind, stem, per_hour) in enumerate(sets):
        table = _parquet(folder / f"{stem}.parquet")
        for meter, some in table.groupby(table["meter_id"].astype(str), sort=True):
            if role_of(kind, str(meter)) in roles:
                names.append(str(meter))
                kinds.append(kind)
                places.append(place)
                rows.append(cleaned(_hourly(some, per_hour)))
    weather = [_weather(folder / f"{stem}.parquet") for stem in ("cambridge_weather_hourly", "london_weather_hourly")]
    roles_of = tuple(role_of(kind, name) for kind, name in zip(kinds, names, strict=True))
    return Corpus(tuple(names), tuple(kinds), roles_of, np.array(places), np.stack(rows), np.stack(weather))


def hours() -> int:
    """Length of the axis."""
    return int((LAST - FIRST).total_seconds()) // HOUR_S


def cleaned(load: F32) -> F32:
    """Without runs of one value and without hours ten times above what 99.5 % of the hours stay under."""
    found = load.copy()
    change = np.flatnonzero(np.diff(load, prepend=np.nan) != 0)
    for start, length in zip(change, np.diff(change, append=len(load)), strict=True):
        if length >= _FLAT_H and np.isfinite(load[start]) and load[start] != 0:
            found[start : start + length] = np.nan
    if np.isfinite(found).any():
        found[found > 10 * np.nanpercentile(found, 99.5)] = np.nan
    return found


def usual_errors(load: F32, least_known: float = 0.9) -> F32:
    """RMSE in kW of the persistence ensemble in each calendar year, by meter: (meters, years from FIRST's).

    NaN for a year of which less is known (the protocol wants nine tenths), and where the ensemble never errs.
    """
    years = (FIRST + pd.to_timedelta(np.arange(load.shape[1]), unit="h")).year.to_numpy()
    found = np.full((len(load), years[-1] - years[0] + 1), np.nan, dtype=np.float32)
    for row, values in enumerate(load):
        ensemble = np.mean([np.roll(values, 24 * day) for day in range(1, 8)], axis=0)
        wrong = (values - ensemble) ** 2
        for number, year in enumerate(range(years[0], years[-1] + 1)):
            mine = years == year
            enough = mine.sum() > 8000 and np.isfinite(values[mine]).mean() >= least_known
            if enough and np.nanmean(wrong[mine]) > 0:
                found[row, number] = np.sqrt(np.nanmean(wrong[mine]))
    return found


def _parquet(path: Path) -> pd.DataFrame:
    if not path.exists():
        raise BadSeries(f"There is no file {path}; name the folder of the training data with --data.")
    return pd.read_parquet(path)


def _hourly(rows: pd.DataFrame, per_hour: int) -> F32:
    """kWh of intervals to kW of hours; an hour with a reading missing is missing."""
    values = np.full(hours() * per_hour, np.nan, dtype=np.float32)
    at = (seconds(pd.DatetimeIndex(rows["timestamp"])) - int(FIRST.timestamp())) * per_hour // HOUR_S
    inside = (at >= 0) & (at < len(values))
    values[at[inside]] = rows["kwh"].to_numpy()[inside]
    return np.asarray(values.reshape(-1, per_hour).sum(axis=1))


def _weather(path: Path) -> F32:
    return _hourly(_parquet(path).rename(columns={"temperature_c": "kwh"}), 1)
