"""Real events of a meter's own past, found for the user: hottest and coldest spells, holidays, days of shutdown."""

from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby
from typing import Literal

import pandas as pd

from forecasting.domain.contract import Known
from simulations.domain.contract import Span

Kind = Literal["heatwave", "cold_snap", "holiday", "shutdown", "placebo"]
LONGEST_DAYS = 7
_ROUND_THE_CLOCK = 20  # hours with a reading that make a day
_SHUT = 0.6  # of the median of like days: less energy than that is no ordinary day


@dataclass(frozen=True)
class PastEvent:
    """Whole local days that stood out; `words` says by what."""

    kind: Kind
    days: tuple[date, ...]
    words: str
    strength: float

    def span(self, zone: str) -> Span:
        """From the first midnight to the last."""
        first = pd.Timestamp(self.days[0]).tz_localize(zone)
        after = pd.Timestamp(self.days[-1] + timedelta(days=1)).tz_localize(zone)
        return Span(first.tz_convert("UTC").to_pydatetime(), after.tz_convert("UTC").to_pydatetime())


def hot_spells(known: Known, *, at_least_c: float, within: Span) -> list[PastEvent]:
    """Runs of days whose highest temperature reached `at_least_c`, the oldest first; long runs are cut at a week."""
    highest = _daily(known, within, "max")
    hot = highest[highest >= at_least_c]
    return [
        PastEvent("heatwave", run, f"up to {hot.reindex(list(run)).max():.1f} °C", float(hot.reindex(list(run)).max()))
        for run in runs(list(hot.index))
    ]


def hottest_spells(known: Known, within: Span, *, n: int = 5, share: float = 0.02) -> list[PastEvent]:
    """The warmest `n` spells: runs of days among the warmest 2 % of days."""
    highest = _daily(known, within, "max")
    if highest.empty:
        return []
    spells = hot_spells(known, at_least_c=float(highest.quantile(1 - share)), within=within)
    return sorted(spells, key=lambda one: -one.strength)[:n]


def coldest_spells(known: Known, within: Span, *, n: int = 5, share: float = 0.02) -> list[PastEvent]:
    """The coldest `n` spells: runs of days among those with the lowest mean temperature."""
    mean = _daily(known, within, "mean")
    cold = mean[mean <= mean.quantile(share)] if len(mean) else mean
    found = [
        PastEvent("cold_snap", run, f"{cold.reindex(list(run)).min():.1f} °C in the mean of its coldest day",
                  float(cold.reindex(list(run)).min()))
        for run in runs(list(cold.index))
    ]  # fmt: skip
    return sorted(found, key=lambda one: one.strength)[:n]


def weekday_holidays(known: Known, within: Span) -> list[PastEvent]:
    """Each public holiday from Monday to Friday, the oldest first."""
    first, last = _local_days(within, known.zone)
    days = sorted(day for day in known.holidays if first <= day <= last and day.weekday() < 5)
    return [PastEvent("holiday", (day,), f"{day:%A}, a public holiday", 1.0) for day in days]


def shut_days(load: "pd.Series[float]", known: Known, within: Span, *, n: int = 5) -> list[PastEvent]:
    """Runs of days with less than 60 % of the energy that the same weekday had in the eight weeks around it."""
    inside = load[within.holds(pd.DatetimeIndex(load.index))]
    local = pd.DatetimeIndex(inside.index).tz_convert(known.zone)
    by_day = inside.groupby(local.date).agg(["mean", "count"])
    per_day = _ROUND_THE_CLOCK * pd.Timedelta(hours=1) / (load.index[1] - load.index[0])
    mean = by_day.loc[by_day["count"] >= per_day, "mean"]
    if mean.empty:
        return []
    weekday = pd.Index([day.weekday() for day in mean.index])
    usual = mean.groupby(weekday).transform(_around)
    share = (mean / usual).dropna()
    shut = share[share < _SHUT]
    found = [
        PastEvent("shutdown", run, f"{100 * shut.reindex(list(run)).min():.0f} % of an ordinary day",
                  float(shut.reindex(list(run)).sum() - len(run)))
        for run in runs(list(shut.index))
    ]  # fmt: skip
    return sorted(found, key=lambda one: one.strength)[:n]


def _around(same_weekday: "pd.Series[float]") -> "pd.Series[float]":
    """The median of four weeks before and after."""
    return same_weekday.rolling(9, center=True, min_periods=4).median()


def ordinary_days(known: Known, within: Span, *, n: int = 5) -> list[PastEvent]:
    """Working days of middling temperature and without a holiday near, spread evenly: nothing happened on them."""
    mean = _daily(known, within, "mean")
    first, last = _local_days(within, known.zone)
    middling = mean.between(mean.quantile(0.3), mean.quantile(0.7))
    days = [first + timedelta(days=i) for i in range((last - first).days)] if mean.empty else list(mean[middling].index)
    near = {day + timedelta(days=step) for day in known.holidays for step in (-1, 0, 1)}
    calm = [day for day in days if day.weekday() < 5 and day not in near and first < day < last]
    every = max(len(calm) // n, 1)
    return [PastEvent("placebo", (day,), f"an ordinary {day:%A}", 0.0) for day in calm[every // 2 :: every][:n]]


def runs(days: list[date]) -> list[tuple[date, ...]]:
    """Days that follow one another, joined, at most a week together."""
    found: list[tuple[date, ...]] = []
    for _, group in groupby(enumerate(sorted(days)), key=lambda pair: pair[1] - timedelta(days=pair[0])):
        run = [day for _, day in group]
        found += [tuple(run[first : first + LONGEST_DAYS]) for first in range(0, len(run), LONGEST_DAYS)]
    return found


def _daily(known: Known, within: Span, how: Literal["max", "mean"]) -> "pd.Series[float]":
    """Temperature of each local day."""
    weather = known.weather if known.weather is not None else pd.DataFrame({"temperature_c": []}, index=_NOTHING)
    inside = weather.loc[within.holds(pd.DatetimeIndex(weather.index)), "temperature_c"].dropna()
    return inside.groupby(pd.DatetimeIndex(inside.index).tz_convert(known.zone).date).agg(how)


def _local_days(span: Span, zone: str) -> tuple[date, date]:
    ends = pd.DatetimeIndex([span.start, span.end - timedelta(microseconds=1)]).tz_convert(zone)
    return ends[0].date(), ends[1].date()


_NOTHING = pd.DatetimeIndex([], tz="UTC")
