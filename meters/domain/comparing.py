"""Two periods on one local clock, bucket by bucket. Pure."""

from dataclasses import dataclass
from datetime import date
from typing import Literal
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd

Bucket = Literal["hour", "day", "month"]
LONGEST_BY_HOUR, LONGEST_BY_DAY = 7, 62


@dataclass(frozen=True)
class Tally:
    """One period of a comparison: `mean_kw` of the `known` of `expected` intervals; None without any."""

    mean_kw: float | None
    energy_kwh: float | None
    known: int
    expected: int


def bucket_for(days: int) -> Bucket:
    """By hours up to a week, by days up to two months, by months beyond."""
    return "hour" if days <= LONGEST_BY_HOUR else "day" if days <= LONGEST_BY_DAY else "month"


def by_bucket(power_kw: "pd.Series[float]", *, first: date, zone: ZoneInfo, bucket: Bucket) -> "pd.Series[float]":
    """Mean power by the number of the bucket, counted on the local clock from midnight of `first`.

    Bucket 26 of two periods is 02:00 of the second day in both, whatever the clocks did before it; an hour that
    comes twice is one bucket.
    """
    known = power_kw.dropna()
    wall = pd.DatetimeIndex(known.index).tz_convert(zone).tz_localize(None)
    if bucket == "month":
        number = np.asarray((wall.year - first.year) * 12 + wall.month - first.month)
    else:
        width = pd.Timedelta(hours=1) if bucket == "hour" else pd.Timedelta(days=1)
        number = np.asarray((wall - pd.Timestamp(first)) // width)
    return pd.Series(known.to_numpy(dtype=float)).groupby(number).mean()


def tally(power_kw: "pd.Series[float]", *, step_s: int, expected: int) -> Tally:
    """What was measured, and how much of it."""
    known = power_kw.dropna()
    if known.empty:
        return Tally(None, None, 0, expected)
    return Tally(float(known.mean()), float(known.sum()) * step_s / 3600, len(known), expected)
