"""A fleet of electric vehicles at the meter: when they come, and when they are charged."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from simulations.domain.clock import days_of, hour_of_day
from simulations.domain.contract import Effect, Event, Floats, Load, Span, Stage
from twin_project.kit.params import param

DUMB, NIGHT, VALLEY = "on arrival", "evenly from midnight to six", "when the load is lowest"
WHOLE_H = 22.9  # a shorter day is cut by the period, not by the clock
_ROUNDS = 25
DAILY_SPREAD = 0.5  # a vehicle's energy of one day over its mean: most days little, some days much


class EvCharging(Event):
    """The fleet's mean course on every day, its energy scattered from day to day as few or many vehicles do."""

    title = "EV charging"
    summary = "A number of electric vehicles is charged here, on arrival or at better hours."
    effect: ClassVar[Effect] = "assumed"
    stage = Stage.DEMAND

    @dataclass(frozen=True)
    class Params:
        """How many, how much, when."""

        vehicles: int = param(10, "Vehicles", "", minimum=0, maximum=5000)
        kwh_a_day: float = param(
            8.0, "Each takes", "In the mean of all days.", unit="kWh a day", minimum=0, maximum=100
        )
        charger_kw: float = param(7.4, "Charger", "", unit="kW", minimum=1, maximum=350)
        arrive_h: float = param(18.0, "Arrive about", "Local hour.", unit="h", minimum=0, maximum=24)
        spread_h: float = param(1.5, "Give or take", "One standard deviation.", unit="h", minimum=0.1, maximum=6)
        charged: str = param(DUMB, "Charged", "", choices=(DUMB, NIGHT, VALLEY))

    def may_overlap(self) -> bool:
        """Where the load is lowest, another fleet may have been."""
        return bool(self.params.charged != VALLEY)

    def change_load(self, load: Load, span: Span) -> Load:
        """What the fleet draws is added."""
        p = self.params
        within, day = span.holds(load.starts), days_of(load)
        course = _share_of_day(self._course(load), day, load.hours)
        n_days = int(day.max()) + 1
        scatter = self._scatter(len(load.kw), n_days, load.seed)
        wanted = p.vehicles * p.kwh_a_day * scatter[:, day] * course / load.hours
        return load.with_kw(load.kw + _no_more_than(p.vehicles * p.charger_kw, wanted, day) * within)

    def _scatter(self, n_draws: int, n_days: int, seed: int) -> Floats:
        """Each day's energy over its mean (draws, days): antithetic, so that over all draws it is the mean."""
        random = np.random.default_rng([seed, 17])
        half = random.standard_normal((-(-n_draws // 2), n_days))
        both = random.permutation(np.concatenate([half, -half])[:n_draws])
        sigma = DAILY_SPREAD / np.sqrt(max(self.params.vehicles, 1))
        return np.asarray(np.clip(1 + sigma * both, 0.0, 2.0))

    def _course(self, load: Load) -> Floats:
        """How much of the day's energy falls in each interval, in any unit."""
        from scipy.special import ndtr  # slow to import, and every process imports the events

        p, hour = self.params, hour_of_day(load)
        if p.charged == NIGHT:
            return (hour < 6).astype(np.float64)
        if p.charged == VALLEY:
            typical = np.median(load.kw, axis=0)
            day = days_of(load)
            highest = np.maximum.reduceat(typical, np.flatnonzero(np.diff(day, prepend=-1)))[day]
            return np.asarray((highest - typical) ** 2 + 1e-9)
        lasts_h = p.kwh_a_day / p.charger_kw
        since = np.mod(hour - p.arrive_h + 12, 24) - 12
        after = np.stack([since, since + 24])
        return np.asarray((ndtr(after / p.spread_h) - ndtr((after - lasts_h) / p.spread_h)).sum(axis=0))

    def assumptions(self) -> list[str]:
        """No vehicle is known one by one."""
        p = self.params
        fleet = "1 vehicle takes" if p.vehicles == 1 else f"{p.vehicles} vehicles take"
        each = "" if p.vehicles == 1 else " each"
        return [
            f"{fleet} {p.kwh_a_day:g} kWh a day{each} in the mean, on all days, {p.charged}, as far as the power of "
            "the charger lets it."
        ]


def _no_more_than(most_kw: float, wanted: Floats, day: "np.ndarray[tuple[int], np.dtype[np.int64]]") -> Floats:
    """What is wanted by (draws, steps) kept under the chargers' power; the rest of a day goes to its other hours.

    A day whose hours of charging are all full gets less than was wanted.
    """
    first = np.flatnonzero(np.diff(day, prepend=-1))
    target, drawn = np.add.reduceat(wanted, first, axis=1), wanted
    for _ in range(_ROUNDS):
        full = drawn >= most_kw
        if not full.any():
            break
        held = np.add.reduceat(np.where(full, most_kw, 0.0), first, axis=1)
        free = np.add.reduceat(np.where(full, 0.0, drawn), first, axis=1)
        more = np.maximum(target - held, 0.0) / np.maximum(free, 1e-300)
        grown = np.where(full, most_kw, drawn * more[:, day])
        if np.array_equal(grown >= most_kw, full):
            return grown
        drawn = np.minimum(grown, most_kw)
    return np.minimum(drawn, most_kw)


def _share_of_day(course: Floats, day: "np.ndarray[tuple[int], np.dtype[np.int64]]", hours: float) -> Floats:
    """The course made to sum to 1 on each whole local day, whatever its clock does; on a part of one, to its part."""
    total, length_h = np.bincount(day, weights=course), np.bincount(day) * hours
    whole = length_h > WHOLE_H
    usual = np.median(total[whole]) if whole.any() else 24 * total.sum() / length_h.sum()
    return np.asarray(course / np.where(whole & (total > 0), total, max(usual, 1e-12))[day])
