"""What an archetype shows: the embedded readings by the hour, in its own units, as a page prints them; and the truth.

`shown_rows` is what pages and files are made of, with whatever the active faults make of it. `true_rows` is what must
be stored of it in the end.
"""

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

import pandas as pd

from scraping.demo_portal.catalogue import DemoMeter
from scraping.demo_portal.replay import history_start, published_until, readings

SUMS = ("energy_kwh", "reactive_kvarh")
SOURCE_S = {"sceaux_15min": 900, "illinois_hourly": 3600}


@dataclass(frozen=True)
class Column:
    """One quantity as a site prints it: `value * factor + offset`, rounded to `decimals`, under `label`."""

    field: str
    label: str
    unit: str
    decimals: int = 3
    factor: float = 1.0
    offset: float = 0.0

    def printed(self, values: pd.Series) -> pd.Series:
        """Numbers as the site shows them."""
        return (values * self.factor + self.offset).round(self.decimals)

    def meant(self, values: pd.Series) -> pd.Series:
        """The printed numbers in the unit of the field."""
        return (values - self.offset) / self.factor


@lru_cache(maxsize=64)
def _measured(meter: DemoMeter, first: date, last: date, until: datetime) -> pd.DataFrame:
    """Whole intervals of the local days that have ended by `until`; energy is NaN where a part of it is."""
    fine = replace(meter, interval_s=SOURCE_S[meter.source])
    lag = timedelta(minutes=15)
    frame = readings(fine, first, last, until + lag).astype("float64")
    if fine.interval_s == meter.interval_s:
        return frame
    bins = frame.resample(pd.Timedelta(seconds=meter.interval_s), origin="start_day")
    whole = bins.mean()
    for field in set(SUMS) & set(frame.columns):
        whole[field] = bins[field].sum(min_count=meter.interval_s // fine.interval_s)
    return whole


def true_frame(meter: DemoMeter, columns: tuple[Column, ...], first: date, last: date, now: datetime) -> pd.DataFrame:
    """Printed numbers of the local days: index interval start in the meter's zone, a column for each field."""
    first = max(first, history_start(meter, now))
    if last < first:
        return pd.DataFrame(columns=[column.field for column in columns], index=pd.DatetimeIndex([], tz=meter.zone))
    frame = _measured(meter, first, last, published_until(meter, now))
    return pd.DataFrame({column.field: column.printed(frame[column.field]) for column in columns}, index=frame.index)


def true_rows(
    meter: DemoMeter, columns: tuple[Column, ...], start: datetime, end: datetime, now: datetime
) -> pd.DataFrame:
    """`start_at` (UTC) and the fields in their own units, intervals in `[start, end)` with any value at all."""
    zone = ZoneInfo(meter.zone)
    last = (end - timedelta(microseconds=1)).astimezone(zone).date()
    printed = true_frame(meter, columns, start.astimezone(zone).date(), last, now)
    known = pd.DataFrame({column.field: column.meant(printed[column.field]) for column in columns}).dropna(how="all")
    known = known[(known.index >= pd.Timestamp(start)) & (known.index < pd.Timestamp(end))]
    known.insert(0, "start_at", pd.DatetimeIndex(known.index).tz_convert(UTC).as_unit("us"))
    return known.reset_index(drop=True)


def midnight(day: date, zone: str) -> datetime:
    """Start of the local day, aware."""
    return datetime.combine(day, time(), ZoneInfo(zone))
