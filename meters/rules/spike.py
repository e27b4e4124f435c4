"""A peak that stands alone in its day.

Source: VEE standard, section A, "spike check": of each day the highest and the third highest interval are compared;
(peak1 - peak3) / peak3 above 1.8 fails. Added here: the peak must also be above 1.5 times the 99th percentile of the
period, since a quiet day with one oven in it fails the standard's check and is true. The peaks of the day itself are
left out of that percentile: of few readings they would be it.
"""

import numpy as np
import pandas as pd

from meters.domain.validation import Context, Doubt, Rule, runs, span

TIMES = 1.8
USUAL, USUAL_SHARE = 1.5, 0.99
FEWEST = 12  # readings of a day


class Spike(Rule):
    """One or two readings far above the rest of their day."""

    title = "Spike"
    summary = "One or two readings more than 2.8 times the third highest of their local day, and above the usual peaks."

    def check(self, readings: pd.DataFrame, context: Context) -> list[Doubt]:
        """Days in the meter's own zone; a run of two neighbours is one doubt."""
        if readings.empty:
            return []
        local = pd.DatetimeIndex(readings["start_at"]).tz_convert(context.zone).tz_localize(None).as_unit("us")
        day = local.asi8 // 86_400_000_000
        found: list[Doubt] = []
        known = np.zeros(len(readings), dtype=bool)
        for kw in _mean_powers(readings):
            third = _third_highest(kw, day)
            alone = kw > (1 + TIMES) * third
            mask = alone & (kw > USUAL * _usual_peak(kw, day, alone)) & ~known
            known |= mask
            found += [_doubt(readings.iloc[a:b], kw[a:b], third[a:b]) for a, b in runs(mask)]
        return sorted(found, key=lambda one: one.start_at)


def _mean_powers(readings: pd.DataFrame) -> list[np.ndarray]:
    """The power as it was told, and that of the energy: a portal may garble the one and not the other."""
    told = [readings["power_kw"].to_numpy(dtype="float64")] if "power_kw" in readings else []
    if "energy_kwh" in readings:
        hours = readings["interval_s"].to_numpy(dtype="float64") / 3600
        told.append(readings["energy_kwh"].to_numpy(dtype="float64") / hours)
    return told


def _doubt(some: pd.DataFrame, kw: np.ndarray, third: np.ndarray) -> Doubt:
    worst, third_kw = float(kw.max()), third.min()
    told = f"{worst:,.4g} kW in a day that is otherwise zero."
    if third_kw != 0:
        told = f"{worst:,.4g} kW is {worst / third_kw:,.1f} times the third highest reading of its day."
    return Doubt(*span(some), worst, told)


def _usual_peak(power: np.ndarray, day: np.ndarray, alone: np.ndarray) -> np.ndarray:
    """For each reading the 99th percentile of the period without those that stand `alone` in its own day.

    These, two at most, are among the highest of all or no spikes: so the percentile of the others is a place in the
    sorted whole, a little lower.
    """
    ordered = np.sort(power[~np.isnan(power)])
    days, at = np.unique(day, return_inverse=True)
    left_out = np.bincount(at, weights=alone, minlength=len(days))[at]
    place = USUAL_SHARE * np.maximum(len(ordered) - 1 - left_out, 0)
    return np.interp(place, np.arange(len(ordered)), ordered) if len(ordered) else np.full(len(power), np.inf)


def _third_highest(power: np.ndarray, day: np.ndarray) -> np.ndarray:
    """For each reading the third highest of its day; NaN in a day of few readings."""
    order = np.lexsort((-np.nan_to_num(power, nan=-1.0), day))
    days, firsts, counts = np.unique(day[order], return_index=True, return_counts=True)
    enough = counts >= FEWEST
    thirds = np.full(len(days), np.nan)
    thirds[enough] = power[order][firsts[enough] + 2]
    return np.asarray(thirds[np.searchsorted(days, day)])
