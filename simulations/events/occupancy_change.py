"""More or fewer people: the load above base load follows them, at the hours when they are there."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from simulations.domain.clock import hour_of_day, working_days
from simulations.domain.contract import Effect, Event, Load, Span, Stage
from twin_project.kit.params import param

DAYS = ("working days", "weekends and holidays", "every day")


class OccupancyChange(Event):
    """The load above base load, by a percentage."""

    title = "Occupancy change"
    summary = "More or fewer people than usual: the load above base load changes with them."
    effect: ClassVar[Effect] = "assumed"
    stage = Stage.DEMAND

    @dataclass(frozen=True)
    class Params:
        """How many more, and when they are there."""

        change_pct: float = param(-30.0, "People", "Less than 0 is fewer.", unit="%", minimum=-100, maximum=200)
        days: str = param("working days", "On", "", choices=DAYS)
        from_h: float = param(7.0, "From", "Local hour.", unit="h", minimum=0, maximum=24)
        until_h: float = param(19.0, "Until", "Local hour; before “from” it is past midnight.", unit="h",
                               minimum=0, maximum=24)  # fmt: skip

    def change_load(self, load: Load, span: Span) -> Load:
        """Above base load only."""
        p = self.params
        hour = hour_of_day(load)
        there = (hour >= p.from_h) & (hour < p.until_h) if p.from_h <= p.until_h else (
            (hour >= p.from_h) | (hour < p.until_h))  # fmt: skip
        if p.days != "every day":
            there &= working_days(load.starts, load.known) == (p.days == "working days")
        above = np.maximum(load.kw - load.base_kw, 0.0)
        return load.with_kw(load.kw + above * (p.change_pct / 100) * (there & span.holds(load.starts)))

    def assumptions(self) -> list[str]:
        """That people are all of it."""
        return [f"All load above base load is taken to follow the people present ({self.params.change_pct:+g} %)."]
