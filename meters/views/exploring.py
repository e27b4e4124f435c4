"""What the cards of Explore rest on: the readings of the days shown, of those compared with, and the weather."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from typing import TYPE_CHECKING

import pandas as pd

from meters.charts import Band
from meters.domain.spread import extremes
from meters.selectors import load_weather
from meters.selectors.by_hour import load_hours, recorded_by_hour
from meters.selectors.columns import Recorded, load_columns
from meters.selectors.coverage import covered_period
from twin_project.kit.figures import Window
from twin_project.kit.periods import Period

if TYPE_CHECKING:
    from meters.models import Meter

POWER = ("power_kw",)
PHASES = {
    "voltage": {"L1": "voltage_l1_v", "L2": "voltage_l2_v", "L3": "voltage_l3_v"},
    "current": {"L1": "current_l1_a", "L2": "current_l2_a", "L3": "current_l3_a"},
}
WHOLE = {"voltage": "voltage_v", "current": "current_a"}
SUPPLY = (*WHOLE.values(), *PHASES["voltage"].values(), *PHASES["current"].values())
UNITS = {"voltage": "V", "current": "A"}
HOUR = timedelta(hours=1)
MOST_INTERVALS = 300_000  # more are read by the hour: four years of minutes would take 45 s and 2 GiB


@dataclass(frozen=True)
class Material:
    """A meter and the part of a period between its first and its last reading; everything is read once, when asked."""

    meter: "Meter"
    period: Period
    other: Period | None
    since: datetime
    until: datetime
    columns: tuple[str, ...] = (*POWER, *SUPPLY)

    @property
    def step(self) -> timedelta:
        """The usual length of one reading, or an hour where roll-ups stand for them."""
        return HOUR if self.coarse else timedelta(seconds=self.meter.interval_s)

    @cached_property
    def coarse(self) -> bool:
        """Whether the period holds so many readings that their roll-ups by the hour are shown."""
        return is_long(self.meter, self.since, self.until)

    @property
    def hourly(self) -> bool:
        """Whether readings say what happened within a day."""
        return self.step <= timedelta(hours=1)

    @property
    def window(self) -> Window:
        """The whole period, as the figures show it."""
        return Window(self.period.start, self.period.end, self.period.zone, self.step)

    @property
    def band(self) -> Band:
        """What the supply may have."""
        return Band(*self.meter.site.voltage_band_v)

    @cached_property
    def recorded(self) -> Recorded:
        """Every quantity asked for, in one reading of the table."""
        if self.coarse:
            return recorded_by_hour(self.hours, self.columns)
        return load_columns(meter=self.meter, start=self.since, end=self.until, columns=self.columns)

    @cached_property
    def hours(self) -> pd.DataFrame:
        """The roll-ups that stand for the readings of a long period."""
        return load_hours(meter=self.meter, start=self.since, end=self.until)

    def extremes(self, quantity: str) -> pd.DataFrame:
        """`low`, `mean` and `high` of voltage or current over all phases, of each reading or each hour."""
        if not self.coarse:
            return extremes(self.phases(quantity))
        unit = UNITS[quantity].lower()
        return pd.DataFrame(
            {
                name: self.hours[f"{quantity}_{of}_{unit}"]
                for name, of in (("low", "min"), ("mean", "mean"), ("high", "max"))
            }
        )

    @property
    def peak(self) -> "pd.Series[float]":
        """The highest mean power of one reading, in each reading or hour."""
        return self.hours["power_max_kw"] if self.coarse else self.power

    @property
    def estimated_n(self) -> int:
        """How many readings were estimated."""
        return self._count("estimated_s") if self.coarse else len(self.recorded.estimated)

    @property
    def suspect_n(self) -> int:
        """How many readings are in quarantine."""
        return self._count("suspect_s") if self.coarse else len(self.recorded.suspect)

    def _count(self, seconds: str) -> int:
        return round(float(self.hours[seconds].sum()) / self.meter.interval_s)

    @property
    def power(self) -> "pd.Series[float]":
        """Mean power of each interval, kW."""
        return self.recorded.values["power_kw"]

    def phases(self, quantity: str) -> pd.DataFrame:
        """Voltage or current: a column a phase, one for a meter of one phase, none where nothing was measured."""
        table = self.recorded.values
        named = {name: table[column] for name, column in PHASES[quantity].items() if table[column].notna().any()}
        whole = table[WHOLE[quantity]]
        if not named and whole.notna().any():
            named = {quantity: whole}
        return pd.DataFrame(named, index=table.index)

    @cached_property
    def temperature(self) -> "pd.Series[float]":
        """As observed at the site over the period."""
        frame = load_weather(site=self.meter.site, start=self.since, end=self.until)
        return frame["temperature_c"].astype(float)

    @cached_property
    def other_power(self) -> "pd.Series[float]":
        """Mean power of the period compared with."""
        if self.other is None:
            return pd.Series(dtype=float, index=pd.DatetimeIndex([], tz="UTC"))
        start, end = measured_part(self.meter, self.other.start, self.other.end)
        if self.coarse:  # both in one measure
            hours = load_hours(meter=self.meter, start=start, end=end)
            return recorded_by_hour(hours, POWER).values["power_kw"]
        return load_columns(meter=self.meter, start=start, end=end, columns=POWER).values["power_kw"]

    @property
    def complete(self) -> float:
        """The share of the intervals up to the last reading that hold a power, or any reading in a long period."""
        if self.coarse:
            return min(float(self.hours["covered_s"].sum()) / (self.until - self.since).total_seconds(), 1.0)
        return float(self.power.notna().mean()) if len(self.power) else 0.0


def is_long(meter: "Meter", start: datetime, end: datetime) -> bool:
    """Whether a span holds too many readings to look at each."""
    step = timedelta(seconds=meter.interval_s)
    return step < HOUR and end - start > MOST_INTERVALS * step


def material_of(meter: "Meter", period: Period, other: Period | None = None) -> Material:
    """Bound to where the meter has readings: before the first and after the last nothing is missing."""
    return Material(meter, period, other, *measured_part(meter, period.start, period.end))


def measured_part(meter: "Meter", start: datetime, end: datetime) -> tuple[datetime, datetime]:
    """The part of `[start, end)` from the meter's first reading to its last; empty at `start` where there is none."""
    covered = covered_period(meter)
    if covered is None:
        return start, start
    since = min(max(start, covered[0]), end)
    return since, max(min(end, covered[1]), since)
