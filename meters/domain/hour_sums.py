"""Readings of one meter added up by hour, as PostgreSQL does it in meters.services.rollup_sql. Pure.

To the last bit: sums go from the first reading of the hour to the last (NumPy's own reduce would add in pairs), so
that a rebuild by the database finds nothing to write.
"""

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from meters.domain.buckets import HOUR_US, Hours
from meters.domain.intervals import ESTIMATED, SUSPECT

_S = 1_000_000
Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


def hour_sums(readings: pd.DataFrame, hours: Hours) -> pd.DataFrame:
    """A row for each hour: `start_at`, `length_s` and the columns of `meters_rollup`.

    `readings`: a checked frame in the order of its starts; `hours`: theirs, all of one phase.
    """
    first = np.flatnonzero(np.diff(hours.start_us, prepend=hours.start_us[0] - 1))
    group = np.repeat(np.arange(len(first)), np.diff(first, append=len(readings)))
    seconds = readings["interval_s"].to_numpy(dtype="int64")
    quality = readings["quality"].to_numpy()
    trusted = quality != SUSPECT
    starts = pd.to_datetime(hours.start_us[first], unit="us", utc=True)
    sums: dict[str, object] = {"start_at": starts, "length_s": np.full(len(first), HOUR_US // _S)}
    sums["readings_n"] = np.bincount(group)
    sums["longest_s"] = np.maximum.reduceat(seconds, first)
    for name, these in (("covered_s", trusted), ("estimated_s", quality == ESTIMATED), ("suspect_s", ~trusted)):
        sums[name] = _total(seconds, these, group, len(first))
    energy = _values(readings, "energy_kwh", trusted)
    known = ~np.isnan(energy)
    some = np.bincount(group[known], minlength=len(first)) > 0
    sums["energy_kwh"] = np.where(some, _total(energy, known, group, len(first)), np.nan)
    for name, unit, low, middle, high in _quantities(readings, trusted):
        known = ~np.isnan(middle)
        weight = _total(seconds, known, group, len(first))
        with np.errstate(invalid="ignore"):
            mean = _total(middle * seconds, known, group, len(first)) / np.where(weight > 0, weight, np.nan)
        sums[f"{name}_s"] = weight
        sums[f"{name}_min_{unit}"] = np.fmin.reduceat(low, first)
        sums[f"{name}_mean_{unit}"] = mean
        sums[f"{name}_max_{unit}"] = np.fmax.reduceat(high, first)
    whole = [name for name in sums if name.endswith(("_s", "_n"))]
    return pd.DataFrame(sums).astype(dict.fromkeys(whole, "int32"))


def _quantities(readings: pd.DataFrame, trusted: NDArray[np.bool_]) -> list[tuple[str, str, Floats, Floats, Floats]]:
    """Name, unit, lowest, mean and highest: of three voltages each its own, of three currents their sum."""
    power = _values(readings, "power_kw", trusted)
    volts = [_values(readings, name, trusted) for name in ("voltage_v", *_phases("voltage", "v"))]
    amperes = [_values(readings, name, trusted) for name in ("current_a", *_phases("current", "a"))]
    phases = np.array(volts[1:])
    present = (~np.isnan(phases)).sum(axis=0)
    added = sum((np.where(np.isnan(one), 0.0, one) for one in phases), np.zeros(len(readings)))
    with np.errstate(invalid="ignore", divide="ignore"):
        mean = np.where(np.isnan(volts[0]), added / np.where(present > 0, present, np.nan), volts[0])
    drawn = np.where(np.isnan(amperes[0]), amperes[1] + amperes[2] + amperes[3], amperes[0])
    low, high = np.fmin.reduce(volts), np.fmax.reduce(volts)
    return [
        ("power", "kw", power, power, power),
        ("voltage", "v", low, mean, high),
        ("current", "a", drawn, drawn, drawn),
    ]


def _phases(quantity: str, unit: str) -> tuple[str, ...]:
    return tuple(f"{quantity}_l{n}_{unit}" for n in (1, 2, 3))


def _values(readings: pd.DataFrame, name: str, trusted: NDArray[np.bool_]) -> Floats:
    if name not in readings:
        return np.full(len(readings), np.nan)
    return np.where(trusted, readings[name].to_numpy(dtype="float64"), np.nan)


def _total(values: NDArray[np.generic], these: NDArray[np.bool_], group: Ints, n: int) -> Floats:
    """One after the other, from the first."""
    totals = np.bincount(group[these], weights=values[these].astype(np.float64), minlength=n)
    return totals.astype(np.float64)
