"""What is known of a site at an instant: holidays, and weather under four assumptions."""

from dataclasses import replace
from datetime import date, datetime
from typing import Literal, get_args

import numpy as np
import pandas as pd

from forecasting.domain.contract import Known
from forecasting.domain.errors import BadSeries
from forecasting.domain.grid import DAY_S, seconds
from forecasting.domain.wall_time import usual_clock
from twin_project.kit import public_holidays
from twin_project.kit.vintages import as_issued

Weather = Literal["actual", "forecast", "persistence", "none"]
WEATHERS: tuple[str, ...] = get_args(Weather)


def holidays_between(country: str, subdivision: str, first_year: int, last_year: int) -> frozenset[date]:
    """Public holidays (local dates) of a country by its ISO 3166 code; "" for none, "" for no subdivision.

    Raises BadSeries for a country or subdivision that the `holidays` package does not know.
    """
    try:
        return public_holidays.holidays_between(country, subdivision, first_year, last_year)
    except public_holidays.UnknownCountry as error:
        raise BadSeries(str(error)) from None


def as_known_at(known: Known, cutoff: pd.Timestamp, until: pd.Timestamp, weather: Weather) -> Known:
    """A copy of `known` as it stood at `cutoff`, its weather reaching to `until` by the named assumption.

    `actual` is a perfect weather forecast, `forecast` the newest one that had been issued (goes on as persistence
    where it ends, or where there was none), `persistence` repeats the last day known, `none` hides weather.
    """
    record = known.weather
    if record is None or weather == "none":
        return _with(known, None, "none")
    if weather == "actual":
        return _with(known, record.loc[record.index < until].copy(), "actual")
    past = record.loc[record.index < cutoff]
    ahead = "persistence"
    if weather == "forecast" and known.vintages is not None:
        observed = len(past)
        past = as_issued(record, known.vintages, cutoff=cutoff, until=until)
        ahead = "forecast" if len(past) > observed else "persistence"
    return _with(known, persist_weather(past, until=until, zone=known.zone), ahead)


def persist_weather(past: pd.DataFrame, *, until: datetime, zone: str = "UTC") -> pd.DataFrame:
    """A copy that goes on to `until` by repeating, at the same wall time of `zone`, its last day.

    The step ahead is the record's usual one. A gap in the last day stays a gap.
    """
    index = pd.DatetimeIndex(past.index)
    if len(index) < 2:
        return past.copy()
    times = seconds(index)
    step_s, last_s = int(np.median(np.diff(times))), int(times[-1])
    at = np.arange(last_s + step_s, pd.Timestamp(until).timestamp(), step_s, dtype=np.int64)
    if not len(at):
        return past.copy()
    wall = usual_clock(zone)
    days = np.maximum(1, -(-(at - last_s) // DAY_S))
    days += wall.days_before(at, days) > last_s  # on a 23-hour day the day before may be too young
    then = wall.days_before(at, days)
    place = np.searchsorted(times, then, side="right") - 1
    found = (place >= 0) & (then - times[np.clip(place, 0, None)] < max(step_s, 3600))
    ahead = past.iloc[np.clip(place, 0, None)].astype(float)
    ahead.index = pd.to_datetime(at, unit="s", utc=True).as_unit(index.unit)
    return pd.concat([past, ahead.where(np.broadcast_to(found[:, None], ahead.shape))])


def _with(known: Known, weather: pd.DataFrame | None, ahead: str) -> Known:
    return replace(known, weather=weather, vintages=None, ahead=ahead)
