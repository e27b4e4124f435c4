"""A spell of other temperatures over what was known: warmer days, colder nights, with a soft beginning and end."""

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Literal

import numpy as np
import pandas as pd

from simulations.domain.contract import Floats, Known, Span
from simulations.domain.errors import BadScenario

Shape = Literal["all day", "afternoons", "nights too"]
SHAPES: tuple[Shape, ...] = ("all day", "afternoons", "nights too")
PEAK_HOUR = 15.0  # local; the air is warmest about three hours after noon
HIGHEST_C, LOWEST_C = 56.7, -89.2  # the extremes of the World Meteorological Organization's archive


@dataclass(frozen=True)
class Shift:
    """Degrees at the height of the spell, hours in which it comes and goes, and its course over the day.

    "all day": the same at each hour; "afternoons": in full at 15:00 and a quarter of it before dawn; "nights too":
    in full in the afternoon and three quarters before dawn.
    """

    delta_c: float
    ramp: timedelta
    shape: Shape


def shifted(known: Known, span: Span, shift: Shift) -> Known:
    """Known with the spell added inside the span; raises BadScenario where no temperature is known there."""
    weather = known.weather
    index = pd.DatetimeIndex([]) if weather is None else pd.DatetimeIndex(weather.index)
    inside = span.holds(index)
    if weather is None or not weather.loc[inside, "temperature_c"].notna().any():
        raise BadScenario(
            "start",
            "No temperature is known for the site in this period, so none can be changed. "
            "Add weather to the site, or choose a period that has it.",
        )
    if not shift.delta_c:
        return known
    degrees = weather["temperature_c"].to_numpy(dtype=np.float64).copy()
    degrees[inside] += shift.delta_c * weights(index[inside], span, shift, known.zone)
    if np.nanmax(degrees[inside]) > HIGHEST_C or np.nanmin(degrees[inside]) < LOWEST_C:
        reached = np.nanmax(degrees[inside]) if shift.delta_c > 0 else np.nanmin(degrees[inside])
        raise BadScenario("delta_c", f"That would make {reached:.0f} °C, beyond anything measured on Earth.")
    return replace(known, weather=weather.assign(temperature_c=degrees))


def felt(known: Known, span: Span, humidity_pct: float) -> Known:
    """Warmer inside the span by what so many points of relative humidity add to the apparent temperature.

    0.33 °C for each hPa of vapour pressure (Steadman 1994); saturation pressure by the Magnus formula.
    """
    assert known.weather is not None, "shifted() has refused it"
    inside = span.holds(pd.DatetimeIndex(known.weather.index))
    degrees = known.weather["temperature_c"].to_numpy(dtype=np.float64).copy()
    saturated_hpa = 6.105 * np.exp(17.27 * degrees[inside] / (237.7 + degrees[inside]))
    degrees[inside] += 0.33 * humidity_pct / 100 * saturated_hpa
    return replace(known, weather=known.weather.assign(temperature_c=degrees))


def weights(index: pd.DatetimeIndex, span: Span, shift: Shift, zone: str) -> Floats:
    """Between 0 and 1 for each instant of the span."""
    since = (index - span.start) / timedelta(hours=1)
    left = (span.end - index) / timedelta(hours=1)
    ramp_h = min(shift.ramp, span.length / 2) / timedelta(hours=1)
    edge = np.minimum(np.asarray(since, dtype=np.float64), np.asarray(left, dtype=np.float64))
    soft = np.clip(edge / ramp_h, 0.0, 1.0) if ramp_h > 0 else np.ones(len(index))
    local = index.tz_convert(zone)
    hour = (local.hour + local.minute / 60).to_numpy(dtype=np.float64)
    day = (1 + np.cos(2 * np.pi * (hour - PEAK_HOUR) / 24)) / 2
    least = {"all day": 1.0, "afternoons": 0.25, "nights too": 0.75}[shift.shape]
    return np.asarray(soft * (least + (1 - least) * day))
