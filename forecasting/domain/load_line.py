"""A linear model of load by calendar and temperature, put right by how wrong it has lately been.

The direct stage knows calendar, holidays, daylight and the path of the temperature, and no load: it can be asked about
any weather, also hotter than any seen. The correction adds what its own recent errors tell of the next ones; without
it the answer is that of the direct stage alone. Both are ridge regressions with a part for each hour of the day.
"""

import json
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, NamedTuple, Self

import numpy as np
import pandas as pd

from forecasting.domain import balance, thermal
from forecasting.domain.contract import Known
from forecasting.domain.direct_columns import direct_columns
from forecasting.domain.grid import DAY_S, Floats, Grid, Seconds
from forecasting.domain.heat import Heat
from forecasting.domain.hourly_ridge import HourlyRidge
from forecasting.domain.local_calendar import LocalCalendar
from forecasting.domain.recent_errors import RecentErrors
from forecasting.domain.series import step_of
from forecasting.domain.wall_time import WallTime

_MOST_READINGS = 120_000  # what a model of one meter is learned from: 14 months of five minutes, 13 years of hours
_TAIL_S = 28 * DAY_S  # of honest answers kept for the days that training saw
_SEASONS_S = 640 * DAY_S  # nearly two years, so that a season was seen twice; else it is a slope that goes on
_BEYOND_C = 12.0
_BELIEF_OF_SKILL = 2.0
_CORRECTION_OF_SKILL = 8.0  # errors are mostly noise: a little skill is all there is to learn of them


class Ground(NamedTuple):
    """What a meter's rows are made of: its load on a grid, its calendar, its temperature if any."""

    load: Grid
    calendar: LocalCalendar
    heat: Heat | None
    place: tuple[float, float] | None

    @classmethod
    def of(
        cls,
        load: "pd.Series[float]",
        known: Known,
        end_s: int,
        climate: thermal.Climate | None,
        bends: balance.Balance | None,
    ) -> Self:
        """Prepare a checked load for intervals up to `end_s`; without `bends` they are learned."""
        step_s = int(step_of(load).total_seconds())
        grid = Grid.of(load, step_s)
        wall = WallTime.over(known.zone, grid.start_s - 40 * DAY_S, end_s)
        place = None
        if known.latitude is not None and known.longitude is not None:
            place = (known.latitude, known.longitude)
        heat = None
        if climate is not None:
            warmth = thermal.on_grid(known.weather, grid.start_s, end_s, step_s, climate)
            heat = Heat.of(warmth, bends or balance.learned(grid, warmth))
        return cls(grid, LocalCalendar.of(wall, known.holidays), heat, place)

    def hour(self, at_s: Seconds) -> Seconds:
        """Hour of the local clock, 0 to 23."""
        return self.calendar.wall.local(at_s) % DAY_S // 3600

    def columns(
        self, at_s: Seconds, limits_c: tuple[Floats, Floats], seasons: bool, persisted_from_s: Seconds | None = None
    ) -> tuple[Floats, int]:
        """Columns of the direct stage, with temperatures held within limits; and how many are of the calendar."""
        felt = np.clip(self.heat.felt(at_s, persisted_from_s), *limits_c) if self.heat else None
        return direct_columns(self.calendar, self.heat, felt, at_s, self.place, seasons=seasons)


@dataclass(frozen=True)
class LoadLine:
    """The direct stage: `middle` and `scale` in kW; `tail` are honest answers for the last weeks of training.

    Temperatures count up to `limits_c`, one pair for each course of `Heat`: beyond what was seen the slope of the air's
    goes on for `_BEYOND_C`, then it is level; the remembered ones are held at what was seen. Let free, slopes that lean
    on one another overshoot: hot spells told by a twin that never saw such heat were a third further off.
    """

    line: HourlyRidge
    middle: float
    scale: float
    belief: float
    limits_c: tuple[Floats, Floats]
    seasons: bool
    tail: Grid

    @classmethod
    def fitted(cls, ground: Ground) -> tuple[Self, Grid]:
        """The model, and the errors it makes in weeks it has not seen."""
        grid = ground.load
        at = grid.start_s + np.flatnonzero(np.isfinite(grid.values)) * grid.step_s
        load_kw = grid.values[grid.position(at)]
        middle, scale = float(load_kw.mean()), float(np.abs(load_kw).mean()) or 1.0
        week = ground.calendar.wall.day(at) // 7
        seen = ground.heat.felt(at) if ground.heat else np.zeros((1, 1))
        beyond = _BEYOND_C * (np.arange(seen.shape[1]) == 0)
        limits_c = (seen.min(axis=0) - beyond, seen.max(axis=0) + beyond)
        seasons = int(at[-1] - at[0]) >= _SEASONS_S
        columns, plain = ground.columns(at, limits_c, seasons)
        free = np.arange(columns.shape[1]) >= plain
        line, honest = HourlyRidge.fitted(columns, ground.hour(at), week, (load_kw - middle) / scale, free=free)
        belief = min(1.0, _BELIEF_OF_SKILL * line.skill)
        said = np.full(len(grid.values), np.nan)
        said[grid.position(at)] = middle + scale * belief * honest
        keep = min(len(said), _TAIL_S // grid.step_s)
        tail = Grid(grid.end_s - keep * grid.step_s, grid.step_s, said[len(said) - keep :])
        return cls(line, middle, scale, belief, limits_c, seasons, tail), replace(grid, values=grid.values - said)

    def said(self, ground: Ground, at_s: Seconds, persisted_from_s: Seconds | None = None) -> Floats:
        """What it says of each interval, in kW."""
        columns, _ = ground.columns(at_s, self.limits_c, self.seasons, persisted_from_s)
        answer = self.line.predict(columns, ground.hour(at_s))
        return np.asarray(self.middle + self.scale * self.belief * answer)

    def errors(self, ground: Ground, days: int) -> Grid:
        """Its errors over the last days, those of training weeks as if it had not seen them."""
        grid = ground.load
        count = min(len(grid.values), days * DAY_S // grid.step_s)
        start = grid.end_s - count * grid.step_s
        at = start + np.arange(count, dtype=np.int64) * grid.step_s
        kept = self.tail.at(at, self.tail.end_s)
        said = np.where(np.isfinite(kept), kept, self.said(ground, at))
        return Grid(start, grid.step_s, grid.values[len(grid.values) - count :] - said)

    def save(self, folder: Path, name: str) -> None:
        """Write it."""
        self.line.save(folder / f"{name}.npz")
        told: dict[str, Any] = {"middle": self.middle, "scale": self.scale, "belief": self.belief}
        told |= {
            "seasons": self.seasons,
            "limits_c": [end.tolist() for end in self.limits_c],
            "start_s": self.tail.start_s,
            "step_s": self.tail.step_s,
        }
        (folder / f"{name}.json").write_text(json.dumps(told))
        np.savez_compressed(folder / f"{name}-tail.npz", said=self.tail.values)

    @classmethod
    def load(cls, folder: Path, name: str) -> Self:
        """Read what `save` wrote."""
        told: dict[str, Any] = json.loads((folder / f"{name}.json").read_text())
        with np.load(folder / f"{name}-tail.npz", allow_pickle=False) as file:
            tail = Grid(told["start_s"], told["step_s"], file["said"])
        low, high = (np.asarray(end, dtype=np.float64) for end in told["limits_c"])
        line = HourlyRidge.load(folder / f"{name}.npz")
        return cls(line, told["middle"], told["scale"], told["belief"], (low, high), told["seasons"], tail)


@dataclass(frozen=True)
class Correction:
    """What recent errors tell of the next ones, for one range of leads."""

    line: HourlyRidge
    belief: float

    @classmethod
    def fitted(cls, ground: Ground, columns: Floats, at_s: Seconds, error: Floats) -> tuple[Self, Floats]:
        """Learn errors in units of the line's scale; also what it would say of weeks it has not seen."""
        week = ground.calendar.wall.day(at_s) // 7
        line, honest = HourlyRidge.fitted(columns, ground.hour(at_s), week, error)
        belief = min(1.0, _CORRECTION_OF_SKILL * line.skill)
        return cls(line, belief), belief * honest

    def said(self, ground: Ground, columns: Floats, at_s: Seconds) -> Floats:
        """The error to come, in units of the line's scale."""
        return np.asarray(self.belief * self.line.predict(columns, ground.hour(at_s)))


def correction_columns(
    ground: Ground, recent: RecentErrors, line: LoadLine, *, at_s: Seconds, cut_s: Seconds, said: Floats
) -> Floats:
    """Recent errors, the level of what was said (kW), and the kinds of the day and of the day before."""
    calendar = ground.calendar
    day, cut_day = calendar.wall.day(at_s), calendar.wall.day(cut_s - 1)
    off, was_off = calendar.is_off(day).astype(np.float64), calendar.is_off(cut_day).astype(np.float64)
    news = recent.columns(at_s, cut_s) / line.scale
    level = (said - line.middle) / line.scale
    more = np.stack(
        [level, off, was_off, off * was_off, off * news[:, 3], level * news[:, 3], (at_s - cut_s) / DAY_S], axis=1
    )
    return np.concatenate([news, more], axis=1)


def recent_part(load: "pd.Series[float]", days: int) -> "pd.Series[float]":
    """The last days of a load, and no more readings than are worth learning."""
    late: pd.Series[float] = load.loc[load.index > load.index[-1] - pd.Timedelta(days=days)]
    return late.iloc[-_MOST_READINGS:]
