"""Evaluate forecasters on many meters as BuildingsBench does, so that anybody can check them on data of their own.

A forecaster that works without training is handed the context before each origin and nothing else. With
`train_until` every forecaster learns from each meter's readings before that instant, and those that need more than
the context to read get all readings before the origin. No forecast reads what came later.
"""

import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import NamedTuple

import pandas as pd

from forecasting.domain.contract import Forecaster, Known, Request
from forecasting.domain.errors import BadSeries, ForecastError
from forecasting.domain.evaluation_scores import Row, scored
from forecasting.domain.evaluation_windows import MeterYear, Protocol, Record, meter_years
from forecasting.domain.known import as_known_at
from forecasting.domain.load_files import MeterFile

Maker = Callable[[], Forecaster]
REFERENCE = "persistence_ensemble"
BATCH = 512
_BEFORE = pd.Timedelta(days=14)  # of weather before the context: a building remembers it
_DAY = pd.Timedelta(days=1)


@dataclass
class Evaluation:
    """`rows`: one for each forecaster and meter-year. `left_out`, `refused`: sentences, the latter by forecaster."""

    rows: list[Row] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)
    refused: dict[str, str] = field(default_factory=dict)


class _Task(NamedTuple):
    record: Record
    years: list[MeterYear]
    protocol: Protocol
    site: Known


class _Serving(NamedTuple):
    forecaster: Forecaster
    whole_past: bool


def evaluate(
    meters: Iterable[MeterFile],
    makers: Mapping[str, Maker],
    protocol: Protocol,
    known: Known,
    *,
    progress: Callable[[str], None] | None = None,
) -> Evaluation:
    """Score every forecaster on every meter-year; `known` is the site of all meters, a meter's own weather wins.

    Raises BadSeries where nothing is left to score.
    """
    done = Evaluation()
    for meter in meters:
        record = Record.of(meter.meter, meter.load)
        found = list(meter_years(record, protocol))
        done.left_out += [word for word in found if isinstance(word, str)]
        years = [year for year in found if isinstance(year, MeterYear)]
        if years:
            site = replace(
                known,
                weather=known.weather if meter.weather is None else meter.weather,
                holidays=known.holidays | meter.holidays,
            )
            for key, make in makers.items():
                try:
                    done.rows += _rows(key, make(), _Task(record, years, protocol, site))
                except ForecastError as error:
                    done.refused.setdefault(key, f"{record.meter}: {error}")
        if progress:
            progress(meter.meter)
    if not done.rows:
        raise BadSeries(" ".join(["Nothing could be scored.", *done.left_out[:3], *done.refused.values()]))
    return done


def _rows(key: str, forecaster: Forecaster, task: "_Task") -> list[Row]:
    rows, began = [], time.perf_counter()
    serving = _trained(forecaster, task)
    for year in task.years:
        frames = _forecasts(serving, year, task)
        took = time.perf_counter() - began  # the first year bears the training
        rows.append(scored(key, task.record, year, frames, task.protocol, seconds=took))
        began = time.perf_counter()
    return rows


def _trained(forecaster: Forecaster, task: _Task) -> _Serving:
    record, protocol, origin = task.record, task.protocol, int(task.years[0].origins[0])
    context = protocol.steps(protocol.context_h, record.step)
    index = pd.DatetimeIndex(record.load.index)
    fits_context = forecaster.min_history <= pd.Timedelta(hours=protocol.context_h)
    if protocol.train_until is None:
        if not fits_context:
            days = forecaster.min_history / _DAY
            raise BadSeries(
                f"{forecaster.title} learns from {days:g} days of a meter and gets {protocol.context_h:g} hours here; "
                "give it readings to learn from by --train-until."
            )
        first = max(0, origin - context)
        load = pd.Series(record.context(origin, context), index=index[first:origin])
        until = index[origin]
    else:
        until = pd.Timestamp(protocol.train_until)
        load = record.load.loc[: until - record.step]
    if len(load) < 2:
        raise BadSeries("there are no readings before the training ends.")
    forecaster.fit(load, as_known_at(task.site, until, until, protocol.weather))
    return _Serving(forecaster, whole_past=not (fits_context or forecaster.pretrained))


def _forecasts(serving: _Serving, year: MeterYear, task: _Task) -> list[pd.DataFrame]:
    frames: list[pd.DataFrame] = []
    for first in range(0, len(year.origins), BATCH):
        some = year.origins[first : first + BATCH]
        frames += serving.forecaster.predict_many([_request(int(origin), serving, task) for origin in some])
    return frames


def _request(origin: int, serving: _Serving, task: _Task) -> Request:
    record, protocol = task.record, task.protocol
    index = pd.DatetimeIndex(record.load.index)
    context, horizon = (protocol.steps(hours, record.step) for hours in (protocol.context_h, protocol.horizon_h))
    first = 0 if serving.whole_past else max(0, origin - context)
    values = record.load.to_numpy()[:origin] if serving.whole_past else record.context(origin, context)
    starts = index[origin : origin + horizon]
    since = index[first] - _BEFORE
    known = _known(task.site, since, starts[0], starts[-1] + record.step, protocol)
    return Request(pd.Series(values, index=index[first:origin]), known, starts)


def _known(site: Known, since: pd.Timestamp, cutoff: pd.Timestamp, until: pd.Timestamp, protocol: Protocol) -> Known:
    if site.weather is None or protocol.weather == "none":
        return as_known_at(site, cutoff, until, "none")
    first, last = site.weather.index.searchsorted(pd.DatetimeIndex([since, until]))
    return as_known_at(replace(site, weather=site.weather.iloc[first:last]), cutoff, until, protocol.weather)
