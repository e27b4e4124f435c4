"""What a forecaster is given of a meter: its load up to a cut-off, and what is known without it."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import pandas as pd

from forecasting.domain.contract import Known
from forecasting.domain.errors import ForecastError
from forecasting.domain.known import as_known_at, holidays_between, persist_weather
from meters.selectors import data_through, load_series, load_weather

if TYPE_CHECKING:
    from meters.models import Meter

HISTORY = timedelta(days=3 * 366)


class NoReadings(ForecastError):
    """The meter has no reading yet."""


@dataclass(frozen=True)
class Inputs:
    """Load in kW up to `cutoff_at`; weather ahead of it is persisted, and `weather` says so."""

    load: "pd.Series[float]"
    known: Known
    cutoff_at: datetime
    step: timedelta
    weather: str

    def as_of(self, cutoff: datetime, *, horizon: timedelta) -> "Inputs":
        """What was known at an earlier cut-off, the weather ahead persisted from there."""
        load = self.load.loc[self.load.index < cutoff]
        known = as_known_at(self.known, pd.Timestamp(cutoff), pd.Timestamp(cutoff + horizon), "persistence")
        return Inputs(load, known, cutoff, self.step, self.weather)


def inputs_of(*, meter: "Meter", horizon: timedelta) -> Inputs:
    """Everything up to the last reading of the meter; raises NoReadings."""
    through = data_through(meter)
    if through is None:
        raise NoReadings(f"{meter} has no reading yet. Start its scraper or import a file first.")
    start = through - HISTORY
    whole = load_series(meter=meter, start=start, end=through)
    load = whole.loc[whole.first_valid_index() :]
    observed = load_weather(site=meter.site, start=start, end=through)
    weather = None if observed.empty else persist_weather(observed, until=through + horizon, zone=meter.site.zone)
    first = load.index[0].to_pydatetime()
    site = meter.site
    known = Known(
        zone=site.zone,
        holidays=holidays_between(site.country, site.subdivision, first.year, (through + horizon).year),
        weather=weather,
        latitude=site.latitude,
        longitude=site.longitude,
    )
    step = timedelta(seconds=meter.interval_s)
    return Inputs(load, known, through, step, "none" if weather is None else "persistence")
