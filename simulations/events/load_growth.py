"""Growth: the whole load becomes larger or smaller, at once or little by little."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from simulations.domain.contract import Effect, Event, Load, Span, Stage
from twin_project.kit.params import param

WAYS = ("at once", "evenly over the period")


class LoadGrowth(Event):
    """The load times a factor."""

    title = "Load growth"
    summary = "New machines, a new tenant, or a smaller plant: the whole load by a factor."
    effect: ClassVar[Effect] = "assumed"
    stage = Stage.DEMAND

    @dataclass(frozen=True)
    class Params:
        """By how much, and how."""

        growth_pct: float = param(10.0, "Grows by", "Less than 0 shrinks.", unit="%", minimum=-100, maximum=500)
        way: str = param(WAYS[0], "Comes", "", choices=WAYS)

    def change_load(self, load: Load, span: Span) -> Load:
        """The same shape, larger."""
        grown = (load.starts - span.start) / span.length if self.params.way == WAYS[1] else np.ones(len(load.starts))
        share = np.asarray(grown, dtype=np.float64) * span.holds(load.starts)
        return load.with_kw(load.kw + np.maximum(load.kw, 0.0) * share * (self.params.growth_pct / 100))

    def assumptions(self) -> list[str]:
        """The shape stays."""
        return [f"Every hour of the day changes by the same {self.params.growth_pct:+g} %."]
