"""Base against scenario: the same forecaster asked twice, the same chances drawn in both worlds.

1. The events that change what is known (weather, holidays) do so in their order.
2. The forecaster tells both worlds block by block. A block's history is what was read before it, in the scenario
   plus the change so far; where nothing was read, or it is hidden, the median that was told. Outside the time from
   the first such event to `AFTERMATH` after the last one the worlds are the same: a forecaster that leans on last
   week's load would else carry a change on for ever.
3. The quantiles become paths on one set of chances, and the events that change the load do so in their order.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta

import numpy as np
import pandas as pd

from forecasting.domain.contract import Forecaster, Known
from forecasting.domain.quantiles import MEDIAN
from simulations.domain.base_load import base_load
from simulations.domain.contract import Floats, Load, Placed, Span, in_order
from simulations.domain.effect import USUAL, spread_over
from simulations.domain.errors import CannotSimulate
from simulations.domain.limits import beyond_seen
from simulations.domain.outcome import Outcome
from simulations.domain.paths import DRAWS, chances, paths

BLOCK = timedelta(days=7)  # the farthest that a forecaster tells
AFTERMATH = timedelta(days=3)  # the slowest memory of a building that the forecasters know is two days
Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Question:
    """One meter, one period, some events.

    `load` in kW on a regular UTC grid, as long as there is any; `known` covers it and the period. `hidden` asks the
    twin to tell the whole period without its readings, as when a past event is replayed. `spread` is how sure a learned
    effect is (see effect.effect_spread); `prices` are per kWh, by interval, where a tariff is known.
    """

    load: "pd.Series[float]"
    known: Known
    period: Span
    events: tuple[Placed, ...] = ()
    hidden: bool = False
    spread: float = USUAL
    prices: Floats | None = None


def simulate(
    forecaster: Forecaster, question: Question, *, draws: int = DRAWS, seed: int = 0, progress: Progress | None = None
) -> Outcome:
    """Answer the question with a fitted forecaster; the same seed gives the same answer.

    Raises BadScenario by the field that is wrong, CannotSimulate where there is no history before the period, and
    what the forecaster raises.
    """
    if forecaster.step is None or question.load.loc[: question.period.start].dropna().empty:
        raise CannotSimulate("There are no readings before the period; choose a later one.")
    ordered, step = in_order(question.events, question.period), forecaster.step
    starts = pd.date_range(question.period.start, question.period.end, freq=step, inclusive="left").tz_convert("UTC")
    told = question.known
    for one in ordered:
        told = one.event.change_known(told, one.span)
    changed = span_of([one for one in ordered if one.event.effect == "learned"])
    touched = changed.longer(AFTERMATH).holds(starts) if changed else np.zeros(len(starts), dtype=bool)
    base_kw, scenario_kw = _tell(forecaster, question, told, pd.Series(touched, index=starts), progress)
    scores = chances(len(starts), step, draws=draws, seed=seed)
    quiet = base_load(question.load, starts, question.known.zone)
    base = Load(starts, step, question.known, paths(base_kw, scores), quiet, question.prices, seed)
    effect = (scenario_kw[MEDIAN] - base_kw[MEDIAN]).to_numpy(dtype=np.float64)
    unsure = spread_over(paths(scenario_kw, scores), effect, question.spread, step=step, seed=seed)
    scenario = Load(starts, step, told, np.where(touched, unsure, base.kw), quiet, question.prices, seed)
    for one in ordered:
        scenario = one.event.change_load(scenario, one.span)
    warned = beyond_seen(question.load, question.known, told, question.period)
    return Outcome(base, scenario, warned, [words for one in ordered for words in one.event.assumptions()])


def _tell(
    forecaster: Forecaster, question: Question, told: Known, touched: "pd.Series[bool]", progress: Progress | None
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Quantiles of both worlds over the whole period; `touched`, by interval, is where they may differ."""
    starts = pd.DatetimeIndex(touched.index)
    as_was = as_told = question.load.loc[question.load.index < starts[0]]
    base, scenario, blocks = [], [], list(_blocks(starts))
    for place, block in enumerate(blocks):
        of_base = of_scenario = forecaster.predict(as_was, question.known, block)
        here = touched.loc[block]
        if here.any():
            of_scenario = of_base.copy()
            of_scenario.loc[here] = forecaster.predict(as_told, told, block).loc[here]
        came = of_base[MEDIAN] if question.hidden else question.load.reindex(block).fillna(of_base[MEDIAN])
        as_was = pd.concat([as_was, came]).asfreq(forecaster.step)
        as_told = pd.concat([as_told, came + of_scenario[MEDIAN] - of_base[MEDIAN]]).asfreq(forecaster.step)
        base.append(of_base)
        scenario.append(of_scenario)
        if progress:
            progress(place + 1, len(blocks))
    return pd.concat(base), pd.concat(scenario)


def _blocks(starts: pd.DatetimeIndex) -> Iterator[pd.DatetimeIndex]:
    first = starts[0]
    while len(starts):
        inside = starts < first + BLOCK
        yield starts[inside]
        starts = starts[~inside]
        first += BLOCK


def span_of(placed: Sequence[Placed]) -> Span | None:
    """From the first event's start to the end of the last one's reach."""
    if not placed:
        return None
    return Span(min(one.span.start for one in placed), max(one.event.reach(one.span).end for one in placed))
