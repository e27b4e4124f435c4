"""What the cards about forecasts show, of one meter: the fan, the peak of a day, the accuracy so far."""

from bisect import bisect_right
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pandas as pd

from forecasting.charts import day_strip, forecast_figure
from forecasting.models import ForecastRun
from forecasting.selectors import (
    NAIVE,
    Accuracy,
    accuracy,
    care_of,
    in_charge,
    is_stale,
    latest_run,
    past_runs,
    peak_of,
    quantiles_of,
    quantiles_of_runs,
    title_of,
)
from meters.selectors import data_through, load_series
from twin_project.kit.figures import Figure, Window
from twin_project.kit.periods import Period, period_of
from twin_project.kit.time_axis import Table, summary_table

if TYPE_CHECKING:
    from meters.models import Meter

MOST_PAST = timedelta(days=45)
WORTH_TELLING = 96


@dataclass(frozen=True)
class Fan:
    """History against forecast over some days."""

    run: ForecastRun | None
    title: str
    chart: Figure | None
    table: Table | None
    complete: float
    stale: bool
    quantiles: pd.DataFrame | None
    past: bool = False
    rehearsed: bool = False


@dataclass(frozen=True)
class Peak:
    """The highest point of a day that is forecast."""

    day: date
    at: str
    power_kw: float
    low_kw: float
    high_kw: float
    energy_kwh: float
    covered: float
    today_kw: float | None
    chart: Figure


@dataclass(frozen=True)
class Board:
    """The accuracy of past runs, the best first, and what it means."""

    rows: list[Accuracy]
    best: str | None
    sentence: str


def fan_of(meter: "Meter", period: Period, *, now: datetime, forecaster: str | None = None) -> Fan:
    """The newest run over the measured power of the period, with the past runs as they were issued."""
    window = Window(period.start, period.end, period.zone, timedelta(seconds=meter.interval_s))
    run = latest_run(meter, forecaster=forecaster)
    power = load_series(meter=meter, start=period.start, end=min(period.end, max(now, period.start)))
    quantiles = quantiles_of(run) if run else None
    if run is None and not power.notna().any():
        return Fan(None, "", None, None, 0.0, False, None)
    runs, past = bands_of_days(meter, run, window) if run else ([], [])
    through = data_through(meter)
    chart = forecast_figure(power, quantiles, window=window, now=now, data_through=through, past=past)
    shown = {"measured, kW": power}
    if quantiles is not None:
        inside = _between(quantiles, period.start, period.end)
        shown |= {"twin, kW": inside[0.5], "low, kW": inside[0.1], "high, kW": inside[0.9]}
    known = power[power.index < pd.Timestamp(through)] if through else power
    complete = float(known.notna().mean()) if len(known) else 0.0
    title = title_of(run.forecaster) if run else ""
    stale = bool(run and is_stale(run, now=now))
    return Fan(
        run,
        title,
        chart,
        summary_table(shown, period.zone),
        complete,
        stale,
        quantiles,
        bool(past),
        any(known.rehearsed for known in runs),
    )


def fan_part(meter: "Meter", window: Window, *, now: datetime, forecaster: str | None = None) -> Figure:
    """The chart of `fan_of` over a part of it, in full detail."""
    run = latest_run(meter, forecaster=forecaster)
    power = load_series(meter=meter, start=window.start, end=min(window.end, max(now, window.start)))
    past = bands_of_days(meter, run, window)[1] if run else []
    quantiles = quantiles_of(run) if run else None
    return forecast_figure(power, quantiles, window=window, now=now, data_through=data_through(meter), past=past)


def peak_tomorrow(meter: "Meter", fan: Fan, *, now: datetime, zone: ZoneInfo) -> Peak | None:
    """The peak of the next local day; None where the run does not reach it."""
    today = period_of("day", now.astimezone(zone).date(), zone)
    day = today.moved(1)
    found = peak_of(fan.quantiles, start=day.start, end=day.end) if fan.quantiles is not None else None
    if found is None or fan.quantiles is None:
        return None
    at, row = found
    inside = _between(fan.quantiles, day.start, day.end)
    hours = meter.interval_s / 3600
    measured = load_series(meter=meter, start=today.start, end=now)
    return Peak(
        day=day.first,
        at=f"{at.astimezone(zone):%H:%M}",
        power_kw=float(row[0.5]),
        low_kw=float(row[0.1]),
        high_kw=float(row[0.9]),
        energy_kwh=float(inside[0.5].sum() * hours),
        covered=len(inside) * timedelta(seconds=meter.interval_s) / (day.end - day.start),
        today_kw=float(measured.max()) if measured.notna().any() else None,
        chart=day_strip(inside, window=Window(day.start, day.end, zone, timedelta(seconds=meter.interval_s))),
    )


def board_of(meter: "Meter", *, since: datetime | None = None) -> Board:
    """The leaderboard with a sentence about the best one against the naive."""
    rows = accuracy(meter, since=since)
    best = in_charge(meter)
    naive = next((row for row in rows if row.forecaster == NAIVE), None)
    leader = next((row for row in rows if row.forecaster == best), None)
    sentence = ""
    if naive and leader and leader is not naive and naive.mae_kw > 0:
        change = 1 - leader.mae_kw / naive.mae_kw
        word = "less" if change >= 0 else "more"
        sentence = f"{leader.title} errs {abs(change) * 100:.0f}\u2009% {word} than the naive forecast."
        if leader.points_n < WORTH_TELLING:
            sentence += " Less than a day of readings so far: too few to tell."
    if leader and leader.rehearsed_n:
        all_of = "All" if leader.rehearsed_n == leader.runs_n else f"{leader.rehearsed_n}"
        sentence += (
            f" {all_of} of its {leader.runs_n} runs were rehearsed: made afterwards, knowing only what was known then."
        )
    care = care_of(meter)
    return Board(rows, best, f"{care.drift_words} {sentence}".strip() if care.drifted_at else sentence)


def bands_of_days(meter: "Meter", run: ForecastRun, window: Window) -> tuple[list[ForecastRun], list[pd.DataFrame]]:
    """For each local day what was forecast at its midnight, or first on that day; none beside a long period.

    Runs come with every visit; one a day shows what they were worth without drawing them all over each other.
    """
    if window.end - window.start > MOST_PAST:
        return [], []
    day = period_of("day", window.start.astimezone(window.zone).date(), window.zone)
    runs = past_runs(meter, start=day.start, end=window.end, forecaster=run.forecaster)
    cutoffs = [past.data_cutoff_at for past in runs]
    days: list[tuple[ForecastRun, datetime, datetime]] = []
    until = min(window.end, run.data_cutoff_at)
    while runs and day.start < until:
        place = max(bisect_right(cutoffs, day.start) - 1, 0)
        days.append((runs[place], day.start, min(day.end, until)))
        day = day.moved(1)
    frames = quantiles_of_runs([known for known, _, _ in days])
    parts = [_between(frames[known.pk], start, end) for known, start, end in days]
    return [known for known, _, _ in days], [part for part in parts if len(part)]


def _between(frame: pd.DataFrame, start: datetime, end: datetime) -> pd.DataFrame:
    return frame[(frame.index >= start) & (frame.index < end)]
