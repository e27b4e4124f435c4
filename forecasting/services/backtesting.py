"""Backtests of the panel: a job of many small answers, each kept at once, so that a restart goes on where it was.

The origins are the local midnights of the days asked for. They are taken in blocks of `refit_days`: a forecaster is
trained at the first of a block and asked at each. What was answered is not asked again; training anew on the same
readings with the same seed gives the same forecaster, so a kill changes no number.
"""

from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
from django.contrib.auth.models import AbstractBaseUser

from forecasting.domain.contract import QUANTILES, Forecaster, Known, Request
from forecasting.domain.errors import ForecastError
from forecasting.domain.folds import Origins
from forecasting.domain.known import WEATHERS, as_known_at
from forecasting.domain.ladder import NAIVE
from forecasting.domain.lessons import lesson
from forecasting.domain.report import report
from forecasting.models import Backtest, BacktestFold
from forecasting.registry import forecasters
from forecasting.selectors import backtest_points, title_of
from forecasting.services.guarding import guarded
from forecasting.services.inputs import Inputs, inputs_of
from meters.selectors import data_through
from twin_project.kit.jobs.services import enqueue

if TYPE_CHECKING:
    from meters.models import Meter

DAY = timedelta(days=1)
LONGEST_DAYS = 400
AT_ONCE = 8  # answers between two signs of progress
Progress = Callable[[int, int], None]


class BadBacktest(ForecastError):
    """What was asked for cannot be backtested."""


def ask_backtest(
    *,
    meters: "Sequence[Meter]",
    keys: Sequence[str],
    first_day: date,
    last_day: date,
    weather: str,
    now: datetime,
    refit_days: int = 30,
    by: AbstractBaseUser | None = None,
) -> list[Backtest]:
    """One backtest and one job for each meter; the naive forecast is always among the forecasters.

    Raises BadBacktest for days that no meter has, too many of them, or an unknown forecaster or weather.
    """
    known = forecasters.all()
    if last_day < first_day or (last_day - first_day).days >= LONGEST_DAYS:
        raise BadBacktest(f"Give between 1 and {LONGEST_DAYS} days, the first one first.")
    if weather not in WEATHERS or not set(keys) <= set(known) or not keys:
        raise BadBacktest(f"Choose forecasters among {', '.join(known)} and a weather among {', '.join(WEATHERS)}.")
    asked = []
    for meter in meters:
        through = data_through(meter)
        if through is None or through.astimezone(ZoneInfo(meter.site.zone)).date() < first_day:
            raise BadBacktest(f"{meter} has no readings after {first_day}; there is nothing to compare with.")
        row = Backtest.objects.create(
            meter=meter,
            forecasters=sorted({NAIVE, *keys} & set(known)),
            first_day=first_day,
            last_day=last_day,
            weather=weather,
            refit_days=refit_days,
            data_through_at=through,
            created_at=now,
        )
        row.job = enqueue(kind="backtest_forecasters", params={"backtest_id": row.pk}, by=by).pk
        row.save(update_fields=["job"])
        asked.append(row)
    return asked


def run_backtest(*, backtest: Backtest, now: datetime, progress: Progress | None = None) -> Backtest:
    """Answer what is not answered yet, then sum up. Raises NoReadings, BadBacktest."""
    inputs = inputs_of(meter=backtest.meter, horizon=timedelta(0)).as_of(backtest.data_through_at, horizon=timedelta(0))
    origins = _origins(backtest, inputs)
    if not origins:
        raise BadBacktest(f"{backtest.meter} has no readings before {backtest.first_day} to learn from.")
    done = set(BacktestFold.objects.filter(backtest=backtest).values_list("forecaster", "origin_at"))
    total = len(origins) * len(backtest.forecasters)
    for first in range(0, len(origins), backtest.refit_days):
        block = origins[first : first + backtest.refit_days]
        for key in backtest.forecasters:
            for fold in _block(backtest, key, inputs, block, {at for name, at in done if name == key}):
                done.add((fold.forecaster, fold.origin_at))
                if progress:
                    progress(len(done), total)
    points, skipped = backtest_points(backtest)
    if not points:
        raise BadBacktest(f"No day could be forecast. {next(iter(skipped.values()), '')}".strip())
    before = inputs.load.loc[: origins[0]]
    backtest.summary = report(
        points, before, zone=inputs.known.zone, interval_s=int(inputs.step.total_seconds()), naive=NAIVE
    ) | {"skipped": skipped}
    backtest.finished_at = now
    backtest.save(update_fields=["summary", "finished_at"])
    return backtest


def _origins(backtest: Backtest, inputs: Inputs) -> list[datetime]:
    """The midnights of the days asked for that have a past and a future."""
    zone = ZoneInfo(inputs.known.zone)
    first, last = (
        datetime(day.year, day.month, day.day, tzinfo=zone) for day in (backtest.first_day, backtest.last_day)
    )
    grid, step = pd.Timestamp(inputs.load.index[0]), pd.Timedelta(inputs.step)
    walls = Origins(first=first, last=last, zone=inputs.known.zone)
    found = [(grid + step * -(-(origin - grid) // step)).to_pydatetime() for origin in walls]
    return sorted({origin for origin in found if inputs.load.index[0] < origin < backtest.data_through_at})


def _block(
    backtest: Backtest, key: str, inputs: Inputs, block: list[datetime], done: set[datetime]
) -> Iterator[BacktestFold]:
    """Train at the first origin of a block and answer at those that are still open."""
    wanted = [origin for origin in block if origin not in done]
    if not wanted:
        return
    try:
        load, known = _seen(backtest, inputs, block[0])
        with guarded(title_of(key), "being trained"):
            fitted = forecasters.get(key)(seed=0).fit(lesson(load, inputs.estimated)[0], known)
    except ForecastError as error:
        yield from _keep([_fold(backtest, key, origin, inputs, problem=str(error)) for origin in wanted])
        return
    for first in range(0, len(wanted), AT_ONCE):
        some = wanted[first : first + AT_ONCE]
        yield from _keep([_answer(backtest, fitted, origin, inputs) for origin in some])


def _answer(backtest: Backtest, fitted: Forecaster, origin: datetime, inputs: Inputs) -> BacktestFold:
    starts = Origins(origin, origin, zone=inputs.known.zone).starts(pd.Timestamp(origin), inputs.step)
    try:
        load, known = _seen(backtest, inputs, origin)
        with guarded(fitted.title, "forecasting"):
            frame = fitted.predict_many([Request(load, known, starts)])[0]
    except ForecastError as error:
        return _fold(backtest, fitted.key, origin, inputs, problem=str(error))
    return _fold(backtest, fitted.key, origin, inputs, frame=frame)


def _seen(backtest: Backtest, inputs: Inputs, origin: datetime) -> "tuple[pd.Series[float], Known]":
    until = pd.Timestamp(origin) + 2 * DAY
    known = as_known_at(inputs.record, pd.Timestamp(origin), until, backtest.weather)  # type: ignore[arg-type]  # its choices
    return inputs.load.loc[inputs.load.index < origin], known


def _fold(
    backtest: Backtest,
    key: str,
    origin: datetime,
    inputs: Inputs,
    *,
    frame: pd.DataFrame | None = None,
    problem: str = "",
) -> BacktestFold:
    answer = b""
    if frame is not None:
        came = inputs.load.drop(inputs.estimated, errors="ignore").reindex(frame.index)
        answer = np.column_stack([frame[list(QUANTILES)].to_numpy(), came.to_numpy()]).astype("<f8").tobytes()
    step_s = int(inputs.step.total_seconds())
    return BacktestFold(
        backtest=backtest, forecaster=key, origin_at=origin, interval_s=step_s, answer=answer, problem=problem
    )


def _keep(folds: list[BacktestFold]) -> list[BacktestFold]:
    BacktestFold.objects.bulk_create(folds, ignore_conflicts=True)
    return folds
