"""Real heat, holidays and ordinary days of Victoria in 2014, told and not told."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import Any, ClassVar, Self

import numpy as np
import pandas as pd

from benchmarks._rows import row
from forecasting.domain.contract import Forecaster, Known
from forecasting.domain.load_files import MeterFile, read_loads
from forecasting.registry import forecasters
from simulations.domain.contract import Effect, Event, Placed, Span, Stage
from simulations.domain.effect import effect_spread, widened
from simulations.domain.engine import Question, simulate
from simulations.domain.past_events import PastEvent, hot_spells, hottest_spells, ordinary_days, weekday_holidays
from simulations.domain.replay import Null, Replay, Scorecard, replay, scorecard, without_heat, without_holidays
from simulations.events.heatwave import Heatwave

ZONE = "Australia/Melbourne"
HOUR = pd.Timedelta(hours=1)
HOT_C, EXTRAPOLATED_C = 38, 35
SPELLS, PLACEBOS = 8, 10
Rows = list[dict[str, Any]]


class OwnTemperature(Event):
    """A day's own temperature, told as if it were an event: what was known there is put in its own place."""

    title = "Its own temperature"
    summary = "For the placebo."
    effect: ClassVar[Effect] = "learned"
    stage = Stage.WEATHER

    def change_known(self, known: Known, span: Span) -> Known:
        """The same degrees, in a record of their own."""
        assert known.weather is not None
        own = known.weather.loc[span.holds(pd.DatetimeIndex(known.weather.index))]
        told = known.weather.copy()
        told.loc[own.index, "temperature_c"] = own["temperature_c"].to_numpy()
        return replace(known, weather=told)


@dataclass(frozen=True)
class Victoria:
    """The state's load in MW, what is known of it, and who tells."""

    meter: MeterFile
    known: Known
    forecaster: str

    @classmethod
    def read(cls, data: Path, forecaster: str) -> Self:
        """Hourly means; holidays are the file's own."""
        found = next(read_loads(data / "vic_elec_30min.parquet", in_kw=False, zone=ZONE)).averaged(HOUR)
        assert found.weather is not None
        hourly = replace(found, weather=found.weather.resample(HOUR).mean())
        return cls(hourly, Known(ZONE, found.holidays, hourly.weather, -37.8, 145.0), forecaster)

    def heat(self) -> Iterator[dict[str, Any]]:
        """The days of 38 °C and more, with all of training and without its days above 35 °C."""
        spells = hot_spells(self.known, at_least_c=HOT_C, within=year(2014))
        yield row("heat_days", sum(len(one.days) for one in spells), "days")
        yield row("heat_effect_spread", self.spread, "")
        full = self._scored(self.twin, spells)
        usual = self._scored(self.twin, spells, "climatology")
        yield row("heat_told_untold_ratio", full.ratio, "", most=0.25)
        yield row("heat_told_untold_climatology_ratio", usual.ratio, "", most=0.25)
        yield row("heat_told_mae_mw", full.told_mae_kw, "MW")
        yield row("heat_untold_mae_mw", full.untold_mae_kw, "MW")
        yield row("heat_peak_error_pct", full.peak_error_pct, "%", most=4)
        yield row("heat_coverage80_pct", full.coverage80_pct, "%", least=70, most=90)
        mild = self.trained(year(2014).start, below_c=EXTRAPOLATED_C)
        beyond = self._scored(mild, spells)
        yield row("heat_beyond_told_untold_ratio", beyond.ratio, "")
        usual = self._scored(mild, spells, "climatology")
        yield row("heat_beyond_told_untold_climatology_ratio", usual.ratio, "")
        yield row("heat_beyond_peak_error_pct", beyond.peak_error_pct, "%")
        yield row("heat_beyond_coverage80_pct", beyond.coverage80_pct, "%")

    def holidays(self) -> Iterator[dict[str, Any]]:
        """Weekday holidays, told and taken for ordinary days."""
        days = weekday_holidays(self.known, year(2014))
        found = [self._replayed(self.twin, one, without_holidays(self.known, list(one.days))) for one in days]
        card = scorecard(found, ZONE)
        yield row("holidays", len(days), "days")
        yield row("holiday_told_untold_ratio", card.ratio, "", most=0.20)
        yield row("holiday_told_mae_mw", card.told_mae_kw, "MW")

    def placebo(self) -> Iterator[dict[str, Any]]:
        """Events that are none, through the engine: the largest change of the energy of an ordinary day."""
        days = [one.span(ZONE) for one in ordinary_days(self.known, year(2014), n=PLACEBOS)]
        still = Heatwave(Heatwave.Params(delta_c=0))
        yield row("placebo_zero_strength_pct", self._changed_pct(days, still), "%", most=0)
        yield row("placebo_pct", self._changed_pct(days, OwnTemperature()), "%", most=1)

    @cached_property
    def twin(self) -> Forecaster:
        """It saw 2012 and 2013."""
        return self.trained(year(2014).start)

    @cached_property
    def spread(self) -> float:
        """How sure its heat is: from the hottest spells of 2013, told by one that saw 2012."""
        younger = self.trained(year(2013).start)
        spells = hottest_spells(self.known, year(2013), n=SPELLS)
        found = [self._replayed(younger, one, self._without(one)) for one in spells]
        return effect_spread(found, HOUR.to_pytimedelta())

    def trained(self, until: datetime, *, below_c: float | None = None) -> Forecaster:
        """Fitted on what came before; with `below_c` without the load of the days that were warmer."""
        load = self.meter.load.loc[self.meter.load.index < until]
        assert self.known.weather is not None
        weather = self.known.weather.loc[self.known.weather.index < until]
        if below_c is not None:
            day = pd.DatetimeIndex(load.index).tz_convert(ZONE).normalize()
            warmest = weather["temperature_c"].reindex(load.index).groupby(day).transform("max")
            load = load.where(warmest <= below_c)
        load = load.loc[load.first_valid_index() : load.last_valid_index()]
        return forecasters.get(self.forecaster)().fit(load, replace(self.known, weather=weather))

    def _scored(self, twin: Forecaster, spells: Sequence[PastEvent], null: Null = "persistence") -> Scorecard:
        found = [self._replayed(twin, one, self._without(one, null)) for one in spells]
        return scorecard([widened(one, HOUR.to_pytimedelta(), self.spread) for one in found], ZONE)

    def _without(self, event: PastEvent, null: Null = "persistence") -> Known:
        return without_heat(self.known, event.span(ZONE), null)

    def _replayed(self, twin: Forecaster, event: PastEvent, untold: Known) -> Replay:
        span = event.span(ZONE)
        return replay(twin, self.meter.load, title=event.words, span=span, told=self.known, untold=untold)

    def _changed_pct(self, days: list[Span], event: Event) -> float:
        """The largest over the days and over the draws, in % of the base."""
        changes = []
        for day in days:
            question = Question(self.meter.load, self.known, day, (Placed(event, day),), hidden=True)
            outcome = simulate(self.twin, question)
            base, scenario = outcome.energy_kwh(outcome.base), outcome.energy_kwh(outcome.scenario)
            changes.append(100 * float(np.abs(scenario / base - 1).max()))
        return max(changes)


def year(number: int) -> Span:
    """A year on Melbourne's clock."""
    first, after = (pd.Timestamp(f"{n}-01-01", tz=ZONE).tz_convert("UTC").to_pydatetime() for n in (number, number + 1))
    return Span(first, after)
