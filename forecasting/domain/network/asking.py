"""Questions about many meters, put to the network in one batch: hours in, quantiles of hours out."""

from collections import defaultdict
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from forecasting.domain import thermal
from forecasting.domain.grid import DAY_S, Floats
from forecasting.domain.network import calendar_table, inputs, windows
from forecasting.domain.network.calendar_table import HOUR_S, Place
from forecasting.domain.network.inputs import Inputs
from forecasting.domain.network.windows import CONTEXT, Ask, Timelines

F32 = NDArray[np.float32]

_BEFORE = CONTEXT + 96  # hours of temperature before the cut-off: lags, and three days of memory before them


@dataclass(frozen=True)
class Question:
    """The last CONTEXT hours before `cutoff_s`, kW with NaN for unknown, and the blocks of 24 hours wanted."""

    load: Floats
    cutoff_s: int
    place: Place
    weather: pd.DataFrame | None
    gaps: tuple[int, ...] = (0,)


def read(questions: list[Question]) -> Inputs:
    """What the network reads: the blocks of the first question, those of the second, and so on."""
    ahead = 24 * (1 + max(max(question.gaps) for question in questions))
    tables, row = _calendars(questions, ahead)
    warm, warm_of = _temperatures(questions, ahead)
    counts = np.array([len(question.gaps) for question in questions])
    each = np.repeat(np.arange(len(questions)), counts)
    cutoff = np.array([(q.cutoff_s - tables.first_s[r]) // HOUR_S for q, r in zip(questions, row, strict=True)])
    load = np.stack([question.load for question in questions]).astype(np.float32)
    ask = Ask(
        meter=each,
        calendar=row[each],
        place=warm_of[each],
        cutoff=cutoff[each],
        gap=np.concatenate([np.array(question.gaps, dtype=np.int64) for question in questions]),
        warm=np.full(len(each), _BEFORE, dtype=np.int64),
    )
    return inputs.of_windows(windows.gather(Timelines(load, warm, tables.rows, tables.offsets_s), ask, load[each]))


@dataclass(frozen=True)
class _Tables:
    first_s: list[int]
    rows: F32
    offsets_s: "NDArray[np.int64]"


def _calendars(questions: list[Question], ahead: int) -> tuple[_Tables, "NDArray[np.int64]"]:
    """One table for each place and each minute of the hour that hours begin at, padded to one length."""
    spans: dict[tuple[Place, int], list[int]] = defaultdict(list)
    for question in questions:
        spans[question.place, question.cutoff_s % HOUR_S].append(question.cutoff_s)
    firsts = {key: min(cuts) - (CONTEXT + 48) * HOUR_S for key, cuts in spans.items()}
    hours = max((max(cuts) - firsts[key]) // HOUR_S + ahead + 24 for key, cuts in spans.items())
    made = [calendar_table.table(place, firsts[place, phase], hours) for place, phase in spans]
    number = {key: place for place, key in enumerate(spans)}
    row = np.array([number[question.place, question.cutoff_s % HOUR_S] for question in questions])
    rows, offsets = (np.stack(part) for part in zip(*made, strict=True))
    return _Tables(list(firsts.values()), rows, offsets), row


def _temperatures(questions: list[Question], ahead: int) -> tuple[F32, "NDArray[np.int64]"]:
    """One row for each distinct pair of record and cut-off, from _BEFORE to `ahead`; the first is all unknown."""
    found = [np.full(_BEFORE + ahead, np.nan)]
    number: dict[tuple[int, int], int] = {}
    row = np.zeros(len(questions), dtype=np.int64)
    for place, question in enumerate(questions):
        if question.weather is None:
            continue
        key = (id(question.weather), question.cutoff_s)
        if key not in number:
            number[key] = len(found)
            until = question.cutoff_s + 24 * (1 + max(question.gaps)) * HOUR_S
            found.append(_hourly(question.weather, question.cutoff_s, until, _BEFORE + ahead))
        row[place] = number[key]
    return windows.with_memories(np.stack(found)), row


def _hourly(weather: pd.DataFrame, cutoff_s: int, until_s: int, count: int) -> Floats:
    first_s = cutoff_s - _BEFORE * HOUR_S
    index = pd.DatetimeIndex(weather.index)
    edges = pd.to_datetime([first_s - DAY_S, until_s + DAY_S], unit="s", utc=True)
    low, high = index.searchsorted(edges)
    at = first_s + HOUR_S * np.arange(count, dtype=np.int64)
    found = thermal.resampled(weather.iloc[low:high], at, HOUR_S)
    found[at >= until_s] = np.nan
    return found
