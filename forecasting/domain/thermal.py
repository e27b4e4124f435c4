"""Outdoor temperature on the load's grid: gaps filled by rule, memory of the building, degrees."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from forecasting.domain.contract import Known
from forecasting.domain.grid import DAY_S, Flags, Floats, Grid, Seconds, seconds
from forecasting.domain.lags import mean_where

BALANCE_C = 18.0  # between the heating base (15.5 to 18.3) and the cooling base (18.3 to 22) in common use
MEMORY_H = (8, 48)  # time constants of light walls and of a heavy building, hours
_DECAY_S = 2 * DAY_S  # an anomaly of the air temperature halves in about a day and a half
_BRIDGE_S = 6 * 3600  # a shorter gap is a straight line
_YEAR_S = 365.2425 * DAY_S
_RIDGE = 1e-3


@dataclass(frozen=True)
class Climate:
    """Ordinary temperature of a place by time of year and of day: harmonics fitted to its own record.

    Stands in where no temperature is known: the last anomaly fades over days (damped persistence), the
    ordinary course remains.
    """

    coefficients: tuple[float, ...]

    @classmethod
    def fitted(cls, temperature: "pd.Series[float]") -> "Climate":
        """Least squares on the known values; annual waves only when nine months or more are seen."""
        known = temperature.dropna()
        at = seconds(pd.DatetimeIndex(known.index))
        waves = _waves(at)
        if at[-1] - at[0] < 0.75 * _YEAR_S:
            waves[:, 3:] = 0
        gram = waves.T @ waves / len(at) + _RIDGE * np.diag([0.0, *[1.0] * (waves.shape[1] - 1)])
        return cls(tuple(np.linalg.solve(gram, waves.T @ known.to_numpy(dtype=np.float64) / len(at)).tolist()))

    def at(self, at_s: Seconds) -> Floats:
        """Ordinary temperature in °C at each instant."""
        return np.asarray(_waves(at_s) @ np.array(self.coefficients))


def climate_of(load: "pd.Series[float]", known: Known) -> Climate | None:
    """None where temperature covers less than half of the history: then a forecaster learns without it."""
    if known.weather is None or "temperature_c" not in known.weather:
        return None
    seen: pd.Series[float] = known.weather["temperature_c"].loc[load.index[0] : load.index[-1]].dropna()
    days = pd.DatetimeIndex(seen.index).floor("D").nunique()
    return Climate.fitted(seen) if 2 * days >= (load.index[-1] - load.index[0]) / pd.Timedelta(days=1) else None


def _waves(at_s: Seconds) -> Floats:
    day, year = 2 * np.pi * at_s / DAY_S, 2 * np.pi * at_s / _YEAR_S
    slow = [np.sin(year), np.cos(year), np.sin(2 * year), np.cos(2 * year)]
    tides = [slow[0] * np.sin(day), slow[0] * np.cos(day), slow[1] * np.sin(day), slow[1] * np.cos(day)]
    return np.stack([np.ones(len(at_s)), np.sin(day), np.cos(day), *slow, *tides], axis=1)


def on_grid(weather: pd.DataFrame | None, start_s: int, end_s: int, step_s: int, climate: Climate) -> Grid:
    """Temperature on a grid from start to end, without a gap.

    A finer record is averaged, a coarser one drawn as a line between its points; what stays unknown is
    the ordinary temperature plus the fading last anomaly.
    """
    at = np.arange(start_s, end_s, step_s, dtype=np.int64)
    usual = climate.at(at + step_s // 2)
    known = resampled(weather, at, step_s)
    anomaly = pd.Series(known - usual)
    seen = pd.Series(np.where(anomaly.notna(), at.astype(np.float64), np.nan)).ffill()
    fade = np.exp(-(at - seen.to_numpy()) / _DECAY_S)
    filled = anomaly.ffill().to_numpy() * fade
    return Grid(start_s, step_s, usual + np.where(np.isfinite(filled), filled, 0.0))


def resampled(weather: pd.DataFrame | None, at: Seconds, step_s: int) -> Floats:
    """Temperature of the intervals that begin at `at`, NaN where unknown for more than a short gap."""
    if weather is None or "temperature_c" not in weather:
        return np.full(len(at), np.nan)
    record = weather["temperature_c"].dropna()
    if record.empty:
        return np.full(len(at), np.nan)
    when, value = seconds(pd.DatetimeIndex(record.index)), record.to_numpy(dtype=np.float64)
    cell = (when - at[0]) // step_s
    inside = (cell >= 0) & (cell < len(at))
    count = np.bincount(cell[inside], minlength=len(at))
    total = np.bincount(cell[inside], weights=value[inside], minlength=len(at))
    mean = np.divide(total, count, out=np.full(len(at), np.nan), where=count > 0)
    spread = float(np.median(np.diff(when))) if len(when) > 1 else 0.0
    return _bridged(mean, at, when, value, max(_BRIDGE_S, 1.5 * spread))


def _bridged(mean: Floats, at: Seconds, when: Seconds, value: Floats, longest_s: float) -> Floats:
    after = np.searchsorted(when, at, side="right")
    between = (after > 0) & (after < len(when))
    gap = when[np.clip(after, 0, len(when) - 1)] - when[np.clip(after - 1, 0, None)]
    line = np.interp(at, when, value)
    return np.where(np.isnan(mean) & between & (gap <= longest_s), line, mean)


def features(temperature: Grid, at_s: Seconds) -> dict[str, Floats]:
    """Temperature columns for each instant: now, day mean, memory, degrees of the day."""
    series = pd.Series(temperature.values)
    steps_h = 3600 / temperature.step_s
    place = np.clip(temperature.position(at_s), 0, len(series) - 1)
    day = series.rolling(max(1, round(24 * steps_h)), min_periods=1).mean()
    columns: dict[str, Any] = {"temperature": series, "temperature_day": day}
    for hours in MEMORY_H:
        columns[f"temperature_memory_{hours}h"] = series.ewm(alpha=1 - np.exp(-1 / (hours * steps_h))).mean()
    columns["heating_degrees"] = (BALANCE_C - series).clip(lower=0).ewm(halflife=24 * steps_h).mean()
    columns["cooling_degrees"] = (series - BALANCE_C).clip(lower=0).ewm(halflife=24 * steps_h).mean()
    return {name: column.to_numpy()[place] for name, column in columns.items()}


def against(temperature: Grid, now: dict[str, Floats], when: Seconds, alike: Flags) -> dict[str, Floats]:
    """How much warmer it is than on the days that the forecast starts from (`when` and `alike`: rows x days)."""
    day = pd.Series(temperature.values).rolling(max(1, DAY_S // temperature.step_s), min_periods=1).mean().to_numpy()
    place = np.clip(temperature.position(when), 0, len(day) - 1)
    return {
        "warmer": now["temperature"] - mean_where(temperature.values[place], alike),
        "warmer_day": now["temperature_day"] - mean_where(day[place], alike),
        "warmer_than_last": now["temperature"] - temperature.values[place[:, 0]],
    }
