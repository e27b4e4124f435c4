"""From rows as they were stored to a regular series. Pure."""

from datetime import UTC, datetime, timedelta

import numpy as np
import pandas as pd

_US = 1_000_000
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_COVERED = 0.999  # a grid step counts as covered from here on; stamps are whole seconds, sums of floats are not


def on_regular_grid(
    rows: pd.DataFrame, *, step_s: int, start: datetime, end: datetime, columns: tuple[str, ...]
) -> pd.DataFrame:
    """Values on the instants of `[start, end)` that lie on the grid of the rows (of UTC, where there is none).

    `rows`: `start_us` (since 1970), `interval_s` and the columns, ordered, none twice. Missing is NaN.
    """
    step_us, first_us, end_us = step_s * _US, _us(start), _us(end)
    phase_us = int(rows["start_us"].iloc[0]) % step_us if len(rows) else 0
    grid_us = np.arange(first_us + (phase_us - first_us) % step_us, end_us, step_us, dtype="int64")
    index = pd.DatetimeIndex(pd.to_datetime(grid_us, unit="us", utc=True), name="start_at").as_unit("us")
    place, off = np.divmod(rows["start_us"].to_numpy(dtype="int64") - (grid_us[0] if len(grid_us) else 0), step_us)
    length_us = rows["interval_s"].to_numpy(dtype="int64") * _US
    fits = (place >= 0) & (place < len(grid_us)) & (off + length_us <= step_us)
    values = rows.loc[fits, list(columns)].to_numpy(dtype="float64")
    if (length_us[fits] == step_us).all():
        table = np.full((len(grid_us), len(columns)), np.nan)
        table[place[fits]] = values
    else:
        table = _averaged(values, place[fits], length_us[fits] / step_us, len(grid_us))
    return pd.DataFrame(table, index=index, columns=list(columns))


def hourly_mean(series: "pd.Series[float]") -> "pd.Series[float]":
    """The mean of each UTC-aligned hour; NaN where less than half of it was measured."""
    hours = series.resample("h")
    return hours.mean().where(hours.count() * 2 >= hours.size())


def _averaged(values: np.ndarray, place: np.ndarray, share: np.ndarray, length: int) -> np.ndarray:
    """Means weighted by length, where the rows that have a value cover the whole step."""
    table = np.full((length, values.shape[1]), np.nan)
    for column in range(values.shape[1]):
        known = ~np.isnan(values[:, column])
        covered = np.bincount(place[known], weights=share[known], minlength=length)
        total = np.bincount(place[known], weights=share[known] * values[known, column], minlength=length)
        whole = covered >= _COVERED
        table[whole, column] = total[whole] / covered[whole]
    return table


def _us(at: datetime) -> int:
    return (at - _EPOCH) // timedelta(microseconds=1)
