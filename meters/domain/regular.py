"""From rows as they were stored to a regular series. Pure."""

from datetime import UTC, datetime, timedelta

import numpy as np
import pandas as pd

_US = 1_000_000
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_SUMS = frozenset({"energy_kwh", "reactive_kvarh"})
_COVERED = 0.999  # a grid step counts as covered from here on; stamps are whole seconds, sums of floats are not


def on_regular_grid(
    rows: pd.DataFrame, *, step_s: int, start: datetime, end: datetime, columns: tuple[str, ...]
) -> pd.DataFrame:
    """Values on the instants of `[start, end)` on the grid of the first row (of UTC, where there is none).

    Finer rows are joined, energies by their sum; a row astride an instant of the grid, as all are on the other side
    of Lord Howe's half-hour change, is shared out between the two steps. Missing is NaN. `rows`: `start_us` (since
    1970), `interval_s` and the columns, ordered, none twice.
    """
    step_us, first_us, end_us = step_s * _US, _us(start), _us(end)
    phase_us = int(rows["start_us"].iloc[0]) % step_us if len(rows) else 0
    grid_us = np.arange(first_us + (phase_us - first_us) % step_us, end_us, step_us, dtype="int64")
    index = pd.DatetimeIndex(pd.to_datetime(grid_us, unit="us", utc=True), name="start_at").as_unit("us")
    values = rows[list(columns)].to_numpy(dtype="float64")
    summed = np.array([column in _SUMS for column in columns])
    length_us = rows["interval_s"].to_numpy(dtype="int64") * _US
    since_us = rows["start_us"].to_numpy(dtype="int64") - (grid_us[0] if len(grid_us) else 0)
    off_us = since_us % step_us
    astride = (length_us <= step_us) & (off_us + length_us > step_us)
    if astride.any():  # the clock changed by half an hour (Lord Howe): a reading says the same of both its parts
        values, since_us, length_us = _split(
            values, since_us, length_us, np.where(astride, step_us - off_us, length_us), summed
        )
    place, off_us = np.divmod(since_us, step_us)
    fits = (place >= 0) & (place < len(grid_us)) & (off_us + length_us <= step_us)
    if (length_us[fits] == step_us).all():
        table = np.full((len(grid_us), len(columns)), np.nan)
        table[place[fits]] = values[fits]
    else:
        table = _joined(values[fits], place[fits], length_us[fits] / step_us, len(grid_us), summed)
    return pd.DataFrame(table, index=index, columns=list(columns))


def _split(
    values: np.ndarray,
    since_us: np.ndarray,
    length_us: np.ndarray,
    first_us: np.ndarray,
    summed: np.ndarray,
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Cut rows longer than their first part after it: means stay, sums are shared out by length."""
    astride = first_us < length_us
    parts = np.concatenate((first_us, (length_us - first_us)[astride]))
    starts = np.concatenate((since_us, (since_us + first_us)[astride]))
    both = np.concatenate((values, values[astride]))
    whole = np.concatenate((length_us, length_us[astride]))
    both[:, summed] *= (parts / whole)[:, None]
    return both, starts, parts


def hourly_mean(series: "pd.Series[float]") -> "pd.Series[float]":
    """The mean of each UTC-aligned hour; NaN where less than half of it was measured."""
    hours = series.resample("h")
    return hours.mean().where(hours.count() * 2 >= hours.size())


def _joined(values: np.ndarray, place: np.ndarray, share: np.ndarray, length: int, summed: np.ndarray) -> np.ndarray:
    """Means weighted by length, or sums, where the rows that have a value cover the whole step."""
    table = np.full((length, values.shape[1]), np.nan)
    for column in range(values.shape[1]):
        known = ~np.isnan(values[:, column])
        covered = np.bincount(place[known], weights=share[known], minlength=length)
        weight = np.ones(int(known.sum())) if summed[column] else share[known]
        total = np.bincount(place[known], weights=weight * values[known, column], minlength=length)
        whole = covered >= _COVERED
        table[whole, column] = total[whole] if summed[column] else total[whole] / covered[whole]
    return table


def _us(at: datetime) -> int:
    return (at - _EPOCH) // timedelta(microseconds=1)
