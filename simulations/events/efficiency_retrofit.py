"""A retrofit: better lamps, drives, insulation. It saves a share of some part of the load, from a day on."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from simulations.domain.contract import Effect, Event, Load, Span, Stage
from twin_project.kit.params import param

PARTS = ("all of the load", "the load above base load", "the base load")


class EfficiencyRetrofit(Event):
    """A share of the load, or of a part of it, is no longer needed."""

    title = "Efficiency retrofit"
    summary = "A measure saves a share of the load, of the base load, or of what is above it."
    effect: ClassVar[Effect] = "assumed"
    stage = Stage.DEMAND
    commutes = False  # the second saves of what the first has left

    @dataclass(frozen=True)
    class Params:
        """How much of what."""

        saving_pct: float = param(15.0, "Saves", "", unit="%", minimum=0, maximum=100)
        part: str = param(PARTS[0], "Of", "", choices=PARTS)

    def change_load(self, load: Load, span: Span) -> Load:
        """Less inside the span; what is exported stays."""
        drawn = np.maximum(load.kw, 0.0)
        base = np.minimum(drawn, load.base_kw)
        part = {PARTS[0]: drawn, PARTS[1]: drawn - base, PARTS[2]: base}[self.params.part]
        return load.with_kw(load.kw - part * (self.params.saving_pct / 100) * span.holds(load.starts))

    def assumptions(self) -> list[str]:
        """The share is the user's."""
        return [f"The measure saves {self.params.saving_pct:g} % of {self.params.part} at every hour."]
