"""Hours on a site's clock. Pure.

Hours of the clock, not of UTC: in Nepal (+5:45) they begin at a quarter past, and local days are made of whole
ones. Where a clock change is no whole number of hours (Lord Howe: 30 minutes), the hour that is cut is shorter.
"""

from dataclasses import dataclass
from datetime import datetime

import numpy as np
import pandas as pd

HOUR_US = 3_600_000_000
_S = 1_000_000


@dataclass(frozen=True)
class Hours:
    """For each instant its hour: `start_us` since 1970; `phase_us` past a full UTC hour, None where that changes."""

    start_us: np.ndarray
    length_us: np.ndarray
    phase_us: int | None


def local_hours(starts: "pd.Series[pd.Timestamp]", zone: str) -> Hours:
    """The hours that the instants lie in."""
    index = pd.DatetimeIndex(starts).as_unit("us")
    instant_us = index.asi8
    offset_us = _offsets(index, zone)
    phases = np.unique(offset_us % HOUR_US)
    begins_us = (instant_us + offset_us) // HOUR_US * HOUR_US - offset_us
    length_us = np.full(len(index), HOUR_US, dtype="int64")
    if len(phases) <= 1:
        return Hours(begins_us, length_us, int(-phases[0] % HOUR_US) if len(phases) else 0)
    then_us = _offsets(pd.DatetimeIndex(pd.to_datetime(begins_us, unit="us", utc=True)), zone)
    cut_us = np.abs(offset_us - then_us) % HOUR_US  # the clock changed within it: it began with the change
    return Hours(begins_us + cut_us, length_us - cut_us, None)


def runs_of_hours(meter_ids: np.ndarray, hours: Hours) -> pd.DataFrame:
    """`meter_id`, `start_at`, `end_at`: the hours, each once, joined where one follows the other."""
    keys = pd.DataFrame({"meter_id": meter_ids, "start": hours.start_us, "end": hours.start_us + hours.length_us})
    ordered = keys.drop_duplicates().sort_values(["meter_id", "start"], ignore_index=True)
    new = (ordered["meter_id"] != ordered["meter_id"].shift()) | (ordered["start"] != ordered["end"].shift())
    runs = ordered.groupby(new.cumsum().to_numpy()).agg(
        meter_id=("meter_id", "first"), start_at=("start", "first"), end_at=("end", "last")
    )
    for name in ("start_at", "end_at"):
        runs[name] = pd.to_datetime(runs[name], unit="us", utc=True)
    return runs.astype({"meter_id": "int64"}).reset_index(drop=True)


def whole_hours(spans: list[tuple[datetime, datetime]], zone: str) -> pd.DataFrame:
    """`start_at`, `end_at`: the spans made wider to whole hours, ordered, joined where they touch."""
    edges = pd.Series(pd.DatetimeIndex(pd.to_datetime([at for span in spans for at in span], utc=True)).as_unit("us"))
    hours = local_hours(edges, zone)
    begins_us = hours.start_us[::2]
    last_us, length_us = hours.start_us[1::2], hours.length_us[1::2]
    inside = last_us < pd.DatetimeIndex(edges).asi8[1::2]
    wide = pd.DataFrame({"start": begins_us, "end": np.where(inside, last_us + length_us, last_us)})
    wide = wide.sort_values("start", ignore_index=True)
    new = ~(wide["start"] <= wide["end"].cummax().shift())
    joined = wide.groupby(new.cumsum().to_numpy()).agg(start=("start", "min"), end=("end", "max"))
    stamps = {f"{name}_at": pd.to_datetime(joined[name], unit="us", utc=True) for name in ("start", "end")}
    return pd.DataFrame(stamps).reset_index(drop=True)


def phase_between(first: pd.Timestamp, last: pd.Timestamp, zone: str) -> int | None:
    """How far past a full UTC hour every hour of the period begins; None where that changes within it."""
    days = pd.Series(pd.date_range(first, last, freq="D").append(pd.DatetimeIndex([first, last])))
    return local_hours(days, zone).phase_us


def _offsets(index: pd.DatetimeIndex, zone: str) -> np.ndarray:
    """The clock less UTC, in microseconds."""
    local = index.tz_convert(zone).tz_localize(None).as_unit("us").asi8
    return np.asarray(local - index.as_unit("us").asi8)
