"""How forecasts turned out, from every side. Pure.

`points`: a UTC index of interval starts, QUANTILES, `actual` (NaN where nothing came) and `lead_h`, the hours from
the data cut-off to the interval. An interval may stand in it several times, forecast from several cut-offs.
"""

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import numpy.typing as npt
import pandas as pd

from forecasting.domain.quantiles import MEDIAN, QUANTILES

NEAR = timedelta(hours=1)
WHOLE_DAY = 0.8
BIN_C = 5.0


@dataclass(frozen=True)
class Peaks:
    """Local days whose highest load was forecast: how many, how many within an hour, the mean error of its height."""

    days_n: int
    hits_n: int
    error_kw: float | None


def peaks(actual: "pd.Series[float]", median: "pd.Series[float]", zone: str) -> Peaks:
    """Compare the daily peaks of one run; days of which less than 80 % came (or was forecast) are left out."""
    both = pd.DataFrame({"actual": actual, "median": median}).dropna()
    if len(actual) < 2:
        return Peaks(0, 0, None)
    step = pd.Timedelta(actual.index[1] - actual.index[0])
    local = pd.DatetimeIndex(both.index).tz_convert(zone)
    hits, errors = 0, []
    for _, day in both.groupby(np.asarray(local.date)):
        if len(day) * step < WHOLE_DAY * timedelta(days=1):
            continue
        apart = abs(day["actual"].idxmax() - day["median"].idxmax())  # type: ignore[operator]  # two instants
        hits += apart <= NEAR
        errors.append(abs(float(day["actual"].max() - day["median"].max())))
    return Peaks(len(errors), hits, float(np.mean(errors)) if errors else None)


def by_lead(points: pd.DataFrame) -> pd.DataFrame:
    """`mae_kw`, `coverage80` and `n` by whole hours of lead."""
    known = points.dropna(subset=["actual"])
    return _grouped(known, np.floor(known["lead_h"].to_numpy(dtype=np.float64)), "lead_h")


def by_temperature(points: pd.DataFrame, temperature_c: "pd.Series[float]") -> pd.DataFrame:
    """The same by steps of 5 degrees of what was observed; empty without weather."""
    known = points.dropna(subset=["actual"])
    hourly = temperature_c.dropna().resample("h").mean()
    there = hourly.reindex(pd.DatetimeIndex(known.index).floor("h")).to_numpy(dtype=np.float64)
    met = np.isfinite(there)
    return _grouped(known[met], np.floor(there[met] / BIN_C) * BIN_C, "from_c")


def by_hour_and_weekday(points: pd.DataFrame, zone: str) -> npt.NDArray[np.float64]:
    """Mean absolute error in kW, hours of the local clock by weekdays (24, 7); NaN where nothing came."""
    known = points.dropna(subset=["actual"])
    local = pd.DatetimeIndex(known.index).tz_convert(zone)
    slot = local.hour.to_numpy() * 7 + local.day_of_week.to_numpy()
    error = np.abs((known[MEDIAN] - known["actual"]).to_numpy(dtype=np.float64))
    count = np.bincount(slot, minlength=168)
    total = np.bincount(slot, weights=error, minlength=168)
    mean: npt.NDArray[np.float64] = np.divide(total, count, out=np.full(168, np.nan), where=count > 0)
    return mean.reshape(24, 7)


def calibration(points: pd.DataFrame) -> pd.DataFrame:
    """`below`: for each quantile the share of what came that was not above it; `n` intervals."""
    known = points.dropna(subset=["actual"])
    came = known["actual"].to_numpy(dtype=np.float64)[:, None]
    below = (came <= known[list(QUANTILES)].to_numpy(dtype=np.float64)).mean(axis=0) if len(known) else np.nan
    return pd.DataFrame({"below": below, "n": len(known)}, index=pd.Index(QUANTILES, name="quantile"))


@dataclass(frozen=True)
class WorstDay:
    """A local day on which the forecast failed most."""

    day: date
    mae_kw: float
    actual_kwh: float
    forecast_kwh: float
    outside: float


def worst_days(points: pd.DataFrame, zone: str, *, interval_s: int, most: int = 6) -> list[WorstDay]:
    """Days by their mean absolute error, the worst first; days of which less than 80 % came are left out."""
    known = points.dropna(subset=["actual"])
    known = known[~known.index.duplicated(keep="last")]
    local = np.asarray(pd.DatetimeIndex(known.index).tz_convert(zone).date)
    hours, found = interval_s / 3600, []
    for day, rows in known.groupby(local):
        if len(rows) * interval_s < WHOLE_DAY * 86_400:
            continue
        outside = (rows["actual"] < rows[0.1]) | (rows["actual"] > rows[0.9])
        mae = float((rows["actual"] - rows[MEDIAN]).abs().mean())
        energy = float(rows["actual"].sum() * hours), float(rows[MEDIAN].sum() * hours)
        found.append(WorstDay(day, mae, *energy, float(outside.mean())))  # type: ignore[arg-type]  # a date, typed as Hashable
    return sorted(found, key=lambda one: -one.mae_kw)[:most]


def _grouped(known: pd.DataFrame, key: npt.NDArray[np.float64], name: str) -> pd.DataFrame:
    inside = (known["actual"] >= known[0.1]) & (known["actual"] <= known[0.9])
    table = pd.DataFrame(
        {
            "error": np.abs((known[MEDIAN] - known["actual"]).to_numpy(dtype=np.float64)),
            "inside": inside.to_numpy(dtype=np.float64),
        }
    )
    groups = table.groupby(pd.Index(key, name=name))
    return pd.DataFrame({"mae_kw": groups["error"].mean(), "coverage80": groups["inside"].mean(), "n": groups.size()})
