"""Boosted trees on what the corrected line leaves, for one range of leads."""

from pathlib import Path
from typing import NamedTuple, Self

import numpy as np
from numpy.typing import NDArray

from forecasting.domain.boosting import Boosted, Growth
from forecasting.domain.calibrated import Answers
from forecasting.domain.corrected_line import Lessons
from forecasting.domain.features import Rows, Site
from forecasting.domain.grid import Floats, Seconds
from forecasting.domain.load_line import Ground

NAMES = (
    *("line_direct", "line", "line_level", "year_end", "after_new_year"),
    *("temperature", "temperature_memory_3h", "temperature_memory_8h", "temperature_memory_24h"),
    *("temperature_memory_72h",),
)


class View(NamedTuple):
    """What the line said of rows, in kW, and the recent errors that it knew."""

    direct_kw: Floats
    said_kw: Floats
    news_kw: Floats


class BoostedLine(NamedTuple):
    """Trees that bend the line."""

    trees: Boosted

    @classmethod
    def grown(cls, ground: Ground, site: Site, lessons: Lessons, growth: Growth) -> tuple[Self, Answers]:
        """Learn, and give the answers to training rows of weeks not seen."""
        rows = site.rows(lessons.at_s, lessons.cut_s)
        week = ground.calendar.wall.day(lessons.at_s) // 7
        known = View(lessons.direct_kw, lessons.said_kw, lessons.news_kw)
        matrix = _matrix(ground, rows, known, lessons.at_s, None)
        trees = Boosted.grown(matrix, (lessons.actual_kw - lessons.said_kw) / rows.scale, week, growth)
        answers = lessons.said_kw + rows.scale * trees.unseen(matrix, week)
        persisted = View(lessons.persisted_direct_kw, lessons.persisted_kw, lessons.news_kw)
        other = _matrix(ground, rows, persisted, lessons.at_s, lessons.cut_s)
        without = lessons.persisted_kw + rows.scale * trees.unseen(other, week)
        return cls(trees), Answers(lessons.at_s, lessons.cut_s, lessons.actual_kw, answers, without)

    def said(self, ground: Ground, rows: Rows, view: View, at_s: Seconds) -> Floats:
        """The answer in kW."""
        return np.asarray(view.said_kw + rows.scale * self.trees.predict(_matrix(ground, rows, view, at_s, None)))

    def save(self, path: Path) -> None:
        """Write it."""
        self.trees.save(path)

    @classmethod
    def load(cls, path: Path) -> Self:
        """Read what `save` wrote."""
        return cls(Boosted.load(path))


def _matrix(ground: Ground, rows: Rows, view: View, at_s: Seconds, cut_s: Seconds | None) -> NDArray[np.float32]:
    day = ground.calendar.wall.day(at_s)
    felt = ground.heat.felt(at_s, cut_s) if ground.heat else np.full((len(at_s), 5), np.nan)
    own = [
        (view.direct_kw - rows.base) / rows.scale,
        (view.said_kw - rows.base) / rows.scale,
        view.said_kw / rows.scale,
    ]
    rest = [ground.calendar.year_end(day), ground.calendar.after_new_year(day)]
    parts = [rows.matrix, np.stack([*own, *rest], axis=1), felt, view.news_kw / rows.scale[:, None]]
    return np.concatenate(parts, axis=1).astype(np.float32)
