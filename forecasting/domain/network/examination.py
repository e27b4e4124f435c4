"""How good weights are on meters that did not teach: the protocol's ratio, quickly, while the network learns."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from forecasting.domain.network import corpus, inputs, windows
from forecasting.domain.network.corpus import Corpus
from forecasting.domain.network.learning import SHARES, Weights
from forecasting.domain.network.windows import Ask, Timelines
from forecasting.domain.quantiles import QUANTILES

CALENDAR, ELSEWHERE = 1, 5  # London with holidays, its place unknown; Sydney's clock, without holidays
NO_WEATHER = 2
_BATCH = 512
_VARIANTS = (("", CALENDAR, False), ("_weather", CALENDAR, True), ("_elsewhere", ELSEWHERE, False))
Scores = dict[str, float]


def examine(
    answer: Callable[[Weights, tuple[Any, ...]], Any],
    weights: Weights,
    data: Corpus,
    timelines: Timelines,
    *,
    every_days: int = 2,
) -> Scores:
    """Median over meter-years of RMSE over that of the persistence ensemble, and the share in the 80 % band.

    Validation meters only, blocks from midnight UTC: without any temperature, with it, and by a clock of elsewhere.
    """
    found: Scores = {}
    years = (corpus.FIRST + pd.to_timedelta(np.arange(data.load.shape[1]), unit="h")).year.to_numpy()
    known = np.isfinite(corpus.usual_errors(data.load))
    for kind in ("university", "household"):
        meters = data.meters("validation", kind)
        asks = [
            _ask(meter, number + years[0], years, every_days)
            for meter in meters
            for number in np.flatnonzero(known[meter])
        ]
        for name, calendar, warm in _VARIANTS:
            told = [replace(ask, calendar=np.full_like(ask.meter, calendar)) for ask in asks]
            told = [replace(ask, place=data.place[ask.meter]) for ask in told] if warm else told
            rows = [_meter_year(answer, weights, timelines, ask) for ask in told]
            ratios, inside = np.array(rows).T
            found[f"{kind}{name}"] = float(np.nanmedian(ratios))
            found[f"{kind}{name}_coverage80"] = float(np.nanmean(inside))
    return found


def _ask(meter: int, year: int, years: NDArray[np.int64], every_days: int) -> Ask:
    mine = np.flatnonzero(years == year)
    at = np.arange(mine[0] + 168, mine[-1] - 22, 24 * every_days)
    full = np.ones(len(at), dtype=np.int64)
    return Ask(full * meter, full * CALENDAR, full * NO_WEATHER, at, full * 0)


def _meter_year(
    answer: Callable[[Weights, tuple[Any, ...]], Any], weights: Weights, of: Timelines, ask: Ask
) -> tuple[float, float]:
    short = _BATCH - len(ask)  # one shape for all, so that it is compiled once
    given = (ask.meter, ask.calendar, ask.place, ask.cutoff, ask.gap)
    padded = Ask(*(np.pad(one, (0, short), mode="edge") for one in given))
    load, came = windows.contexts(of, padded), windows.truth(of, ask)
    read = inputs.of_windows(windows.gather(of, padded, load))
    normal = np.asarray(answer(weights, read.tensors))[: len(ask)]
    quantiles = normal * read.scale[: len(ask), None, None] + read.centre[: len(ask), None, None]
    naive = np.nanmean(load[: len(ask)].reshape(-1, 7, 24), axis=1)
    there = np.isfinite(came) & np.isfinite(naive)
    wrong, usual = ((point - came)[there] for point in (np.maximum(quantiles, 0) @ SHARES, naive))
    low, high = (quantiles[..., QUANTILES.index(level)][there] for level in (0.1, 0.9))
    inside = (came[there] >= low) & (came[there] <= high)
    return float(np.sqrt((wrong**2).mean() / (usual**2).mean())), float(inside.mean())
