"""A Gaussian process on what the corrected line leaves: as smooth as the weather, where trees are steps.

What the process calls near is told by groups of columns: temperature first, the season, the kind of day, and a little
of what the load itself did. The weights were chosen on months of Victoria's load (docs/benchmarks.md) and lie on a
broad plateau; where what the line leaves is mostly noise, the process learns to say little.
"""

from typing import NamedTuple

import numpy as np
import pandas as pd

from forecasting.domain.features import Rows
from forecasting.domain.grid import DAY_S, Floats, Grid, Seconds
from forecasting.domain.heat import Heat
from forecasting.domain.load_line import Ground

_WARMTH, _SEASON, _KIND, _LEVEL, _PAST, _NEWS = 0.6, 0.48, 0.09, 0.15, 0.09, 0.09
_KINDS = ("off", "off_before", "off_after", "holiday", "holiday_near", "bridge")
_PASTS = (
    *("lead_hours", "lag_1", "lag_week", "profile", "year_ago", "warmer", "warmer_day"),
    *("level_change", "surprise_day", "surprise_hours"),
)
_EARLIER_H = (1, 2, 3, 6, 24)


class View(NamedTuple):
    """What the line said of rows, in kW, and the recent errors that it knew."""

    direct_kw: Floats
    said_kw: Floats
    news_kw: Floats


def smooth_columns(
    ground: Ground, rows: Rows, view: View, at_s: Seconds, cut_s: Seconds | None = None
) -> tuple[Floats, Floats]:
    """(rows, columns), and the weight of each column as a distance; with a cut-off as if the weather stood still there.

    Columns of temperature are in °C, of load in units of the meter's scale.
    """
    calendar, scale = ground.calendar, rows.scale[:, None]
    day = calendar.wall.day(at_s)
    kinds = [calendar.year_end(day), calendar.after_new_year(day), *(day % 7 == number for number in range(7))]
    own = [view.direct_kw - rows.base, view.said_kw - rows.base, view.said_kw, rows.base]
    groups = [
        (_SEASON, _named(rows, ("year_sin", "year_cos"))),
        (_KIND, np.concatenate([_named(rows, _KINDS), np.stack(kinds, axis=1)], axis=1)),
        (_LEVEL, np.stack(own, axis=1) / scale),
        (_PAST, _named(rows, _PASTS)),
        (_NEWS, view.news_kw / scale),
    ]
    if ground.heat is not None:
        groups.append((_WARMTH, _warmth(ground.heat, at_s, cut_s)))
    weights = [np.full(part.shape[1], worth / np.sqrt(part.shape[1])) for worth, part in groups]
    return np.concatenate([part for _, part in groups], axis=1).astype(np.float64), np.concatenate(weights)


def _named(rows: Rows, names: tuple[str, ...]) -> Floats:
    """The features of these names that the meter has."""
    return rows.matrix[:, [rows.names.index(name) for name in names if name in rows.names]]


def _warmth(heat: Heat, at_s: Seconds, cut_s: Seconds | None) -> Floats:
    """The courses of the temperature, the hours before, the last day's highest and lowest, degrees beyond balance."""
    felt = heat.felt(at_s, cut_s)
    earlier = [_air(heat, at_s - hours * 3600, cut_s) for hours in _EARLIER_H]
    # Weather that stands still repeats the last day, whose extremes stay those of any day after it.
    until = at_s if cut_s is None else np.minimum(at_s, cut_s - heat.grid.step_s)
    high, low = _extremes(heat.grid)
    place = np.clip(heat.grid.position(until), 0, len(high) - 1)
    heating, cooling = heat.balance
    warm, cold = np.maximum(felt[:, :4] - cooling, 0.0), np.maximum(heating - felt[:, [0, 3]], 0.0)
    return np.concatenate([felt, np.stack([*earlier, high[place], low[place]], axis=1), warm, cold], axis=1)


def _air(heat: Heat, at_s: Seconds, cut_s: Seconds | None) -> Floats:
    came = heat.felt(at_s)[:, 0]
    return came if cut_s is None else np.where(at_s < cut_s, came, heat.felt(at_s, cut_s)[:, 0])


def _extremes(grid: Grid) -> tuple[Floats, Floats]:
    """The highest and the lowest temperature of the day up to each interval."""
    day = pd.Series(grid.values).rolling(max(1, DAY_S // grid.step_s), min_periods=1)
    return day.max().to_numpy(), day.min().to_numpy()
