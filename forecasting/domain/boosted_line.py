"""Boosted trees and a Gaussian process on what the corrected line leaves, and trees that know no line, for some leads.

Trees find steps and exceptions, the process what is smooth, and trees without a line do not repeat the line's mistakes.
They err differently: how much each counts is learned from the answers to the last year's weeks, which none of them has
seen. The trees without a line are never more than half, so that the line's slope still carries on.
"""

import json
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple, Self

import numpy as np
from numpy.typing import NDArray

from forecasting.domain.blending import shared_out
from forecasting.domain.boosting import Boosted, Growth, folds
from forecasting.domain.calibrated import CALIBRATION_DAYS, Answers, Calibrated
from forecasting.domain.corrected_line import Lessons
from forecasting.domain.features import Rows, Site
from forecasting.domain.grid import DAY_S, Flags, Floats, Seconds
from forecasting.domain.hourly_kernel import HourlyKernel
from forecasting.domain.load_line import Ground
from forecasting.domain.smooth_line import View, smooth_columns

NAMES = (
    *("felt_now", "felt_3h", "felt_8h", "felt_24h", "felt_72h", "year_end", "after_new_year"),
    *("line_direct", "line", "line_level"),
)
_MOST_FREE = 0.5


class Grove(NamedTuple):
    """Trees for some leads: `bent` tell what to add to the line, `free` answer alone, in units of the meter's scale."""

    bent: Boosted
    free: Boosted

    @classmethod
    def grown(cls, ground: Ground, lessons: Lessons, sight: "Sight", growth: Growth) -> Self:
        """Learn from lessons and what is seen of them."""
        week = ground.calendar.wall.day(lessons.at_s) // 7
        left, alone = (lessons.actual_kw - lessons.said_kw) / sight.scale, lessons.actual_kw / sight.scale
        bent = Boosted.grown(sight.whole, left, week, growth)
        return cls(bent, Boosted.grown(sight.alone, alone, week, growth._replace(seed=growth.seed + 1)))

    def unseen(self, sight: "Sight", fold: Seconds) -> tuple[Floats, Floats]:
        """What they say of weeks of training, by folds that have not seen them."""
        return self.bent.unseen(sight.whole, fold), self.free.unseen(sight.alone, fold)

    def save(self, folder: Path, name: str) -> None:
        """Write them."""
        self.bent.save(folder / f"{name}-bent.npz")
        self.free.save(folder / f"{name}-free.npz")

    @classmethod
    def load(cls, folder: Path, name: str) -> Self:
        """Read what `save` wrote."""
        return cls(*(Boosted.load(folder / f"{name}-{kind}.npz") for kind in ("bent", "free")))


class BoostedLine(NamedTuple):
    """A grove and `smooth`, which also tells what to add to the line; weights of bent, smooth and free add up to 1."""

    grove: Grove
    smooth: HourlyKernel
    weights: tuple[float, ...]
    bands: Calibrated

    @classmethod
    def fitted(cls, ground: Ground, site: Site, lessons: Lessons, sight: "Sight", grove: Grove, *, seed: int) -> Self:
        """Learn; the grove has grown on lessons of the same intervals.

        Weights and bands come of the answers to the last year's rows of training, of weeks not seen.
        """
        at, hour = lessons.at_s, ground.hour(lessons.at_s)
        week = ground.calendar.wall.day(at) // 7
        left = (lessons.actual_kw - lessons.said_kw) / sight.scale
        smooth, honest = HourlyKernel.fitted(sight.columns, sight.reach, hour, week, left, seed=seed)
        late = at >= at.max() - CALIBRATION_DAYS * DAY_S
        lessons, sight, honest = Lessons(*(column[late] for column in lessons)), sight.where(late), honest[late]
        fold, hour = folds(week)[late], hour[late]
        known = _in_kw(lessons.said_kw, sight.scale, honest, *grove.unseen(sight, fold))
        weights = _weights(lessons.actual_kw, known)
        view = View(lessons.persisted_direct_kw, lessons.persisted_kw, lessons.news_kw)
        stood = Sight.of(ground, _persisted(site), view, lessons, stands=True)
        # What persisted weather changes is asked of the final process, as it is of the final line.
        honest = honest + smooth.predict(stood.columns, hour) - smooth.predict(sight.columns, hour)
        without = _in_kw(lessons.persisted_kw, sight.scale, honest, *grove.unseen(stood, fold))
        told = Answers(lessons.at_s, lessons.cut_s, lessons.actual_kw, known @ weights, without @ weights)
        return cls(grove, smooth, weights, Calibrated.fitted(ground, told))

    def quantiles(self, ground: Ground, rows: Rows, view: View, at_s: Seconds, ahead: str) -> Floats:
        """(rows, quantiles) in kW; `ahead` names the weather after the cut-off."""
        sight = Sight.seen(ground, rows, view, at_s, None)
        smooth = self.smooth.predict(sight.columns, ground.hour(at_s))
        trees = self.grove.bent.predict(sight.whole), self.grove.free.predict(sight.alone)
        return self.bands.quantiles(
            ground, at_s, ahead, _in_kw(view.said_kw, rows.scale, smooth, *trees) @ self.weights
        )

    def save(self, folder: Path, name: str) -> None:
        """Write it without its grove."""
        self.smooth.save(folder / f"{name}-smooth.npz")
        (folder / f"{name}.json").write_text(json.dumps({"weights": self.weights, "bands": self.bands.told()}))

    @classmethod
    def load(cls, folder: Path, name: str, grove: Grove) -> Self:
        """Read what `save` wrote."""
        told = json.loads((folder / f"{name}.json").read_text())
        smooth = HourlyKernel.load(folder / f"{name}-smooth.npz")
        return cls(grove, smooth, tuple(told["weights"]), Calibrated.of(told["bands"]))


class Sight(NamedTuple):
    """What each member sees of rows: trees without and with the line; the process, with the reach of its columns.

    `scale` is the meter's usual load at each row, in kW.
    """

    alone: NDArray[np.float32]
    whole: NDArray[np.float32]
    columns: Floats
    reach: Floats
    scale: Floats

    @classmethod
    def of(cls, ground: Ground, site: Site, view: View, lessons: Lessons, *, stands: bool = False) -> Self:
        """Of the rows of lessons, with the weather that came, or as if it `stands` still from the cut-offs on."""
        rows = site.rows(lessons.at_s, lessons.cut_s)
        return cls.seen(ground, rows, view, lessons.at_s, lessons.cut_s if stands else None)

    @classmethod
    def seen(cls, ground: Ground, rows: Rows, view: View, at_s: Seconds, stands_s: Seconds | None) -> Self:
        alone = _alone(ground, rows, at_s, stands_s)
        columns, reach = smooth_columns(ground, rows, view, at_s, stands_s)
        return cls(alone, _with_line(alone, rows, view), columns, reach, rows.scale)

    def where(self, rows: Flags) -> Self:
        """Only some of the rows."""
        return self._replace(
            alone=self.alone[rows], whole=self.whole[rows], columns=self.columns[rows], scale=self.scale[rows]
        )


def _in_kw(said_kw: Floats, scale: Floats, smooth: Floats, bent: Floats, free: Floats) -> Floats:
    """The members' answers in kW, rows x members."""
    return np.stack([said_kw + scale * bent, said_kw + scale * smooth, scale * free], axis=1)


def _weights(actual_kw: Floats, told_kw: Floats) -> tuple[float, ...]:
    """The weights of least absolute error."""
    tried = [weights for weights in shared_out(told_kw.shape[1]) if weights[-1] <= _MOST_FREE]
    best = min(tried, key=lambda weights: float(np.abs(actual_kw - told_kw @ weights).mean()))
    return tuple(best.tolist())


def _persisted(site: Site) -> Site:
    """The same site with each hour's temperature that of the day before."""
    if site.temperature is None:
        return site
    steps = max(1, DAY_S // site.temperature.step_s)
    values = site.temperature.values
    return replace(
        site, temperature=replace(site.temperature, values=np.concatenate([values[:steps], values[:-steps]]))
    )


def _alone(ground: Ground, rows: Rows, at_s: Seconds, stands_s: Seconds | None) -> NDArray[np.float32]:
    day = ground.calendar.wall.day(at_s)
    felt = ground.heat.felt(at_s, stands_s) if ground.heat else np.full((len(at_s), 5), np.nan)
    rest = np.stack([ground.calendar.year_end(day), ground.calendar.after_new_year(day)], axis=1)
    return np.concatenate([rows.matrix, felt, rest], axis=1).astype(np.float32)


def _with_line(alone: NDArray[np.float32], rows: Rows, view: View) -> NDArray[np.float32]:
    own = [view.direct_kw - rows.base, view.said_kw - rows.base, view.said_kw]
    parts = np.concatenate([np.stack(own, axis=1), view.news_kw], axis=1) / rows.scale[:, None]
    return np.concatenate([alone, parts.astype(np.float32)], axis=1)
