"""A made-up meter for checks and documentation: its answers are known, its noise is seeded."""

from dataclasses import dataclass
from datetime import timedelta

import numpy as np
import pandas as pd

from forecasting.domain.contract import Known

DAY, HOUR = timedelta(days=1), timedelta(hours=1)


@dataclass(frozen=True)
class Example:
    """A load up to a cut-off, what is known, and the starts that follow."""

    load: "pd.Series[float]"
    known: Known
    starts: pd.DatetimeIndex

    def earlier(self, steps: int, ahead: int) -> "Example":
        """The same meter `steps` intervals ago, asked for the next `ahead`."""
        index = pd.DatetimeIndex(self.load.index)[-steps:]
        return Example(self.load.iloc[:-steps], self.known, index[:ahead])

    def with_load(self, load: "pd.Series[float]") -> "Example":
        """The same question with another load."""
        return Example(load, self.known, self.starts)

    def with_weather(self, weather: pd.DataFrame | None) -> "Example":
        """The same question with other weather."""
        return Example(self.load, Known(self.known.zone, self.known.holidays, weather), self.starts)

    @property
    def weather(self) -> pd.DataFrame:
        """A copy of its weather."""
        assert self.known.weather is not None
        return self.known.weather.copy()


def example(
    *,
    zone: str = "Europe/Paris",
    until: str = "2010-06-15",
    days: int = 42,
    step: timedelta = HOUR,
    ahead: timedelta = DAY,
    gaps: float = 0.0,
    seed: int = 0,
) -> Example:
    """A building that works by day, rests at weekends and heats or cools; `until` is a UTC day.

    `gaps` is the share of readings missing at random. The weather reaches to the end of `ahead`.
    """
    cutoff = pd.Timestamp(until, tz="UTC")
    index = pd.date_range(cutoff - days * DAY, cutoff + ahead, freq=step, inclusive="left")
    draw = np.random.default_rng(seed)
    local = index.tz_convert(zone)
    hour = (local.hour + local.minute / 60).to_numpy()
    works = (local.day_of_week < 5) & (hour >= 8) & (hour < 18)
    temperature = 15 + 8 * np.sin(np.arange(len(index)) * (step / (9 * DAY))) + 4 * np.sin((hour - 9) * np.pi / 12)
    load = 2 + 4 * works + 0.15 * np.abs(temperature - 17) + draw.gamma(2.0, 0.2, len(index))
    load[draw.random(len(index)) < gaps] = np.nan
    weather = pd.DataFrame({"temperature_c": temperature}, index=index)
    holidays = frozenset({(cutoff - 10 * DAY).date(), cutoff.date()})
    series = pd.Series(load, index=index, name="power_kw")
    past = index < cutoff
    return Example(series[past], Known(zone, holidays, weather), index[~past])
