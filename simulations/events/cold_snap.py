"""A cold snap: days colder than they were. What the meter makes of it is learned from its own days."""

from dataclasses import dataclass
from datetime import timedelta
from typing import ClassVar, get_args

from simulations.domain.contract import Effect, Event, Known, Span, Stage
from simulations.domain.weather_shift import Shape, Shift, shifted
from twin_project.kit.params import param


class ColdSnap(Event):
    """The site's temperature, lowered; the forecaster says what comes of it."""

    title = "Cold snap"
    summary = "Colder days and nights. The effect is what this meter did on its own cold days."
    effect: ClassVar[Effect] = "learned"
    stage = Stage.WEATHER

    @dataclass(frozen=True)
    class Params:
        """How cold, how fast, at which hours."""

        delta_c: float = param(8.0, "Colder by", "At its depth.", unit="°C", minimum=0, maximum=30)
        ramp_h: float = param(24.0, "Comes and goes within", "", unit="h", minimum=0, maximum=72)
        shape: str = param("all day", "Over the day", "Which hours are colder.", choices=get_args(Shape))

    def change_known(self, known: Known, span: Span) -> Known:
        """Colder inside the span."""
        p = self.params
        return shifted(known, span, Shift(-p.delta_c, timedelta(hours=p.ramp_h), p.shape))
