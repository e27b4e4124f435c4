"""Rolling-origin backtest: what each forecaster would have said, standing at each origin.

A forecaster is handed copies that end at the origin; it never holds an object that knows more.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import timedelta
from typing import NamedTuple

import pandas as pd

from forecasting.domain import metrics, series
from forecasting.domain.contract import Forecaster, Known
from forecasting.domain.errors import BadSeries, NotEnoughHistory
from forecasting.domain.folds import Origins
from forecasting.domain.known import Weather, as_known_at
from forecasting.domain.quantiles import QUANTILES

Progress = Callable[[int, int], None]
Maker = Callable[[], Forecaster]


@dataclass(frozen=True)
class Plan:
    """What is backtested how; `refit_every` is the age at which a trained forecaster is trained again."""

    origins: Origins
    weather: Weather = "actual"
    refit_every: timedelta = timedelta(days=30)


@dataclass(frozen=True)
class Fold:
    """One forecaster's answer at one origin: `frame` has the columns QUANTILES and `actual`, by interval start.

    Where it could not answer (a gap of weeks before the origin, too short a history) `frame` is empty and
    `problem` says why.
    """

    forecaster: str
    origin: pd.Timestamp
    trained_at: pd.Timestamp | None
    frame: pd.DataFrame
    problem: str = ""


@dataclass(frozen=True)
class Result:
    """`points`: a row for each forecaster, origin and interval. `per_origin`, `scores`: metrics.Scores as columns.

    Origins at which one forecaster could not answer are left out for all, so that all are scored on the same
    values; `skipped` says why, by origin.
    """

    plan: Plan
    skipped: dict[pd.Timestamp, str]
    points: pd.DataFrame
    per_origin: pd.DataFrame
    scores: pd.DataFrame


@dataclass(frozen=True)
class Window:
    """The only door to the data, and it closes at the cut-off."""

    load: "pd.Series[float]"
    known: Known

    def up_to(self, cutoff: pd.Timestamp, until: pd.Timestamp, weather: Weather) -> "tuple[pd.Series[float], Known]":
        """Copies of what was known at `cutoff`, with weather to `until` by the named assumption."""
        step = series.step_of(self.load)
        return self.load.loc[self.load.index <= cutoff - step].copy(), as_known_at(self.known, cutoff, until, weather)


def folds(makers: Mapping[str, Maker], load: "pd.Series[float]", known: Known, plan: Plan) -> Iterator[Fold]:
    """Yield a Fold for each forecaster and origin, origin by origin. A forecaster's own defects are let through."""
    window = Window(load, known)
    trained: dict[str, _Trained] = {}
    for origin in plan.origins:
        for name, make in makers.items():
            try:
                if name not in trained or origin - trained[name].at >= plan.refit_every:
                    past, only_past = window.up_to(origin, origin, plan.weather)
                    trained[name] = _Trained(origin, make().fit(past, only_past))
                yield _fold(name, origin, trained[name], window, plan)
            except (BadSeries, NotEnoughHistory) as error:
                yield Fold(name, origin, None, pd.DataFrame(), str(error))


class _Trained(NamedTuple):
    at: pd.Timestamp
    forecaster: Forecaster


def _fold(name: str, origin: pd.Timestamp, trained: _Trained, window: Window, plan: Plan) -> Fold:
    step = series.step_of(window.load)
    starts = plan.origins.starts(origin, step)
    seen, known = window.up_to(origin, starts[-1] + step, plan.weather)
    frame = trained.forecaster.predict(seen, known, starts)
    return Fold(name, origin, trained.at, frame.assign(actual=window.load.reindex(starts)))


def backtest(
    makers: Mapping[str, Maker],
    load: "pd.Series[float]",
    known: Known,
    plan: Plan,
    *,
    season: timedelta = timedelta(days=1),
    progress: Progress | None = None,
) -> Result:
    """Run every fold and score it.

    `season` is that of MASE's naive scale; `progress(done, total)` is called after each fold.
    """
    total, done = len(makers) * len(plan.origins), list[Fold]()
    for fold in folds(makers, load, known, plan):
        done.append(fold)
        if progress:
            progress(len(done), total)
    skipped = {fold.origin: f"{fold.forecaster}: {fold.problem}" for fold in done if fold.problem}
    points = _points([fold for fold in done if fold.origin not in skipped])
    if points.empty:
        raise BadSeries(f"No origin could be forecast. {next(iter(skipped.values()), '')}")
    before = load.loc[load.index < next(iter(plan.origins))]
    scale = metrics.naive_scale(before, round(season / series.step_of(load)))
    per_origin = _scored(points, ["forecaster", "origin"], scale, known)
    return Result(plan, skipped, points, per_origin, _scored(points, ["forecaster"], scale, known))


def _points(answered: list[Fold]) -> pd.DataFrame:
    frames = [
        fold.frame.rename_axis("start").reset_index().assign(forecaster=fold.forecaster, origin=fold.origin)
        for fold in answered
    ]
    return pd.concat(frames, ignore_index=True) if frames else pd.DataFrame()


def _scored(points: pd.DataFrame, by: list[str], scale_kw: float, known: Known) -> pd.DataFrame:
    rows, keys = [], []
    for key, some in points.groupby(by, sort=False):
        frame = some.set_index("start")
        score = metrics.score(frame["actual"], frame[list(QUANTILES)], scale_kw=scale_kw, zone=known.zone)
        rows.append(asdict(score))
        keys.append(key)
    index = pd.MultiIndex.from_tuples(keys, names=by)
    return pd.DataFrame(rows, index=index if len(by) > 1 else index.get_level_values(0))
