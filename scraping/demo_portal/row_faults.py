"""Faults in the readings themselves: what a page or a file of an archetype is made of is changed before it is printed.

Each takes the printed frame (index: interval starts in the meter's zone), the meter and the portal's clock.
"""

from collections.abc import Callable
from datetime import datetime, timedelta

import pandas as pd

from scraping.demo_portal.catalogue import DemoMeter

RowChange = Callable[[pd.DataFrame, DemoMeter, datetime], pd.DataFrame]


def duplicate_rows(frame: pd.DataFrame, _meter: DemoMeter, now: datetime) -> pd.DataFrame:
    """The rows of the day before yesterday stand there twice, one after the other."""
    again = frame[_is_day(frame, now, back=2)]
    return pd.concat([frame, again]).sort_index(kind="stable")


def out_of_order_rows(frame: pd.DataFrame, _meter: DemoMeter, _now: datetime) -> pd.DataFrame:
    """Every second row first, then the others, from the last to the first."""
    return pd.concat([frame.iloc[::2], frame.iloc[1::2][::-1]])


def revised_rows(frame: pd.DataFrame, _meter: DemoMeter, now: datetime) -> pd.DataFrame:
    """The first quantity of the day before yesterday is a tenth higher than the customer was first told."""
    changed = frame.copy()
    changed.loc[_is_day(frame, now, back=2), frame.columns[0]] *= 1.1
    return changed.round(4)


def future_rows(frame: pd.DataFrame, meter: DemoMeter, now: datetime) -> pd.DataFrame:
    """Six hours of the day after tomorrow stand at the end of what is newest."""
    if frame.empty or frame.index[-1] < pd.Timestamp(now) - timedelta(days=1):
        return frame
    ahead = frame.iloc[-6:].copy()
    ahead.index = (pd.DatetimeIndex(ahead.index) + timedelta(days=2)).tz_convert(meter.zone)
    return pd.concat([frame, ahead])


def negative_rows(frame: pd.DataFrame, _meter: DemoMeter, now: datetime) -> pd.DataFrame:
    """Three hours of the day before yesterday are below zero."""
    changed = frame.copy()
    rows = changed.index[_is_day(frame, now, back=2)][3:6]
    changed.loc[rows, frame.columns[0]] = -changed.loc[rows, frame.columns[0]].abs() - 1
    return changed


def spike_rows(frame: pd.DataFrame, _meter: DemoMeter, now: datetime) -> pd.DataFrame:
    """One hour of the day before yesterday is a hundred thousand times what it was: rubbish, as portals serve it."""
    changed = frame.copy()
    rows = changed.index[_is_day(frame, now, back=2)][3:4]
    changed.loc[rows, frame.columns[0]] = changed.loc[rows, frame.columns[0]].abs() * 1e5 + 1e5
    return changed


def empty_day(frame: pd.DataFrame, _meter: DemoMeter, now: datetime) -> pd.DataFrame:
    """The day before yesterday has no row at all."""
    return frame[~_is_day(frame, now, back=2)]


def wrong_period(frame: pd.DataFrame, meter: DemoMeter, _now: datetime) -> pd.DataFrame:
    """Whatever days are asked for, the rows are of the same days a year earlier."""
    moved = frame.copy()
    moved.index = (pd.DatetimeIndex(frame.index) - timedelta(days=364)).tz_convert(meter.zone)
    return moved


def _is_day(frame: pd.DataFrame, now: datetime, *, back: int) -> "pd.Series[bool]":
    index = pd.DatetimeIndex(frame.index)
    day = (pd.Timestamp(now).tz_convert(index.tz) - timedelta(days=back)).date() if index.tz else now.date()
    return pd.Series(index.date == day, frame.index)


_active: list[RowChange] = []


def set_active(change: RowChange | None) -> None:
    """Only this one, or none."""
    _active[:] = [change] if change else []


def applied(frame: pd.DataFrame, meter: DemoMeter, now: datetime) -> pd.DataFrame:
    """The frame after the active fault."""
    for change in _active:
        frame = change(frame, meter, now)
    return frame
