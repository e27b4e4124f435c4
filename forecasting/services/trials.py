"""Try a forecaster on a meter's own last weeks: trained where they begin, asked at each midnight, beside its rival.

It holds to the rules of a backtest: nothing after a midnight is known at it, neither readings nor weather.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pandas as pd

from forecasting.domain import metrics
from forecasting.domain.contract import Forecaster, Request
from forecasting.domain.errors import ForecastError
from forecasting.domain.folds import Origins
from forecasting.domain.ladder import LEAST_TRIAL_DAYS, RIVAL, TRIAL_DAYS, Trial
from forecasting.domain.quantiles import MEDIAN
from forecasting.domain.series import days_known
from forecasting.registry import forecasters
from forecasting.services.guarding import guarded
from forecasting.services.inputs import Inputs

HORIZON = timedelta(hours=48)
DAY = timedelta(days=1)
LONGEST_GAP = timedelta(days=7)  # a midnight with nothing known so long before it is not asked
Maker = Callable[[], Forecaster]


@dataclass(frozen=True)
class Rehearsal:
    """A forecaster trained on `stands[0]`, and its answer at each of them."""

    fitted: Forecaster
    stands: list[Inputs]
    answers: list[pd.DataFrame]
    seconds: float = 0.0


@dataclass(frozen=True)
class Tried:
    """The scores of a trial, and the rehearsal that they come from."""

    trial: Trial
    rehearsal: Rehearsal


def try_forecaster(*, plugin: type[Forecaster], params: Any, seed: int, inputs: Inputs) -> Tried | None:
    """The trial over up to 28 days; None where fewer than 7 would be left beside what it learns from."""
    lesson, _ = inputs.lesson()
    if not lesson.notna().any():
        return None
    spare = days_known(lesson.loc[: lesson.last_valid_index()]) - plugin.min_history // DAY
    days = min(TRIAL_DAYS, spare)
    stands = [inputs.as_of(origin, horizon=HORIZON) for origin in last_midnights(inputs, max(days, 1))]
    stands = [stand for stand in stands if stand.load.loc[stand.cutoff_at - LONGEST_GAP :].notna().any()]
    if len(stands) < LEAST_TRIAL_DAYS:
        return None
    try:
        own = rehearse(lambda: plugin(params, seed=seed), stands)
        rival = own if plugin.key == RIVAL else rehearse(lambda: forecasters.get(RIVAL)(seed=seed), stands)
    except ForecastError:  # gaps: the days are there, but not before the trial's first one
        return None
    mine, others = (scored(some.answers, lesson) for some in (own, rival))
    if mine is None or others is None:
        return None
    return Tried(Trial(days, mine[0], *mine[1:], *others[1:]), own)


def rehearse(make: Maker, stands: list[Inputs]) -> Rehearsal:
    """Train at the first stand, answer at all of them. Raises ForecastError."""
    lesson, _ = stands[0].lesson()
    made = make()
    with guarded(made.title, "being tried"):
        fitted = made.fit(lesson, stands[0].known)
        answers = fitted.predict_many([Request(one.load, one.known, starts_of(one)) for one in stands])
    return Rehearsal(fitted, stands, answers)


def starts_of(stand: Inputs, horizon: timedelta = HORIZON) -> pd.DatetimeIndex:
    """The intervals that are forecast from a stand."""
    return pd.date_range(stand.cutoff_at, stand.cutoff_at + horizon, freq=stand.step, inclusive="left")


def scored(answers: list[pd.DataFrame], load: "pd.Series[float]") -> tuple[int, float, float] | None:
    """Intervals that came, MAE and pinball loss in kW; None where nothing came."""
    frame = pd.concat(answers)
    actual = load.reindex(frame.index)
    met = actual.notna().to_numpy()
    if not met.any():
        return None
    actual, frame = actual[met], frame[met]
    return int(met.sum()), metrics.mae(actual, frame[MEDIAN]), metrics.pinball(actual, frame)


def last_midnights(inputs: Inputs, days: int) -> list[datetime]:
    """The local midnights that begin the last days, the one that is not over included."""
    zone = ZoneInfo(inputs.known.zone)
    midnight = inputs.cutoff_at.astimezone(zone).replace(hour=0, minute=0, second=0, microsecond=0)
    found = Origins(first=midnight - (days - 1) * DAY, last=midnight, stride=DAY, zone=inputs.known.zone)
    step = pd.Timedelta(inputs.step)
    first = pd.Timestamp(inputs.load.index[0])
    on_grid = [first + step * -(-(origin - first) // step) for origin in found]  # daily readings may begin at any hour
    return [origin.to_pydatetime() for origin in on_grid if origin < inputs.cutoff_at]
