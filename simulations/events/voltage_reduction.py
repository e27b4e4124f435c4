"""Conservation voltage reduction: a lower voltage, still within its band, draws less power.

The CVR factor is the change of energy for one percent of voltage. Schneider et al., "Evaluation of Conservation
Voltage Reduction on a National Level" (PNNL-19596, 2010) and utilities' trials find 0.4 to 1.0, by feeder.
"""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from simulations.domain.contract import Effect, Event, Load, Span, Stage
from twin_project.kit.params import param


class VoltageReduction(Event):
    """The load less the CVR factor times the reduction."""

    title = "Voltage reduction"
    summary = "The supply voltage is lowered by some percent; the load follows by its CVR factor."
    effect: ClassVar[Effect] = "assumed"
    stage = Stage.DEMAND

    @dataclass(frozen=True)
    class Params:
        """How much lower, and how the load answers."""

        reduction_pct: float = param(3.0, "Voltage lower by", "", unit="%", minimum=0, maximum=10)
        cvr_factor: float = param(
            0.7, "CVR factor", "Percent of load for one percent of voltage.", minimum=0, maximum=2
        )

    def change_load(self, load: Load, span: Span) -> Load:
        """What is drawn, not what is exported."""
        share = self.params.reduction_pct / 100 * self.params.cvr_factor
        return load.with_kw(load.kw - np.maximum(load.kw, 0.0) * share * span.holds(load.starts))

    def assumptions(self) -> list[str]:
        """The factor differs from feeder to feeder."""
        return [f"A CVR factor of {self.params.cvr_factor:g} at every hour; trials find 0.4 to 1.0."]
