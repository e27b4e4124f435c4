"""Boosted trees on what the corrected line leaves, and others beside it that know no line, for one range of leads.

Trees on a line and trees without one err differently; how much of the second is worth mixing in is learned from the
answers to weeks that neither has seen. It is never more than half, so that the line's slope still carries on.
"""

import json
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple, Self

import numpy as np
from numpy.typing import NDArray

from forecasting.domain.boosting import Boosted, Growth
from forecasting.domain.calibrated import Answers
from forecasting.domain.corrected_line import Lessons
from forecasting.domain.features import Rows, Site
from forecasting.domain.grid import DAY_S, Floats, Seconds
from forecasting.domain.load_line import Ground

NAMES = (
    *("felt_now", "felt_3h", "felt_8h", "felt_24h", "felt_72h", "year_end", "after_new_year"),
    *("line_direct", "line", "line_level"),
)
_SHARES = (0.0, 0.1, 0.2, 0.3, 0.4, 0.5)


class View(NamedTuple):
    """What the line said of rows, in kW, and the recent errors that it knew."""

    direct_kw: Floats
    said_kw: Floats
    news_kw: Floats


class BoostedLine(NamedTuple):
    """`bent` bends the line, `free` answers alone (in units of the meter's scale) and counts for `share`."""

    bent: Boosted
    free: Boosted
    share: float

    @classmethod
    def grown(cls, ground: Ground, site: Site, lessons: Lessons, growth: Growth) -> tuple[Self, Answers]:
        """Learn, and give the answers to training rows of weeks not seen."""
        rows = site.rows(lessons.at_s, lessons.cut_s)
        week = ground.calendar.wall.day(lessons.at_s) // 7
        view = View(lessons.direct_kw, lessons.said_kw, lessons.news_kw)
        alone = _alone(ground, rows, lessons.at_s, None)
        whole = _with_line(alone, rows, view)
        bent = Boosted.grown(whole, (lessons.actual_kw - lessons.said_kw) / rows.scale, week, growth)
        free = Boosted.grown(alone, lessons.actual_kw / rows.scale, week, growth._replace(seed=growth.seed + 1))
        on_line = lessons.said_kw + rows.scale * bent.unseen(whole, week)
        beside = rows.scale * free.unseen(alone, week)
        share = _share(lessons.actual_kw, on_line, beside)
        rows = _persisted(site).rows(lessons.at_s, lessons.cut_s)
        view = View(lessons.persisted_direct_kw, lessons.persisted_kw, lessons.news_kw)
        alone = _alone(ground, rows, lessons.at_s, lessons.cut_s)
        without = lessons.persisted_kw + rows.scale * bent.unseen(_with_line(alone, rows, view), week)
        without = (1 - share) * without + share * rows.scale * free.unseen(alone, week)
        known = (1 - share) * on_line + share * beside
        return cls(bent, free, share), Answers(lessons.at_s, lessons.cut_s, lessons.actual_kw, known, without)

    def said(self, ground: Ground, rows: Rows, view: View, at_s: Seconds) -> Floats:
        """The answer in kW."""
        alone = _alone(ground, rows, at_s, None)
        on_line = view.said_kw + rows.scale * self.bent.predict(_with_line(alone, rows, view))
        return np.asarray((1 - self.share) * on_line + self.share * rows.scale * self.free.predict(alone))

    def save(self, folder: Path, name: str) -> None:
        """Write it."""
        self.bent.save(folder / f"{name}-bent.npz")
        self.free.save(folder / f"{name}-free.npz")
        (folder / f"{name}-share.json").write_text(json.dumps(self.share))

    @classmethod
    def load(cls, folder: Path, name: str) -> Self:
        """Read what `save` wrote."""
        share = float(json.loads((folder / f"{name}-share.json").read_text()))
        return cls(Boosted.load(folder / f"{name}-bent.npz"), Boosted.load(folder / f"{name}-free.npz"), share)


def _share(actual_kw: Floats, on_line: Floats, beside: Floats) -> float:
    """The share of least absolute error."""
    return min(_SHARES, key=lambda share: float(np.abs(actual_kw - (1 - share) * on_line - share * beside).mean()))


def _persisted(site: Site) -> Site:
    """The same site with each hour's temperature that of the day before."""
    if site.temperature is None:
        return site
    steps = max(1, DAY_S // site.temperature.step_s)
    values = site.temperature.values
    return replace(
        site, temperature=replace(site.temperature, values=np.concatenate([values[:steps], values[:-steps]]))
    )


def _alone(ground: Ground, rows: Rows, at_s: Seconds, cut_s: Seconds | None) -> NDArray[np.float32]:
    day = ground.calendar.wall.day(at_s)
    felt = ground.heat.felt(at_s, cut_s) if ground.heat else np.full((len(at_s), 5), np.nan)
    rest = np.stack([ground.calendar.year_end(day), ground.calendar.after_new_year(day)], axis=1)
    return np.concatenate([rows.matrix, felt, rest], axis=1).astype(np.float32)


def _with_line(alone: NDArray[np.float32], rows: Rows, view: View) -> NDArray[np.float32]:
    own = [view.direct_kw - rows.base, view.said_kw - rows.base, view.said_kw]
    parts = np.concatenate([np.stack(own, axis=1), view.news_kw], axis=1) / rows.scale[:, None]
    return np.concatenate([alone, parts.astype(np.float32)], axis=1)
