"""Weights of a blend: how much each forecaster is worth on origins that it had not seen."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from forecasting.domain.grid import Floats
from forecasting.domain.quantiles import MEDIAN, QUANTILES

_STEPS = 20  # weights are tried in twentieths
_EQUAL = 4.0  # days of evidence that equal weights are given
_WIDTHS = np.linspace(0.7, 1.5, 33)
_WIDTH_PRIOR_DAYS = 14.0
_BANDS = ((0.1, 0.9, 0.8), (0.05, 0.95, 0.9))


@dataclass(frozen=True)
class Blending:
    """`weights` add up to 1; `width` stretches the blended band about its median."""

    weights: tuple[float, ...]
    width: float

    def blended(self, frames: list[Floats]) -> Floats:
        """Quantiles averaged level by level (Vincent 1912; Lichtendahl et al. 2013), rows x QUANTILES."""
        mean = sum(weight * frame for weight, frame in zip(self.weights, frames, strict=True))
        whole = np.asarray(mean)
        middle = whole[:, [QUANTILES.index(MEDIAN)]]
        return np.asarray(middle + self.width * (whole - middle))


def learned(frames: list[Floats], actual: Floats, days: int) -> Blending:
    """The weights of least absolute error of the median, drawn towards equal ones where there are few days."""
    count = len(frames)
    known = np.isfinite(actual)
    equal = np.full(count, 1 / count)
    if not known.any():
        return Blending(tuple(equal.tolist()), 1.0)
    frames, actual = [frame[known] for frame in frames], actual[known]
    middles = np.stack([frame[:, QUANTILES.index(MEDIAN)] for frame in frames], axis=1)
    best = min(shared_out(count), key=lambda weights: float(np.abs(actual - middles @ weights).mean()))
    trust = days / (days + _EQUAL)
    weights = trust * best + (1 - trust) * equal
    return Blending(tuple(weights.tolist()), _width(Blending(tuple(weights.tolist()), 1.0), frames, actual, days))


def _width(blending: Blending, frames: list[Floats], actual: Floats, days: int) -> float:
    """The stretch at which both bands covered what they promise, drawn towards none where there are few days."""

    def missed(width: float) -> float:
        band = pd.DataFrame(Blending(blending.weights, width).blended(frames), columns=list(QUANTILES))
        shares = [((actual >= band[low]) & (actual <= band[high])).mean() - share for low, high, share in _BANDS]
        return float(np.abs(shares).sum())

    errors = np.array([missed(width) for width in _WIDTHS])
    best = float(_WIDTHS[np.flatnonzero(errors <= errors.min() + 1e-9)].mean())
    return 1 + (best - 1) * days / (days + _WIDTH_PRIOR_DAYS)


def shared_out(count: int) -> list[Floats]:
    """All ways to share out `_STEPS` equal parts."""
    if count == 1:
        return [np.ones(1)]
    cuts = np.stack(np.meshgrid(*[np.arange(_STEPS + 1)] * (count - 1), indexing="ij"), axis=-1).reshape(-1, count - 1)
    cuts = cuts[cuts.sum(axis=1) <= _STEPS]
    return list(np.concatenate([cuts, _STEPS - cuts.sum(axis=1, keepdims=True)], axis=1) / _STEPS)
