"""Rolling-origin backtest: what each forecaster would have said, standing at each origin.

A forecaster is handed copies that end at the origin; it never holds an object that knows more.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import timedelta

import pandas as pd

from forecasting.domain import metrics, series
from forecasting.domain.contract import Forecaster, Known
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
    """One forecaster's answer at one origin: `frame` has the columns QUANTILES and `actual`, by interval start."""

    forecaster: str
    origin: pd.Timestamp
    trained_at: pd.Timestamp
    frame: pd.DataFrame


@dataclass(frozen=True)
class Result:
    """`points`: a row for each forecaster, origin and interval. `per_origin`, `scores`: metrics.Scores as columns."""

    plan: Plan
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
    """Yield a Fold for each forecaster and origin, origin by origin. Errors of a forecaster are let through."""
    step = series.step_of(load)
    window = Window(load, known)
    trained: dict[str, tuple[pd.Timestamp, Forecaster]] = {}
    for origin in plan.origins:
        starts = plan.origins.starts(origin, step)
        seen, then = window.up_to(origin, starts[-1] + step, plan.weather)
        for name, make in makers.items():
            if name not in trained or origin - trained[name][0] >= plan.refit_every:
                past, only_past = window.up_to(origin, origin, plan.weather)
                trained[name] = origin, make().fit(past, only_past)
            trained_at, forecaster = trained[name]
            frame = forecaster.predict(seen.copy(), then, starts)
            yield Fold(name, origin, trained_at, frame.assign(actual=load.reindex(starts)))


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
    total, done = len(makers) * len(plan.origins), []
    for fold in folds(makers, load, known, plan):
        done.append(fold)
        if progress:
            progress(len(done), total)
    before = load.loc[load.index < next(iter(plan.origins))]
    scale = metrics.naive_scale(before, round(season / series.step_of(load)))
    points = pd.concat(
        [f.frame.rename_axis("start").reset_index().assign(forecaster=f.forecaster, origin=f.origin) for f in done],
        ignore_index=True,
    )
    return Result(
        plan,
        points,
        _scored(points, ["forecaster", "origin"], scale, known),
        _scored(points, ["forecaster"], scale, known),
    )


def _scored(points: pd.DataFrame, by: list[str], scale_kw: float, known: Known) -> pd.DataFrame:
    rows, keys = [], []
    for key, some in points.groupby(by, sort=False):
        frame = some.set_index("start")
        score = metrics.score(frame["actual"], frame[list(QUANTILES)], scale_kw=scale_kw, zone=known.zone)
        rows.append(asdict(score))
        keys.append(key)
    index = pd.MultiIndex.from_tuples(keys, names=by)
    return pd.DataFrame(rows, index=index if len(by) > 1 else index.get_level_values(0))
