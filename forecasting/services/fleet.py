"""Forecast a fleet: all series in a few queries, asked in one batch, written in one INSERT and one COPY."""

import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import pandas as pd
from django.db.models import Exists, OuterRef

from forecasting.domain.contract import Forecaster, Known, Request
from forecasting.domain.errors import ForecastError
from forecasting.domain.known import as_known_at, holidays_between
from forecasting.models import ForecastRun, TrainedForecaster
from forecasting.registry import forecasters
from forecasting.services.archiving import archive_runs
from forecasting.services.artifacts import open_trained
from forecasting.services.guarding import guarded
from meters.selectors import all_meters, load_weather
from meters.selectors.columns import load_power_of_many
from meters.selectors.latest import data_through_of_many
from meters.selectors.weather import sites_with_weather, weather_vintages

if TYPE_CHECKING:
    from meters.models import Meter

AHEAD = timedelta(hours=24)
AT_ONCE = 250  # meters whose series are in memory at a time


@dataclass
class FleetReport:
    """What became of a fleet: runs and points written, why meters were left out, seconds by step."""

    runs_n: int = 0
    points_n: int = 0
    reasons: dict[int, str] = field(default_factory=dict)
    seconds: dict[str, float] = field(default_factory=lambda: {"read": 0.0, "predict": 0.0, "write": 0.0})


@dataclass(frozen=True)
class _Asked:
    """One meter of the fleet with what it is asked."""

    meter: "Meter"
    trained: TrainedForecaster
    opened: Forecaster
    request: Request
    cutoff_at: datetime


@dataclass(frozen=True)
class _Ahead:
    """When it is, how far is asked, and which sites have weather."""

    now: datetime
    horizon: timedelta
    weather_sites: set[int]


def issue_fleet(
    *,
    forecaster: str,
    now: datetime,
    meters: "Sequence[Meter] | None" = None,
    horizon: timedelta = AHEAD,
) -> FleetReport:
    """A run of one forecaster for each meter (default: all) that has a training of it.

    The numbers are those of `issue_forecast`; a meter that cannot be forecast gets a sentence and stops no other.
    Raises UnknownPlugin, BrokenPlugin.
    """
    plugin, told = forecasters.get(forecaster), FleetReport()
    chosen = list(all_meters()) if meters is None else list(meters)
    trained = _newest(forecaster, chosen)
    for meter in chosen:
        if meter.pk not in trained:
            told.reasons[meter.pk] = f"{plugin.title} has not been trained on {meter} yet."
    able = [meter for meter in chosen if meter.pk in trained]
    through = data_through_of_many(able)
    weather = sites_with_weather()
    for first in range(0, len(able), AT_ONCE):
        began = time.perf_counter()
        some = [(meter, trained[meter.pk], through.get(meter.pk)) for meter in able[first : first + AT_ONCE]]
        asked = _questions(plugin, some, _Ahead(now, horizon, weather), told)
        told.seconds["read"] += (read := time.perf_counter()) - began
        answers = _answers(plugin, asked, told)
        told.seconds["predict"] += (predicted := time.perf_counter()) - read
        _write(asked, answers, now, horizon, told)
        told.seconds["write"] += time.perf_counter() - predicted
    return told


def _newest(forecaster: str, meters: "Sequence[Meter]") -> dict[int, TrainedForecaster]:
    own = TrainedForecaster.objects.filter(forecaster=forecaster, retired=False, meter__in=meters)
    later = own.filter(meter=OuterRef("meter"), version__gt=OuterRef("version"))
    return {row.meter_id: row for row in own.filter(~Exists(later)).defer("drivers", "notes", "params")}


def _questions(
    plugin: type[Forecaster],
    some: "list[tuple[Meter, TrainedForecaster, datetime | None]]",
    ahead: _Ahead,
    told: FleetReport,
) -> list[_Asked]:
    """What each meter is asked; those without readings or with damaged files are told of instead."""
    spans = {meter.pk: (cutoff - plugin.context, cutoff) for meter, _, cutoff in some if cutoff}
    series = load_power_of_many(meters=[meter for meter, _, _ in some], spans=spans)
    found = []
    for meter, trained, cutoff in some:
        load = series.get(meter.pk)
        if load is None or cutoff is None or not load.notna().any():
            told.reasons[meter.pk] = f"{meter} has no reading to forecast from."
            continue
        try:
            opened = open_trained(trained)
            known = _known(meter, cutoff, ahead)
        except ForecastError as error:
            told.reasons[meter.pk] = str(error)
            continue
        step = timedelta(seconds=meter.interval_s)
        starts = pd.date_range(cutoff, cutoff + ahead.horizon, freq=step, inclusive="left")
        found.append(_Asked(meter, trained, opened, Request(load, known, starts), cutoff))
    return found


def _known(meter: "Meter", cutoff: datetime, ahead: _Ahead) -> Known:
    site, until = meter.site, cutoff + ahead.horizon
    days = holidays_between(site.country, site.subdivision, cutoff.year - 2, until.year)
    bare = Known(site.zone, days, None, site.latitude, site.longitude, ahead="none")
    if site.pk not in ahead.weather_sites:
        return bare
    start, asked = cutoff - timedelta(days=430), max(ahead.now, cutoff)
    observed = load_weather(site=site, start=start, end=asked)
    vintages = weather_vintages(site=site, start=cutoff, end=until)
    if observed.empty and vintages.empty:
        return bare
    record = Known(site.zone, days, observed, site.latitude, site.longitude, vintages if len(vintages) else None)
    return as_known_at(record, pd.Timestamp(asked), pd.Timestamp(until), "forecast")


def _answers(plugin: type[Forecaster], asked: list[_Asked], told: FleetReport) -> list[pd.DataFrame | None]:
    """All in one batch; where that fails, one by one, so that only the meter at fault goes without."""
    try:
        with guarded(plugin.title, "forecasting a fleet"):
            return list(plugin.predict_each([one.opened for one in asked], [one.request for one in asked]))
    except ForecastError:
        answers: list[pd.DataFrame | None] = []
        for one in asked:
            try:
                with guarded(plugin.title, "forecasting"):
                    answers.append(one.opened.predict(*one.request))
            except ForecastError as error:
                told.reasons[one.meter.pk] = str(error)
                answers.append(None)
        return answers


def _write(
    asked: list[_Asked], answers: list[pd.DataFrame | None], now: datetime, horizon: timedelta, told: FleetReport
) -> None:
    pairs = [(one, answer) for one, answer in zip(asked, answers, strict=True) if answer is not None]
    runs = [
        ForecastRun(
            meter=one.meter,
            forecaster=one.trained.forecaster,
            trained=one.trained,
            issued_at=now,
            data_cutoff_at=one.cutoff_at,
            ends_at=one.cutoff_at + horizon,
            interval_s=one.meter.interval_s,
            weather=one.request.known.ahead if one.trained.with_weather else "none",
        )
        for one, _ in pairs
    ]
    stored = archive_runs(runs=runs, answers=[answer for _, answer in pairs])
    told.runs_n += len(stored)
    told.points_n += sum(len(answer) for (_, answer), run in zip(pairs, runs, strict=True) if run.pk)
