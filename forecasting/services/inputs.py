"""What a forecaster is given of a meter: its load up to a cut-off, and what is known without it."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import pandas as pd

from forecasting.domain.contract import Known
from forecasting.domain.errors import ForecastError
from forecasting.domain.known import as_known_at, holidays_between
from forecasting.domain.lessons import lesson
from meters.selectors import count_readings, data_through, load_weather
from meters.selectors.columns import load_columns
from meters.selectors.weather import weather_vintages

if TYPE_CHECKING:
    from meters.models import Meter

HISTORY = timedelta(days=3 * 366)


class NoReadings(ForecastError):
    """The meter has no reading yet."""


@dataclass(frozen=True)
class Inputs:
    """Load in kW up to `cutoff_at`, and `known` as a forecaster is handed it; `estimated` were not measured.

    Ahead of what was observed, the weather is the newest forecast issued by then, and beyond it (or without one)
    the last day again: `weather` is "forecast", "persistence" or "none". `record` holds what was observed and
    every forecast of it, to stand at an earlier cut-off.
    """

    load: "pd.Series[float]"
    known: Known
    cutoff_at: datetime
    step: timedelta
    weather: str
    record: Known
    estimated: pd.DatetimeIndex
    weather_issued_at: datetime | None = None

    def lesson(self) -> "tuple[pd.Series[float], list[str]]":
        """The load to learn from, and in sentences what of it is not learned."""
        return lesson(self.load, self.estimated)

    def as_of(self, cutoff: datetime, *, horizon: timedelta) -> "Inputs":
        """What was known at an earlier cut-off: no later reading, observation or forecast of the weather."""
        load = self.load.loc[self.load.index < cutoff]
        known = as_known_at(self.record, pd.Timestamp(cutoff), pd.Timestamp(cutoff + horizon), "forecast")
        word, vintage = _word(known, self.record, cutoff), _vintage(self.record, cutoff)
        return Inputs(load, known, cutoff, self.step, word, self.record, self.estimated, vintage)


def inputs_of(*, meter: "Meter", horizon: timedelta, now: datetime | None = None) -> Inputs:
    """Everything up to the last reading of the meter; raises NoReadings.

    The weather is as it was known at `now`, by default at the last reading: readings come late, weather does not.
    """
    through = data_through(meter)
    if through is None:
        raise NoReadings(_nothing(meter))
    site, start, until = meter.site, through - HISTORY, through + horizon
    recorded = load_columns(meter=meter, start=start, end=through, columns=("power_kw",))
    whole = recorded.values["power_kw"]
    load = whole.loc[whole.first_valid_index() :]
    first = load.index[0].to_pydatetime()
    asked = max(now or through, through)
    observed = load_weather(site=site, start=start, end=asked)
    vintages = weather_vintages(site=site, start=start, end=until)
    record = Known(
        zone=site.zone,
        holidays=holidays_between(site.country, site.subdivision, first.year, until.year),
        weather=None if observed.empty and vintages.empty else observed,
        latitude=site.latitude,
        longitude=site.longitude,
        vintages=None if vintages.empty else vintages,
    )
    known = as_known_at(record, pd.Timestamp(asked), pd.Timestamp(until), "forecast")
    word, vintage = _word(known, record, asked), _vintage(record, asked)
    step = timedelta(seconds=meter.interval_s)
    return Inputs(load, known, through, step, word, record, recorded.estimated, vintage)


def _nothing(meter: "Meter") -> str:
    if count_readings(meter):
        return f"Every reading of {meter} is in quarantine. Accept or reject them on its Quality page first."
    return f"{meter} has no reading yet. Start its scraper or import a file first."


def _word(known: Known, record: Known, cutoff: datetime) -> str:
    """Whether some of the weather ahead of what was observed was forecast by then."""
    if known.weather is None or known.weather.empty:
        return "none"
    if record.vintages is None or record.weather is None:
        return "persistence"
    seen = record.weather.index[record.weather.index < cutoff]
    told = record.vintages["issued_at"] <= cutoff
    ahead = told if seen.empty else told & (record.vintages["start_at"] > seen[-1])
    return "forecast" if ahead.any() else "persistence"


def _vintage(record: Known, cutoff: datetime) -> datetime | None:
    """When the newest weather forecast known at the cut-off was issued."""
    if record.vintages is None:
        return None
    told = record.vintages["issued_at"][record.vintages["issued_at"] <= cutoff]
    return None if told.empty else told.max().to_pydatetime()
