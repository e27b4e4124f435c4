"""Why the network says what it says of a meter: how much its answers move when something is hidden from it.

Occlusion (Zeiler and Fergus 2014) over the meter's own last days: it is blind to one thing at a time, and the mean
change of its median is that thing's weight.
"""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pandas as pd

from forecasting.domain.contract import Driver, Request
from forecasting.domain.quantiles import MEDIAN

_DAY = pd.Timedelta(days=1)
Answer = Callable[[list[Request]], list[pd.DataFrame]]


def drivers(past: list[Request], answered: list[pd.DataFrame], answer: Answer) -> list[Driver]:
    """The strongest first; shares add up to 1. Empty where there is no day to ask about, or nothing moves.

    `answered` is what `answer` says of `past` with nothing hidden.
    """
    if not past:
        return []
    whole = _medians(answered)
    moved = {
        words: float(np.abs(_medians(answer([hide(one) for one in past])) - whole).mean())
        for words, hide in _HIDDEN.items()
        if words not in _MATTERS or _MATTERS[words](past)
    }
    total = sum(moved.values())
    if not total:
        return []
    return [Driver(words, by / total) for words, by in sorted(moved.items(), key=lambda pair: -pair[1])]


def _medians(frames: list[pd.DataFrame]) -> "np.ndarray[tuple[int], np.dtype[np.float64]]":
    return np.concatenate([frame[MEDIAN].to_numpy(dtype=np.float64) for frame in frames])


def _without(first: int, last: int) -> Callable[[Request], Request]:
    """Blind to the load from `first` to `last` days before the cut-off."""

    def hide(asked: Request) -> Request:
        load = asked.load.copy()
        end = asked.starts[0]
        load[(load.index >= end - first * _DAY) & (load.index < end - last * _DAY)] = np.nan
        return asked._replace(load=load)

    return hide


_TEMPERATURE, _HOLIDAYS = "the temperature", "holidays and the days around them"
_HIDDEN: dict[str, Callable[[Request], Request]] = {
    "the load of the last day": _without(1, 0),
    "the load of the days between": _without(6, 1),
    "the load of the same weekday a week before": _without(7, 6),
    _TEMPERATURE: lambda asked: asked._replace(known=replace(asked.known, weather=None)),
    _HOLIDAYS: lambda asked: asked._replace(known=replace(asked.known, holidays=frozenset())),
}
_MATTERS: dict[str, Callable[[list[Request]], bool]] = {
    _TEMPERATURE: lambda past: past[-1].known.weather is not None,
    _HOLIDAYS: lambda past: any(one.starts[0].date() in one.known.holidays for one in past),
}
