"""The state of the supply: bands after EN 50160, trends, minutes outside. Pure."""

from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np
import pandas as pd

BAND_WORDS = ("in band", "low", "high")
TREND_WINDOW = timedelta(hours=3)
STEADY_V_PER_H = 0.5
STEADY_A_PER_H = 0.5
STEADY_KW_PER_H = 0.1
_FEWEST_POINTS = 3


@dataclass(frozen=True)
class Trend:
    """How fast a quantity changes, in its unit per hour, and the word for it: rising, steady or falling."""

    per_hour: float
    word: str


@dataclass(frozen=True)
class PhaseStatus:
    """One phase now; `name` is "L1".."L3", or "L" for a meter of one phase."""

    name: str
    voltage_v: float | None
    current_a: float | None
    word: str | None
    minutes_out: float


@dataclass(frozen=True)
class GridStatus:
    """The last reading and the day before it. What the meter does not measure is None or empty.

    `at` starts the last reading, `through_at` ends it, `age` is the time since. `word` is the worst phase's.
    The 24 h series end at `through_at`: UTC index, regular, gaps NaN.
    """

    at: datetime
    through_at: datetime
    age: timedelta
    band_v: tuple[float, float]
    voltage_v: float | None
    current_a: float | None
    power_kw: float | None
    power_factor: float | None
    frequency_hz: float | None
    word: str | None
    phases: list[PhaseStatus]
    voltage_trend: Trend | None
    current_trend: Trend | None
    power_trend: Trend | None
    minutes_out_24h: float | None
    minutes_known_24h: float | None
    voltage_24h: "dict[str, pd.Series[float]]"
    current_24h: "dict[str, pd.Series[float]]"
    power_24h: "pd.Series[float]"


def band_word(voltage_v: float, band_v: tuple[float, float]) -> str:
    """One of BAND_WORDS; the limits themselves are in the band."""
    low, high = band_v
    return "low" if voltage_v < low else "high" if voltage_v > high else "in band"


def worst_word(words: list[str]) -> str | None:
    """ "low" before "high" before "in band"; None for none."""
    return next((word for word in ("low", "high", "in band") if word in words), None)


def trend(series: "pd.Series[float]", *, steady: float) -> Trend | None:
    """Least-squares slope over the last three hours of the series; None below three values."""
    if series.empty:
        return None
    known = series[series.index > series.index[-1] - TREND_WINDOW].dropna()
    if len(known) < _FEWEST_POINTS:
        return None
    hours = (known.index - known.index[0]) / pd.Timedelta(hours=1)
    slope = float(np.polyfit(hours.to_numpy(dtype="float64"), known.to_numpy(), 1)[0])
    return Trend(slope, "rising" if slope > steady else "falling" if slope < -steady else "steady")


def minutes_outside(voltage: "pd.Series[float]", band_v: tuple[float, float], step: timedelta) -> float:
    """Minutes of the series outside the band; unknown ones count neither way."""
    low, high = band_v
    return float(((voltage < low) | (voltage > high)).sum()) * step.total_seconds() / 60


def power_factor_of(energy_kwh: float | None, reactive_kvarh: float | None) -> float | None:
    """Active over apparent energy, where the meter gives reactive energy but no power factor."""
    if energy_kwh is None or reactive_kvarh is None:
        return None
    apparent = float(np.hypot(energy_kwh, reactive_kvarh))
    return energy_kwh / apparent if apparent else None
