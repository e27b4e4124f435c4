"""A heatwave: days warmer than they were. What the meter makes of it is learned from its own days.

Humid heat is felt as warmer: R. G. Steadman's apparent temperature ("Norms of apparent temperature in Australia",
Australian Meteorological Magazine 43, 1994) gains 0.33 °C for each hPa of water vapour pressure.
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import ClassVar, get_args

from simulations.domain.contract import Effect, Event, Known, Span, Stage
from simulations.domain.weather_shift import Shape, Shift, felt, shifted
from twin_project.kit.params import param


class Heatwave(Event):
    """The site's temperature, raised; the forecaster says what comes of it."""

    title = "Heatwave"
    summary = "Warmer days and nights. The effect is what this meter did on its own warm days."
    effect: ClassVar[Effect] = "learned"
    stage = Stage.WEATHER

    @dataclass(frozen=True)
    class Params:
        """How warm, how fast, at which hours, how humid."""

        delta_c: float = param(6.0, "Warmer by", "At its height.", unit="°C", minimum=0, maximum=20)
        ramp_h: float = param(12.0, "Comes and goes within", "", unit="h", minimum=0, maximum=72)
        shape: str = param("nights too", "Over the day", "Which hours are warmer.", choices=get_args(Shape))
        humidity_pct: float = param(
            0.0, "More humid by", "Points of relative humidity; felt as warmer.", unit="%", minimum=0, maximum=60
        )

    def may_overlap(self) -> bool:
        """What humidity adds depends on how warm it is by then."""
        return not self.params.humidity_pct

    def change_known(self, known: Known, span: Span) -> Known:
        """Warmer inside the span, and more so where it is more humid."""
        p = self.params
        warmer = shifted(known, span, Shift(p.delta_c, timedelta(hours=p.ramp_h), p.shape))
        return felt(warmer, span, p.humidity_pct) if p.humidity_pct else warmer

    def assumptions(self) -> list[str]:
        """What humidity does is assumed: the forecasters know the temperature alone."""
        humid = self.params.humidity_pct
        told = f"{humid:g} points more humidity act as the apparent temperature of Steadman (1994) says."
        return [told] if humid else []
