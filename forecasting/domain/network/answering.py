"""Requests of the contract, for many meters at once, answered by the network in the meters' own intervals."""

from dataclasses import dataclass, replace
from datetime import timedelta

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from forecasting.domain.contract import Known, Request
from forecasting.domain.grid import Floats, Seconds, seconds
from forecasting.domain.network import asking, calibration
from forecasting.domain.network.asking import Question
from forecasting.domain.network.calendar_table import Place
from forecasting.domain.network.hours import SHAPE_DAYS, Scale
from forecasting.domain.network.inputs import Inputs
from forecasting.domain.network.machine import Machine
from forecasting.domain.network.tuning import Own
from forecasting.domain.network.windows import BLOCK, CONTEXT
from forecasting.domain.quantiles import QUANTILES
from forecasting.domain.series import last_start_s, step_of

F32 = NDArray[np.float32]

_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Fitted:
    """The network as fitted to one meter: weights of its own or none, and how far its quantiles are moved."""

    machine: Machine
    own: Own | None
    shifts: Floats


@dataclass(frozen=True)
class Task:
    """One request in hours. `places` are the numbers of the intervals asked for, from the cut-off."""

    question: Question
    scale: Scale
    values: Floats
    places: Seconds


def task(request: Request) -> Task:
    """Raises BadSeries for an interval that does not fit into hours."""
    load, known, starts = request
    step_s = int(step_of(load).total_seconds())
    scale = Scale.of(step_s)
    cutoff_s = last_start_s(load) + step_s
    values = load.to_numpy(dtype=np.float64)[-max(SHAPE_DAYS * 24, CONTEXT) * scale.parts :]
    places = (seconds(starts) - cutoff_s) // step_s
    first, last = int(places[0]) * scale.whole // scale.parts, (int(places[-1]) + 1) * scale.whole // scale.parts
    gaps = tuple(range(first // BLOCK, max(first, last - 1) // BLOCK + 1))
    weather = known.weather if known.weather is not None and "temperature_c" in known.weather else None
    hours = scale.to_hours(values, CONTEXT)
    return Task(Question(hours, cutoff_s, place(known), weather, gaps), scale, values, places)


def place(known: Known) -> Place:
    """Where a site is, for its calendar."""
    return Place(known.zone, known.holidays, known.latitude, known.longitude)


def days_before(load: "pd.Series[float]", known: Known, days: int) -> list[Request]:
    """Questions of up to so many days past, the earliest first: each is 24 hours, asked at their beginning.

    Each has a week before it. Of a load in long intervals a question may be of one interval only.
    """
    step = step_of(load)
    index = pd.DatetimeIndex(load.index)
    in_day, in_week = max(1, round(_DAY / step)), max(1, round(7 * _DAY / step))
    firsts = range(len(load) - in_day, in_week - 1, -in_day)
    asked = []
    for first in list(firsts)[:days][::-1]:
        past = load.iloc[max(0, first - (SHAPE_DAYS + 1) * in_day) : first]
        known_now = np.flatnonzero(np.isfinite(past.to_numpy()))
        if len(known_now) >= in_day and known_now[-1] == len(past) - 1:
            asked.append(Request(past, known, index[first : first + in_day]))
    return asked


def lesson(asked: list[Request], load: "pd.Series[float]") -> tuple[Inputs, F32]:
    """What the network reads at each question, and what came in its first block, kW by hour."""
    tasks = [task(request) for request in asked]
    came = np.full((len(tasks), BLOCK), np.nan)
    for row, (one, request) in enumerate(zip(tasks, asked, strict=True)):
        later = load.loc[request.starts[0] :].to_numpy(dtype=np.float64)[
            : -(-BLOCK * one.scale.parts // one.scale.whole)
        ]
        came[row] = one.scale.to_hours(later, BLOCK)
    questions = [replace(one.question, gaps=(0,)) for one in tasks]
    return asking.read(questions), came.astype(np.float32)


def answers(asked: list[tuple[Fitted, Request]]) -> list[pd.DataFrame]:
    """Frames as `predict` gives them, not yet cut at zero. Meters without weights of their own share batches."""
    tasks = [task(request) for _, request in asked]
    found: list[pd.DataFrame] = [pd.DataFrame()] * len(asked)
    groups: dict[int, list[int]] = {}
    for number, (fitted, _) in enumerate(asked):
        groups.setdefault(id(fitted.own), []).append(number)
    for numbers in groups.values():
        fitted = asked[numbers[0]][0]
        hourly = _hourly(fitted, [tasks[number] for number in numbers])
        for number, rows in zip(numbers, hourly, strict=True):
            some = tasks[number].scale.back(rows, tasks[number].values, tasks[number].places)
            moved = calibration.moved(some, asked[number][0].shifts)
            found[number] = pd.DataFrame(moved, index=asked[number][1].starts, columns=list(QUANTILES))
    return found


def _hourly(fitted: Fitted, tasks: list[Task]) -> list[Floats]:
    """Quantiles by hour from the cut-off, NaN for blocks not asked for."""
    inputs = asking.read([task.question for task in tasks])
    normal = fitted.machine.answer(inputs, fitted.own.weights(fitted.machine) if fitted.own else None)
    kilowatt = normal.astype(np.float64) * inputs.scale[:, None, None] + inputs.centre[:, None, None]
    found, first = [], 0
    for one in tasks:
        gaps = one.question.gaps
        rows = np.full((gaps[-1] + 1, BLOCK, len(QUANTILES)), np.nan)
        rows[list(gaps)] = kilowatt[first : first + len(gaps)]
        known = one.question.load[np.isfinite(one.question.load)]
        if len(known) and known.min() == known.max():  # what does not move in a week is forecast to stay
            rows[list(gaps)] = known[0]
        found.append(rows.reshape(-1, len(QUANTILES)))
        first += len(gaps)
    return found
