"""Demand response: load is curtailed for some hours, and a part of it comes back afterwards (rebound)."""

from dataclasses import dataclass
from datetime import timedelta
from typing import ClassVar

import numpy as np

from simulations.domain.clock import hours_within
from simulations.domain.contract import Effect, Event, Load, Span, Stage
from twin_project.kit.params import param


class DemandResponse(Event):
    """Less inside the span; after it, a share of what was not drawn."""

    title = "Demand response"
    summary = "The load above base load is curtailed for some hours; a part of it comes back afterwards."
    effect: ClassVar[Effect] = "assumed"
    stage = Stage.DEMAND
    commutes = False

    @dataclass(frozen=True)
    class Params:
        """How much is curtailed and how it comes back. A rebound of 100 % is a load shift."""

        curtail_pct: float = param(30.0, "Curtails", "Of the load above base load.", unit="%", minimum=0, maximum=100)
        rebound_pct: float = param(50.0, "Comes back", "Of the energy not drawn.", unit="%", minimum=0, maximum=150)
        rebound_h: float = param(3.0, "Within", "After the end.", unit="h", minimum=0.5, maximum=48)

    def reach(self, span: Span) -> Span:
        """The rebound comes after the end."""
        p = self.params
        return span.longer(timedelta(hours=p.rebound_h)) if p.rebound_pct and p.curtail_pct else span

    def change_load(self, load: Load, span: Span) -> Load:
        """The rebound is spread evenly; what would come after the period's end is not in it."""
        p = self.params
        cut = np.maximum(load.kw - load.base_kw, 0.0) * (p.curtail_pct / 100) * span.holds(load.starts)
        back_kwh = cut.sum(axis=1, keepdims=True) * load.hours * (p.rebound_pct / 100)
        share = hours_within(load, Span(span.end, span.end + timedelta(hours=p.rebound_h))) / p.rebound_h
        return load.with_kw(load.kw - cut + back_kwh * share / load.hours)

    def assumptions(self) -> list[str]:
        """What comes back."""
        p = self.params
        return [f"{p.rebound_pct:g} % of the energy not drawn comes back evenly over the {p.rebound_h:g} h after."]
