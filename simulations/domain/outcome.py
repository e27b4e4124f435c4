"""What came of a scenario: two loads on the same chances, and what their difference says."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import NamedTuple

import numpy as np
import pandas as pd

from simulations.domain.contract import Floats, Load
from simulations.domain.errors import CannotSimulate
from simulations.domain.paths import bands

_LOW, _MIDDLE, _HIGH = 0.1, 0.5, 0.9


class Range(NamedTuple):
    """The middle of the draws and the ends of their middle 80 %."""

    low: float
    middle: float
    high: float

    @classmethod
    def of(cls, draws: Floats) -> "Range":
        """From one number a draw."""
        low, middle, high = np.quantile(draws, (_LOW, _MIDDLE, _HIGH)).tolist()
        return cls(low, middle, high)


@dataclass(frozen=True)
class Outcome:
    """`base` as it was, `scenario` with the events; draw `k` of both is the same course of chance.

    `warnings` say where the twin was asked beyond what it has seen, `assumptions` what was taken for granted.
    """

    base: Load
    scenario: Load
    warnings: list[str] = field(default_factory=list)
    assumptions: list[str] = field(default_factory=list)

    @property
    def starts(self) -> pd.DatetimeIndex:
        """Interval starts, UTC."""
        return self.base.starts

    def base_bands(self) -> pd.DataFrame:
        """Quantiles of the base by interval, kW."""
        return bands(self.base.kw, self.starts)

    def scenario_bands(self) -> pd.DataFrame:
        """Quantiles of the scenario by interval, kW."""
        return bands(self.scenario.kw, self.starts)

    def difference_bands(self) -> pd.DataFrame:
        """Quantiles of scenario less base by interval, kW: not the difference of their quantiles."""
        return bands(self.scenario.kw - self.base.kw, self.starts)

    def energy_kwh(self, load: Load) -> Floats:
        """Energy of the period, one figure a draw."""
        return np.asarray(load.kw.sum(axis=1) * load.hours)

    def energy(self, load: Load) -> Range:
        """Energy of the period."""
        return Range.of(self.energy_kwh(load))

    def energy_change_kwh(self) -> Range:
        """Scenario less base."""
        return Range.of(self.energy_kwh(self.scenario) - self.energy_kwh(self.base))

    def peak_kw(self, load: Load) -> Range:
        """Highest interval of the period."""
        return Range.of(load.kw.max(axis=1))

    def peak_change_kw(self) -> Range:
        """Highest interval of the scenario less that of the base, whenever each is."""
        return Range.of(self.scenario.kw.max(axis=1) - self.base.kw.max(axis=1))


def together(outcomes: Sequence[Outcome]) -> Outcome:
    """The sum of several meters, draw by draw. Their chances are their own: errors of one do not add to another's.

    They must have the same intervals; raises CannotSimulate.
    """
    first = outcomes[0]
    if len(outcomes) == 1:
        return first
    if any(not one.starts.equals(first.starts) for one in outcomes):
        raise CannotSimulate("The meters have intervals of different length, so there is no sum of them.")

    def added(loads: list[Load]) -> Load:
        return replace(loads[0], kw=_sum([one.kw for one in loads]), base_kw=_sum([one.base_kw for one in loads]))

    warned = list(dict.fromkeys(words for one in outcomes for words in one.warnings))
    base, scenario = added([one.base for one in outcomes]), added([one.scenario for one in outcomes])
    return Outcome(base, scenario, warned, first.assumptions)


def _sum(arrays: Sequence[Floats]) -> Floats:
    return np.asarray(np.sum(arrays, axis=0), dtype=np.float64)
