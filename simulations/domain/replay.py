"""A past event told again: hidden from the twin but for the event itself, and set beside what really came.

Told and untold stand at the event's beginning with the same readings before it. Untold, the world goes on as if
nothing were to happen: for a heatwave the temperature of the day before comes again (persistence, the stricter null)
or that of the time of year (climatology), for a holiday the days are ordinary. What the untold twin does not know it
does not know of the days before either: nothing of the event is in its lags, its thermal memory included.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Literal

import pandas as pd

from forecasting.domain.contract import Forecaster, Known
from forecasting.domain.grid import seconds
from forecasting.domain.known import persist_weather
from forecasting.domain.quantiles import MEDIAN
from forecasting.domain.thermal import Climate
from simulations.domain.base_load import base_load
from simulations.domain.contract import Load, Placed, Span
from simulations.domain.errors import CannotSimulate
from simulations.domain.paths import bands, chances, paths

LONGEST = timedelta(days=7)
Null = Literal["persistence", "climatology"]
_LOW, _HIGH = 0.1, 0.9


@dataclass(frozen=True)
class Replay:
    """`told` and `untold`: QUANTILES in kW by interval start; `actual` what was read there, NaN where nothing was."""

    title: str
    span: Span
    told: pd.DataFrame
    untold: pd.DataFrame
    actual: "pd.Series[float]"

    @property
    def errors(self) -> pd.DataFrame:
        """Absolute errors of both medians, kW, where there is a reading."""
        both = {"told": self.told[MEDIAN] - self.actual, "untold": self.untold[MEDIAN] - self.actual}
        return pd.DataFrame(both).dropna().abs()

    @property
    def inside(self) -> "pd.Series[bool]":
        """Whether each reading lay in the told 80 % band."""
        known = self.actual.dropna()
        return known.between(self.told.loc[known.index, _LOW], self.told.loc[known.index, _HIGH])

    def peak_errors_pct(self, zone: str) -> "pd.Series[float]":
        """By local day: the told peak less the actual one, % of the actual."""
        days = pd.DatetimeIndex(self.actual.index).tz_convert(zone).strftime("%Y-%m-%d")
        actual, told = self.actual.groupby(days).max(), self.told[MEDIAN].groupby(days).max()
        return (100 * (told - actual) / actual).dropna()


@dataclass(frozen=True)
class Scorecard:
    """What a set of replays adds up to. `ratio` is told over untold mean absolute error; the less the better."""

    replays: int
    intervals: int
    told_mae_kw: float
    untold_mae_kw: float
    peak_error_pct: float
    coverage80_pct: float

    @property
    def ratio(self) -> float:
        """Told over untold mean absolute error."""
        return self.told_mae_kw / self.untold_mae_kw if self.untold_mae_kw else float("nan")


def scorecard(replays: Sequence[Replay], zone: str) -> Scorecard:
    """Over all intervals of all replays; the peak error is the mean of its absolute value over local days."""
    errors = pd.concat([one.errors for one in replays])
    peaks = pd.concat([one.peak_errors_pct(zone) for one in replays]).abs()
    inside = pd.concat([one.inside for one in replays])
    told, untold = errors.mean()
    return Scorecard(
        len(replays), len(errors), float(told), float(untold), float(peaks.mean()), 100 * float(inside.mean())
    )


def replay(
    forecaster: Forecaster,
    load: "pd.Series[float]",
    *,
    title: str,
    span: Span,
    told: Known,
    untold: Known,
    events: Sequence[Placed] = (),
    seed: int = 0,
) -> Replay:
    """Tell a span of at most a week in both worlds by a forecaster that was trained before it.

    `events` change the told load, as a shutdown does. Raises CannotSimulate for a span that is too long or has no
    history before it.
    """
    if span.length > LONGEST:
        raise CannotSimulate(f"{title} lasts more than a week; replay a part of it.")
    before = load.loc[load.index < span.start]
    if forecaster.step is None or before.dropna().empty:
        raise CannotSimulate(f"There are no readings before {title}.")
    starts = pd.date_range(span.start, span.end, freq=forecaster.step, inclusive="left").tz_convert("UTC")
    of_told, of_untold = forecaster.predict(before, told, starts), forecaster.predict(before, untold, starts)
    if events:
        scores = chances(len(starts), forecaster.step, seed=seed)
        quiet = base_load(before, starts, told.zone)
        world = Load(starts, forecaster.step, told, paths(of_told, scores), quiet)
        for one in events:
            world = one.event.change_load(world, one.span)
        of_told = bands(world.kw, starts)
    return Replay(title, span, of_told, of_untold, load.reindex(starts))


def without_heat(known: Known, span: Span, null: Null) -> Known:
    """What was known if the weather from the span's beginning on had not been told. Raises CannotSimulate."""
    weather = known.weather
    before = None if weather is None else weather.loc[weather.index < span.start]
    if weather is None or before is None or before["temperature_c"].dropna().empty:
        raise CannotSimulate("There is no weather before the event to go on from.")
    if null == "persistence":
        return replace(known, weather=persist_weather(before, until=span.end, zone=known.zone))
    ahead = pd.DatetimeIndex(weather.index[span.holds(pd.DatetimeIndex(weather.index))])
    usual = Climate.fitted(before["temperature_c"]).at(seconds(ahead))
    course = pd.DataFrame({"temperature_c": usual}, index=ahead)
    return replace(known, weather=pd.concat([before, course.reindex(columns=before.columns)]))


def without_holidays(known: Known, days: Sequence[date]) -> Known:
    """The named days are ordinary ones."""
    return replace(known, holidays=known.holidays - frozenset(days))
