"""Lessons: batches of windows with what came, varied so that the network does not learn one place or one calendar.

Batch number k is a function of the seed and k alone, so that a training that was cut off goes on with the same ones.
"""

from dataclasses import dataclass, replace
from datetime import date

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from forecasting.domain.grid import Seconds
from forecasting.domain.network import calendar_table, corpus, inputs, windows
from forecasting.domain.network.calendar_table import Place
from forecasting.domain.network.corpus import Corpus
from forecasting.domain.network.inputs import Inputs
from forecasting.domain.network.windows import BLOCK, CONTEXT, Ask, Timelines, Windows

F32 = NDArray[np.float32]
Draw = np.random.Generator

UNIVERSITY_SHARE = 0.6
LOCKDOWN_SHARE = 0.5  # windows of April 2020 to July 2021 are kept this often
_OTHER_ZONES = ("Australia/Sydney", "America/New_York", "America/Los_Angeles", "Asia/Kolkata")
# How often a lesson at home is seen with each calendar: London with holidays and place, without place, without
# holidays; UTC with and without holidays.
_AT_HOME = (0.25, 0.25, 0.1, 0.15, 0.15)
_NO_WEATHER = 2  # the place whose temperature is never known


@dataclass(frozen=True)
class Batch:
    """What the network reads, what came (normalised, NaN unknown); of each meter its usual error and its zero load."""

    inputs: Inputs
    truth: F32
    usual: F32
    floor: F32


@dataclass(frozen=True)
class School:
    """Everything that lessons are drawn from."""

    timelines: Timelines
    place: Seconds
    usual_kw: F32
    hours: tuple[Seconds, Seconds]
    pools: tuple[Seconds, Seconds]


def timelines(data: Corpus, holidays: frozenset[date]) -> Timelines:
    """The corpus with all calendars that lessons use; the third place has no weather."""
    england = Place("Europe/London", holidays, 52.0, 0.0)
    unplaced = replace(england, latitude=None, longitude=None)
    places = [england, unplaced, replace(unplaced, holidays=frozenset()), replace(unplaced, zone="UTC")]
    places += [Place(zone, frozenset()) for zone in ("UTC", *_OTHER_ZONES)]
    made = [calendar_table.table(place, int(corpus.FIRST.timestamp()), data.load.shape[1]) for place in places]
    warm = windows.with_memories(data.temperature)
    warm = np.concatenate([warm, np.full_like(warm[:1], np.nan)])
    return Timelines(data.load, warm, np.stack([table for table, _ in made]), np.stack([offset for _, offset in made]))


def school(data: Corpus, holidays: frozenset[date]) -> School:
    """Lessons out of the training meters: days of which three quarters are known, after a week half known."""
    usual = corpus.usual_errors(data.load, least_known=0.4)
    found: list[Seconds] = []
    known = np.isfinite(data.load)
    days = np.arange(8, known.shape[1] // 24 - 8)
    for row in data.meters("train"):
        day = known[row, : known.shape[1] // 24 * 24].reshape(-1, 24).mean(axis=1)
        week = np.convolve(day, np.ones(7) / 7)[days - 1]
        good = days[(day[days] >= 0.75) & (week >= 0.5)]
        if np.isfinite(usual[row]).any():
            found.append(np.stack([np.full(len(good), row), good * 24]))
    where = np.concatenate(found, axis=1)
    kind = np.array([kind == "university" for kind in data.kinds])[where[0]]
    pools = (np.flatnonzero(kind), np.flatnonzero(~kind))
    return School(timelines(data, holidays), data.place, usual, (where[0], where[1]), pools)


def batch(of: School, seed: int, number: int, size: int, elsewhere: float = 0.1) -> Batch:
    """Lesson number `number`; a share of `elsewhere` has a clock of elsewhere, so that days are read off the load."""
    draw = np.random.default_rng([seed, number])
    ask = _draw(of, draw, size, elsewhere)
    load, came = windows.contexts(of.timelines, ask), windows.truth(of.timelines, ask)
    year = (corpus.FIRST + pd.to_timedelta(ask.cutoff, unit="h")).year.to_numpy() - corpus.FIRST.year
    usual = of.usual_kw[ask.meter, year]
    usual = np.where(np.isfinite(usual), usual, np.nanmedian(of.usual_kw[ask.meter], axis=1))
    load, came, usual = _mixed(of, draw, ask, load, came, usual)
    load = _with_gaps(draw, load)
    seen = _other_weather(draw, windows.gather(of.timelines, ask, load))
    read = inputs.of_windows(seen)
    truth = (came - read.centre[:, None]) / read.scale[:, None]
    floor, usual = -read.centre / read.scale, (usual / read.scale).astype(np.float32)
    return Batch(_forgetful(draw, read), truth.astype(np.float32), usual, floor)


def _draw(of: School, draw: Draw, size: int, elsewhere: float) -> Ask:
    meter, hour = of.hours
    many = 2 * size
    kind = draw.random(many) < UNIVERSITY_SHARE
    picks = [pool[draw.integers(0, len(pool), many)] for pool in of.pools]
    chosen = np.where(kind, picks[0], picks[1])
    at = hour[chosen]
    when = corpus.FIRST + pd.to_timedelta(at, unit="h")
    lockdown = np.asarray(
        (when >= pd.Timestamp("2020-03-23", tz="UTC")) & (when < pd.Timestamp("2021-07-19", tz="UTC"))
    )
    kept = np.flatnonzero(~lockdown | (draw.random(many) < LOCKDOWN_SHARE))[:size]
    chosen, at = chosen[kept], at[kept]
    gap = np.where(draw.random(size) < 0.8, 0, draw.integers(1, 7, size))
    turned = np.where(draw.random(size) < 0.5, 0, draw.integers(0, 24, size))
    place = np.where(draw.random(size) < 0.5, of.place[meter[chosen]], _NO_WEATHER)
    home = [share * (1 - elsewhere) / sum(_AT_HOME) for share in _AT_HOME]
    away = [elsewhere / len(_OTHER_ZONES)] * len(_OTHER_ZONES)
    calendar = draw.choice(len(home) + len(away), size, p=[*home, *away])
    return Ask(meter[chosen], calendar, place, at + turned, gap)


def _mixed(of: School, draw: Draw, ask: Ask, *given: F32) -> tuple[F32, F32, F32]:
    """A quarter of the windows become the sum of two meters of the same hours, each in units of its usual error."""
    load, came, usual = given
    partner = ask.meter[draw.permutation(len(ask))]
    share = draw.uniform(0.2, 1.0, len(ask)).astype(np.float32)
    other = replace(ask, meter=partner)
    more, later = windows.contexts(of.timelines, other), windows.truth(of.timelines, other)
    unit = np.nanmedian(of.usual_kw[partner], axis=1)
    same = of.place[partner] == of.place[ask.meter]
    whole = np.isfinite(more).mean(axis=1) >= 0.9
    use = (
        (draw.random(len(ask)) < 0.25) & same & whole & (partner != ask.meter) & (np.isfinite(later).mean(axis=1) > 0.9)
    )
    mixed = load / usual[:, None] + (share / unit)[:, None] * more
    after = came / usual[:, None] + (share / unit)[:, None] * later
    pick = use[:, None]
    return (
        np.where(pick, mixed, load).astype(np.float32),
        np.where(pick, after, came).astype(np.float32),
        np.where(use, np.sqrt(1 + share**2), usual).astype(np.float32),
    )


def _with_gaps(draw: Draw, load: F32) -> F32:
    """A tenth of the weeks lose a stretch, a tenth lose hours at random, a few begin late."""
    size, hour = len(load), np.arange(CONTEXT)
    start, length = draw.integers(0, CONTEXT, (size, 1)), draw.integers(3, 73, (size, 1))
    stretch = (hour >= start) & (hour < start + length) & (draw.random((size, 1)) < 0.1)
    loose = (draw.random((size, CONTEXT)) < draw.uniform(0, 0.5, (size, 1))) & (draw.random((size, 1)) < 0.1)
    late = (hour < draw.integers(24, 145, (size, 1))) & (draw.random((size, 1)) < 0.05)
    gone = stretch | loose | late
    some = np.isfinite(np.where(gone, np.nan, load)).sum(axis=1, keepdims=True) >= BLOCK
    return np.where(gone & some, np.nan, load).astype(np.float32)


def _other_weather(draw: Draw, seen: Windows) -> Windows:
    """The temperature ahead is as wrong as a forecast in half of the windows, its record shifted in a few."""
    size = len(seen.load)
    wrong = draw.normal(0, 1.0, (size, 1, 1)) + draw.normal(0, 0.8, (size, 1, 1)) * np.linspace(0, 1, BLOCK)[:, None]
    wrong = wrong * (draw.random((size, 1, 1)) < 0.4) * np.array([1.0, 0.6, 0.25])
    return replace(seen, temperature=(seen.temperature + wrong).astype(np.float32))


def _forgetful(draw: Draw, read: Inputs) -> Inputs:
    """Every sixth window does not know its season."""
    steps = read.steps.copy()
    columns = calendar_table.SEASON
    forget = draw.random(len(steps)) < 1 / 6
    steps[:, :, columns] *= ~forget[:, None, None]
    return replace(read, steps=steps)
