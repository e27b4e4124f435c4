"""A shutdown: the plant, or part of it, falls to its base load, and starts again with a peak."""

from dataclasses import dataclass
from datetime import timedelta
from typing import ClassVar

import numpy as np

from simulations.domain.contract import Effect, Event, Load, Span, Stage
from twin_project.kit.params import param


class Shutdown(Event):
    """What is above the base load goes off by a share; at the restart it comes back with more."""

    title = "Shutdown"
    summary = "The plant or a part of it goes off; the base load stays on. A restart peak may follow."
    effect: ClassVar[Effect] = "assumed"
    stage = Stage.DEMAND
    commutes = False

    @dataclass(frozen=True)
    class Params:
        """How much goes off, and how it comes back."""

        part_pct: float = param(100.0, "Of the plant", "Of the load above base load.", unit="%", minimum=0, maximum=100)
        restart_pct: float = param(0.0, "Restart peak", "Above what was off.", unit="%", minimum=0, maximum=200)
        restart_h: float = param(2.0, "Restart lasts", "", unit="h", minimum=0, maximum=48)

    def reach(self, span: Span) -> Span:
        """The restart comes after the end."""
        p = self.params
        return span.longer(timedelta(hours=p.restart_h)) if p.restart_pct and p.part_pct else span

    def change_load(self, load: Load, span: Span) -> Load:
        """Down to base load inside the span; more than usual while it restarts."""
        p = self.params
        above = np.maximum(load.kw - load.base_kw, 0.0)
        kw = load.kw - above * (p.part_pct / 100) * span.holds(load.starts)
        after = self.reach(span).holds(load.starts) & ~span.holds(load.starts)
        return load.with_kw(kw + above * (p.part_pct / 100) * (p.restart_pct / 100) * after)

    def assumptions(self) -> list[str]:
        """What stays on."""
        p = self.params
        told = [f"{p.part_pct:g} % of the load above base load is off; the base load of the last eight weeks stays on."]
        if p.restart_pct:
            told.append(f"For {p.restart_h:g} h after it, what was off takes {p.restart_pct:g} % more than usual.")
        return told
