"""From windows to the numbers that the network reads: normalised by the week itself, unknown told by masks."""

from dataclasses import dataclass, fields
from typing import Any

import numpy as np
from numpy.typing import NDArray

from forecasting.domain.network.calendar_table import COLUMNS, OFF, WEEKDAY
from forecasting.domain.network.windows import BLOCK, LAGS, MEMORIES, Windows

F32 = NDArray[np.float32]

PAST_COLUMNS = 2 + 4 + 2
_BESIDE = (-3, -2, -1, 1, 2, 3)  # hours whose usual load an hour is told too
STEP_COLUMNS = len(COLUMNS) + 5 * LAGS + 2 + len(_BESIDE) + 2 * 2 + MEMORIES * (1 + LAGS) + 1 + 2
WEEK_COLUMNS = 10
CANDIDATES = LAGS + 3  # each lag, their mean, the mean of the days alike, the mean of the week
_FLOOR = 0.1  # of the week's mean: the least scale, so that a week of near-constant load does not blow up
_SPIKE = 4.0  # loads that leave the week's 5 to 95 % range by this many times its width count as its edge
_MOST = 12.0  # normalised loads beyond are cut


@dataclass(frozen=True)
class Inputs:
    """What the network reads; a normalised load is (kW - centre) / scale.

    past (n, CONTEXT, PAST_COLUMNS), steps (n, BLOCK, STEP_COLUMNS), week (n, WEEK_COLUMNS), candidates and valid
    (n, BLOCK, CANDIDATES); centre and scale (n,) in kW, scale above 0.
    """

    past: F32
    steps: F32
    week: F32
    candidates: F32
    valid: F32
    centre: F32
    scale: F32

    def some(self, chosen: NDArray[np.int64]) -> "Inputs":
        """Only some of the windows."""
        return Inputs(*(getattr(self, field.name)[chosen] for field in fields(self)))

    @property
    def tensors(self) -> tuple[F32, ...]:
        """In the order of the network's own inputs."""
        return self.past, self.steps, self.week, self.candidates, self.valid


def of_windows(windows: Windows) -> Inputs:
    """Normalise. A week without any known hour has centre 0 and scale 1."""
    seen = np.isfinite(windows.load)
    low, high = _without_spikes(windows.load)
    calm = np.clip(windows.load, low, high)
    centre, scale = _centre_and_scale(calm, seen)
    load = _normal(calm, centre[:, None], scale[:, None])
    lags = np.clip(windows.lags, low[..., None], high[..., None])
    lags = _normal(lags, centre[:, None, None], scale[:, None, None])
    has = np.isfinite(windows.lags).astype(np.float32)
    alike = _alike(windows) * has
    candidates, valid = _candidates(lags, has, alike)
    past_c = windows.past_temperature
    mean_c = _mean(past_c, np.isfinite(past_c))[:, None]
    warm = np.stack([_or_zero((past_c - mean_c) / 5), np.isfinite(past_c)], axis=2)
    past = np.concatenate([load[..., None], seen[..., None], windows.past_calendar, warm], axis=2, dtype=np.float32)
    steps = [windows.calendar, lags, has, alike, _same_weekday(windows), _ordered(lags, has)]
    steps += [_beside(candidates[..., LAGS], _BESIDE), _beside(candidates[..., LAGS + 1]), _beside(lags[..., 0])]
    steps += [candidates[..., LAGS : LAGS + 2], _temperatures(windows)]
    lead = np.broadcast_to(np.arange(BLOCK, dtype=np.float32) / BLOCK, lags.shape[:2])
    steps += [lead[..., None], np.broadcast_to(windows.gap[:, None, None] / 7, (*lags.shape[:2], 1))]
    return Inputs(
        past,
        np.concatenate(steps, axis=2, dtype=np.float32),
        _week(load, seen, centre / scale, windows),
        candidates,
        valid,
        centre,
        scale,
    )


def _without_spikes(load: F32) -> tuple[F32, F32]:
    """The least and the highest load of each week that is no spike. (n, 1) each; spikes are told as these."""
    ordered, count = np.sort(load, axis=1), np.isfinite(load).sum(axis=1, keepdims=True)  # NaN come last
    low = np.take_along_axis(ordered, (count * 5) // 100, axis=1)
    high = np.take_along_axis(ordered, np.maximum(count * 95 // 100 - 1, 0), axis=1)
    room = _SPIKE * (high - low) + _FLOOR * np.maximum(np.abs(low), np.abs(high))
    return _or_zero(low - room), _or_zero(high + room)


def _centre_and_scale(load: F32, seen: NDArray[np.bool_]) -> tuple[F32, F32]:
    centre = _mean(load, seen)
    spread = _mean((load - centre[:, None]) ** 2, seen)
    scale = np.sqrt(spread + (_FLOOR * centre) ** 2)
    return centre, np.where(scale > 0, scale, 1).astype(np.float32)


def _normal(values: F32, centre: F32, scale: F32) -> F32:
    return np.asarray(np.clip(_or_zero((values - centre) / scale), -_MOST, _MOST))


def _or_zero(values: NDArray[Any]) -> F32:
    return np.asarray(np.nan_to_num(values, nan=0.0, posinf=0.0, neginf=0.0), dtype=np.float32)


def _alike(windows: Windows) -> F32:
    """Whether each lag lies on a day of the same kind: both working days or both off. (n, BLOCK, LAGS)"""
    off = windows.calendar[..., OFF][..., None]
    return np.asarray(windows.lag_calendar[..., OFF - 2] == off, dtype=np.float32)


def _same_weekday(windows: Windows) -> F32:
    today = windows.calendar[:, :, None, WEEKDAY : WEEKDAY + 7]
    return np.asarray((windows.lag_calendar[..., :7] * today).sum(axis=-1))


def _candidates(lags: F32, has: F32, alike: F32) -> tuple[F32, F32]:
    means = [_mean(lags, has)[..., None], _mean(lags, alike)[..., None], np.zeros((*lags.shape[:2], 1))]
    there = [has.max(axis=2, keepdims=True), alike.max(axis=2, keepdims=True), np.ones((*lags.shape[:2], 1))]
    candidates = np.concatenate([lags, *means], axis=2, dtype=np.float32)
    return candidates, np.concatenate([has, *there], axis=2, dtype=np.float32)


def _mean(values: F32, wanted: NDArray[Any]) -> F32:
    """Mean over the last axis where wanted; 0 where nothing is."""
    count = wanted.sum(axis=-1)
    total = np.where(wanted > 0, values, 0).sum(axis=-1)
    return np.asarray(total / np.maximum(count, 1), dtype=np.float32)


def _ordered(lags: F32, has: F32) -> F32:
    """The lags by size, so that a middle among outliers is near at hand; their mean stands for the unknown."""
    return np.sort(np.where(has > 0, lags, _mean(lags, has)[..., None]), axis=2)


def _beside(hourly: F32, away: tuple[int, ...] = (-1, 1)) -> F32:
    """What the hours so far away have, round the day: loads wander by an hour or two. (n, BLOCK, len(away))"""
    return np.stack([np.roll(hourly, -hours, axis=1) for hours in away], axis=2)


def _temperatures(windows: Windows) -> F32:
    """Level about 12 °C in 10 degrees, how much warmer than at each lag in 5; 0 where unknown, and a mask."""
    now = windows.temperature
    warmer = (now[:, :, None, :] - windows.lag_temperature) / 5
    flat = warmer.reshape(*warmer.shape[:2], -1)
    mask = np.isfinite(now[..., :1]).astype(np.float32)
    return np.concatenate([_or_zero((now - 12) / 10), _or_zero(flat), mask], axis=2)


def _week(load: F32, seen: NDArray[np.bool_], level: F32, windows: Windows) -> F32:
    """Numbers of the whole week. (n, WEEK_COLUMNS)"""
    days = load.reshape(len(load), 7, 24)
    there = seen.reshape(len(load), 7, 24)
    daily = _mean(days, there)
    typical = _mean(np.swapaxes(days, 1, 2), np.swapaxes(there, 1, 2))
    surprise = (days[:, -1] - typical) * there[:, -1]
    columns = [
        np.clip(level, -10, 10) / 5,
        seen.mean(axis=1),
        daily[:, -1],
        daily[:, -1] - daily[:, -2],
        surprise[:, -6:].mean(axis=1),
        surprise[:, -1],
        load[:, -1],
        np.percentile(load, 5, axis=1),
        np.percentile(load, 95, axis=1),
        windows.gap / 7,
    ]
    return np.stack(columns, axis=1).astype(np.float32)
