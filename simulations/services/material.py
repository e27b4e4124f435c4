"""What the twin is given of a meter for a period: readings, weather, holidays, or why it is not enough."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pandas as pd

from forecasting.domain.contract import Known
from forecasting.domain.errors import ForecastError
from forecasting.domain.known import holidays_between
from forecasting.services import inputs_of
from meters.selectors import data_through, load_series, load_weather
from simulations.domain.contract import Span
from simulations.domain.errors import BadScenario, CannotSimulate

if TYPE_CHECKING:
    from meters.models import Meter

HISTORY = timedelta(days=3 * 366)
LEAST = timedelta(days=7)
AHEAD = timedelta(days=7)
LONGEST = timedelta(days=366)


@dataclass(frozen=True)
class Material:
    """Load in kW on the meter's grid up to `cutoff_at`, and what is known to the period's end.

    `weather` says how the weather of the period is known: "observed", "forecast", "persistence" or "none".
    """

    load: "pd.Series[float]"
    known: Known
    cutoff_at: datetime
    step: timedelta
    weather: str
    weather_issued_at: datetime | None = None


def material_of(*, meter: "Meter", period: Span, now: datetime) -> Material:
    """Raises BadScenario by the field of the period that is wrong, CannotSimulate where the meter has no readings."""
    through = data_through(meter)
    if through is None:
        raise CannotSimulate(f"{meter} has no readings yet. Start its scraper or import a file first.")
    _check_end(meter, period, through)
    step, first = timedelta(seconds=meter.interval_s), period.start - HISTORY
    load = load_series(meter=meter, start=first, end=min(period.end, through))
    load = load.loc[load.first_valid_index() :] if load.notna().any() else load.iloc[:0]
    _check_start(meter, period, load)
    if period.end > through:
        return _ahead(meter, period, load, through, now)
    weather = load_weather(site=meter.site, start=first, end=period.end)
    known = _known(meter, load, period, None if weather.empty else weather)
    inside = weather.loc[period.holds(pd.DatetimeIndex(weather.index))]
    return Material(load, known, through, step, "none" if inside.dropna().empty else "observed")


def _ahead(meter: "Meter", period: Span, load: "pd.Series[float]", through: datetime, now: datetime) -> Material:
    """The weather of the days to come is what a forecast would be told."""
    try:
        given = inputs_of(meter=meter, horizon=period.end - through, now=now)
    except ForecastError as error:
        raise CannotSimulate(str(error)) from error
    known = _known(meter, load, period, given.known.weather)
    return Material(load, known, through, given.step, given.weather, given.weather_issued_at)


def _known(meter: "Meter", load: "pd.Series[float]", period: Span, weather: pd.DataFrame | None) -> Known:
    site = meter.site
    return Known(
        zone=site.zone,
        holidays=holidays_between(site.country, site.subdivision, load.index[0].year, period.end.year),
        weather=weather,
        latitude=site.latitude,
        longitude=site.longitude,
    )


def _check_end(meter: "Meter", period: Span, through: datetime) -> None:
    if period.length > LONGEST:
        raise BadScenario("end", "A simulation covers a year at most; choose an earlier end.")
    if period.end > through + AHEAD:
        day = through.astimezone(ZoneInfo(meter.site.zone))
        told = f"The readings of {meter} go to {day:%-d %B %Y}; the twin looks at most seven days beyond. "
        raise BadScenario("end", told + "Choose an earlier end.")


def _check_start(meter: "Meter", period: Span, load: "pd.Series[float]") -> None:
    zone = ZoneInfo(meter.site.zone)
    if load.empty or load.index[0] > period.start - LEAST:
        earliest = "" if load.empty else f" They begin on {load.index[0].astimezone(zone):%-d %B %Y}."
        told = f"A simulation needs a week of readings of {meter} before its start.{earliest} Choose a later start."
        raise BadScenario("start", told)
    inside = load.loc[load.index >= period.start]
    if len(inside) and inside.isna().all():
        raise BadScenario("start", f"{meter} has no readings in this period. Choose one that it was measured in.")
