"""The same series seen in several places is one; the surest place is kept. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from scraping.domain.discovery.series import Series
from scraping.domain.discovery.sightings import BEST_FIRST, CHART, Sighting

ENOUGH = 12


@dataclass(frozen=True)
class Found:
    """A series with where it was seen best, and the other places that show it too."""

    series: Series
    sighting: Sighting
    also: tuple[Sighting, ...] = field(default=(), repr=False)


def merged(found: Iterable[tuple[Sighting, Series]]) -> list[Found]:
    """One for each series: what stands in several places counts once; the best one first."""
    kept: list[Found] = []
    for sighting, series in sorted(found, key=_order):
        twin = next((at for at, one in enumerate(kept) if is_same(one.series, series)), None)
        if twin is None:
            kept.append(Found(series, sighting))
        else:
            known = kept[twin]
            kept[twin] = Found(known.series, known.sighting, (*known.also, sighting))
    return sorted(_joined(kept), key=lambda one: -_weight(one))


def _joined(kept: list[Found]) -> list[Found]:
    """Charts of one page that draw different quantities of the same intervals are one series."""
    out: list[Found] = []
    for one in kept:
        home = next((at for at, other in enumerate(out) if _belongs(other, one)), None)
        if home is None:
            out.append(one)
        else:
            whole = out[home]
            out[home] = Found(whole.series.with_columns_of(one.series), whole.sighting, (*whole.also, *one.also))
    return out


def _belongs(one: Found, other: Found) -> bool:
    left, right = one.series, other.series
    return (
        one.sighting.kind == other.sighting.kind == CHART
        and one.sighting.page is other.sighting.page
        and left.clock.title == right.clock.title
        and left.clock.stamps.form.value == right.clock.stamps.form.value
        and left.interval_s.value == right.interval_s.value
        and not {c.title for c in left.columns} & {c.title for c in right.columns}
        and not set(left.quantities) & set(right.quantities)
        and len(left.frame.merge(right.frame, on="start_at")) > 0.5 * len(right.frame)
    )


def _order(pair: tuple[Sighting, Series]) -> tuple[int, int, float, int]:
    """More quantities first, then the surer source, then the firmer guesses, then more rows."""
    sighting, series = pair
    return (-len(series.quantities), BEST_FIRST.index(sighting.kind), -series.confidence, -len(series.frame))


def _weight(found: Found) -> float:
    """What a person most likely looks for: energy or power by the hour or finer, well understood."""
    series = found.series
    main = "energy_kwh" in series.quantities or "power_kw" in series.quantities
    fine = series.interval_s.value <= 3600
    return 2.0 * main + 1.0 * fine + series.confidence + 0.2 * len(series.quantities)


def is_same(one: Series, other: Series) -> bool:
    """Whether all quantities of `other` stand in `one` with the same numbers, perhaps by another clock."""
    if not set(other.quantities) <= set(one.quantities) or one.interval_s.value != other.interval_s.value:
        return False
    if one.meter != other.meter and one.meter and other.meter:
        return False
    return all(_agree(one.frame[name], other.frame[name]) for name in other.quantities)


def _agree(one: "pd.Series[float]", other: "pd.Series[float]") -> bool:
    """Whether the shorter run of numbers lies in the longer one, rounded as the coarser of both."""
    left, right = one.dropna().to_numpy(), other.dropna().to_numpy()
    short, long = sorted((left, right), key=len)
    if len(short) < min(ENOUGH, len(long)):
        return False
    digits = min(_digits(short), _digits(long))
    wanted, there = np.round(short, digits), np.round(long, digits)
    tolerance = 1.01 * 10.0**-digits
    for at in _starts(there, wanted[0], tolerance):
        if at + len(wanted) <= len(there) and np.allclose(there[at : at + len(wanted)], wanted, atol=tolerance, rtol=0):
            return True
    # one may begin earlier and end earlier: compare the middle of the shorter
    half = wanted[len(wanted) // 4 : len(wanted) // 4 + max(ENOUGH, len(wanted) // 2)]
    return any(
        at + len(half) <= len(there) and np.allclose(there[at : at + len(half)], half, atol=tolerance, rtol=0)
        for at in _starts(there, half[0], tolerance)
    )


def _starts(there: np.ndarray, first: float, tolerance: float) -> Sequence[int]:
    return [int(at) for at in np.flatnonzero(np.abs(there - first) <= tolerance)]


def _digits(numbers: np.ndarray) -> int:
    for digits in range(5):
        if np.allclose(np.round(numbers, digits), numbers, atol=1e-9):
            return digits
    return 5
