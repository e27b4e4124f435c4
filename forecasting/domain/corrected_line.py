"""The load line with its corrections: for the next day by the time of day it is asked at, and one for later.

A meter's readings usually end at one time of day (midnight, where a portal gives whole days), and that is when
forecasts are asked for. What the training load ends at is taken for that time and learned most.
"""

import json
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import NamedTuple, Self

import numpy as np

from forecasting.domain.features import cut_offs
from forecasting.domain.grid import DAY_S, Floats, Grid, Seconds
from forecasting.domain.hourly_ridge import HourlyRidge
from forecasting.domain.load_line import Correction, Ground, LoadLine, correction_columns
from forecasting.domain.recent_errors import RecentErrors

SLOTS = 4
_SLOT_S = DAY_S // SLOTS
_USUAL_S = 5400  # a cut-off this close to the usual time counts as usual
_USUAL_SHARE = 0.7
RECENT_DAYS = 60  # of load that `said` is handed
_ERROR_DAYS = 22
_WARM_UP_S = 7 * DAY_S
_LEAST_ROWS = 24
_MOST_ROWS = 60_000


class Lessons(NamedTuple):
    """Rows of training: what the line said of weeks it had not seen, with the weather known and with it persisted."""

    at_s: Seconds
    cut_s: Seconds
    actual_kw: Floats
    direct_kw: Floats
    said_kw: Floats
    persisted_direct_kw: Floats
    persisted_kw: Floats
    news_kw: Floats


@dataclass(frozen=True)
class CorrectedLine:
    """`near` for the usual cut-off (local second of the day) first, then for each quarter of the day; `far` later."""

    line: LoadLine
    usual_s: int
    near: tuple[Correction, ...]
    far: Correction | None

    @classmethod
    def fitted(cls, ground: Ground, seed: int) -> tuple[Self, Lessons, Lessons, Lessons | None]:
        """Learn, and give the lessons of the next day asked at the usual time, asked at any time, of the days after.

        There are none of the days after on a short history.
        """
        line, errors = LoadLine.fitted(ground)
        school = _School(ground, line, errors, RecentErrors(errors, ground.calendar.wall, ground.calendar.holidays))
        draw = np.random.default_rng([seed, 1])
        at = school.rows(draw)
        usual_s = _clock(ground, ground.load.end_s)
        told = [school.learned(at, cut) for cut in _all_cuts(ground, at, usual_s, draw)]
        near = tuple(fitted for fitted, _ in told)
        others = draw.integers(0, len(near), len(at))
        pick, row = np.where(draw.random(len(at)) < _USUAL_SHARE, 0, others), np.arange(len(at))
        lessons = Lessons(*(np.stack(columns)[pick, row] for columns in zip(*(part for _, part in told), strict=True)))
        cut = cut_offs(at, ground.load.step_s, (timedelta(days=1), timedelta(days=8)), draw)
        usable = cut >= ground.load.start_s + _WARM_UP_S
        if usable.sum() < _LEAST_ROWS:
            return cls(line, usual_s, near, None), told[0][1], lessons, None
        far, later = school.learned(at[usable], cut[usable])
        return cls(line, usual_s, near, far), told[0][1], lessons, later

    def said(self, ground: Ground, at_s: Seconds) -> tuple[Floats, Floats, Floats]:
        """The direct and the corrected answer in kW, and the recent errors, at the end of the load."""
        cut_s = ground.load.end_s
        direct = self.line.said(ground, at_s)
        errors = self.line.errors(ground, _ERROR_DAYS)
        recent = RecentErrors(errors, ground.calendar.wall, ground.calendar.holidays)
        cut = np.full(len(at_s), cut_s)
        columns = correction_columns(ground, recent, self.line, at_s=at_s, cut_s=cut, said=direct)
        correction = self._nearest(ground).said(ground, columns, at_s)
        if self.far is not None:
            later = at_s - cut_s >= DAY_S
            correction = np.where(later, self.far.said(ground, columns, at_s), correction)
        return direct, direct + self.line.scale * correction, columns * self.line.scale

    def is_usual(self, ground: Ground) -> bool:
        """Whether the load ends at about the time of day at which it ended in training."""
        off = abs((_clock(ground, ground.load.end_s) - self.usual_s + DAY_S // 2) % DAY_S - DAY_S // 2)
        return off <= _USUAL_S

    def _nearest(self, ground: Ground) -> Correction:
        if len(self.near) == 1 or self.is_usual(ground):
            return self.near[0]
        return self.near[1 + _clock(ground, ground.load.end_s) // _SLOT_S]

    def save(self, folder: Path) -> None:
        """Write all parts."""
        self.line.save(folder, "direct")
        parts = {f"near-{number}": part for number, part in enumerate(self.near)}
        if self.far is not None:
            parts["far"] = self.far
        for name, part in parts.items():
            part.line.save(folder / f"{name}.npz")
        told = {"usual_s": self.usual_s, "beliefs": {name: part.belief for name, part in parts.items()}}
        (folder / "corrections.json").write_text(json.dumps(told))

    @classmethod
    def load(cls, folder: Path) -> Self:
        """Read what `save` wrote."""
        told = json.loads((folder / "corrections.json").read_text())
        parts = {
            name: Correction(HourlyRidge.load(folder / f"{name}.npz"), belief)
            for name, belief in told["beliefs"].items()
        }
        far = parts.pop("far", None)
        near = tuple(parts[name] for name in sorted(parts))
        return cls(LoadLine.load(folder, "direct"), told["usual_s"], near, far)


class _School(NamedTuple):
    """What corrections are learned from: a fitted line and its errors in weeks it had not seen."""

    ground: Ground
    line: LoadLine
    errors: Grid
    recent: RecentErrors

    def rows(self, draw: np.random.Generator) -> Seconds:
        """Intervals to learn from: those known, after a week (or half) of past, and no more than are worth it."""
        start_s, step_s = self.ground.load.start_s, self.ground.load.step_s
        at = start_s + np.flatnonzero(np.isfinite(self.errors.values)) * step_s
        at = at[at >= min(start_s + _WARM_UP_S, int(at[len(at) // 2]))]
        return np.sort(draw.permutation(at)[:_MOST_ROWS]) if len(at) > _MOST_ROWS else at

    def learned(self, at_s: Seconds, cut_s: Seconds) -> tuple[Correction, Lessons]:
        """A correction for these cut-offs, and what it would say of weeks it has not seen."""
        ground, line, heat = self.ground, self.line, self.ground.heat
        actual, error = (grid.at(at_s, ground.load.end_s) for grid in (ground.load, self.errors))
        direct = actual - error
        columns = correction_columns(ground, self.recent, line, at_s=at_s, cut_s=cut_s, said=direct)
        fitted, honest = Correction.fitted(ground, columns, at_s, error / line.scale)
        said = direct + line.scale * honest
        # What persisted weather changes is asked of the final line: a difference is hardly biased by having been seen.
        change = line.said(ground, at_s, cut_s) - line.said(ground, at_s) if heat else np.zeros(len(at_s))
        news = columns * line.scale
        return fitted, Lessons(at_s, cut_s, actual, direct, said, direct + change, said + change, news)


def _clock(ground: Ground, at_s: int) -> int:
    return int(ground.calendar.wall.local(np.array([at_s]))[0] % DAY_S)


def _all_cuts(ground: Ground, at_s: Seconds, usual_s: int, draw: np.random.Generator) -> list[Seconds]:
    """For each interval cut-offs at most a day before: at the usual time, and in each quarter of the local day."""
    step_s = ground.load.step_s
    if step_s > _SLOT_S:
        return [at_s]
    clock = ground.calendar.wall.local(at_s) % DAY_S
    wanted = [np.full(len(at_s), usual_s)]
    wanted += [slot * _SLOT_S + draw.random(len(at_s)) * _SLOT_S for slot in range(SLOTS)]
    return [np.asarray(at_s - (((clock - then) % DAY_S) // step_s * step_s).astype(np.int64)) for then in wanted]
