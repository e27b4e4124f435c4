"""A heatwave: days warmer than they were. What the meter makes of it is learned from its own days."""

from dataclasses import dataclass
from datetime import timedelta
from typing import ClassVar, get_args

from simulations.domain.contract import Effect, Event, Known, Span, Stage
from simulations.domain.weather_shift import Shape, Shift, shifted
from twin_project.kit.params import param


class Heatwave(Event):
    """The site's temperature, raised; the forecaster says what comes of it."""

    title = "Heatwave"
    summary = "Warmer days and nights. The effect is what this meter did on its own warm days."
    effect: ClassVar[Effect] = "learned"
    stage = Stage.WEATHER

    @dataclass(frozen=True)
    class Params:
        """How warm, how fast, at which hours."""

        delta_c: float = param(6.0, "Warmer by", "At its height.", unit="°C", minimum=0, maximum=20)
        ramp_h: float = param(12.0, "Comes and goes within", "", unit="h", minimum=0, maximum=72)
        shape: str = param("nights too", "Over the day", "Which hours are warmer.", choices=get_args(Shape))

    def change_known(self, known: Known, span: Span) -> Known:
        """Warmer inside the span."""
        p = self.params
        return shifted(known, span, Shift(p.delta_c, timedelta(hours=p.ramp_h), p.shape))
