"""One meter's answer to a scenario, with nothing written: for runs, previews and commands alike."""

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

import pandas as pd

from forecasting.domain.errors import ForecastError
from simulations.domain.contract import Placed, PriceBook, Span
from simulations.domain.effect import USUAL
from simulations.domain.engine import Progress, Question, simulate
from simulations.domain.errors import BadScenario, CannotSimulate
from simulations.domain.outcome import Outcome
from simulations.domain.paths import DRAWS
from simulations.models import Scorecard
from simulations.services.material import Material, material_of
from simulations.services.pricing import book_of
from simulations.services.twins import twin_of

if TYPE_CHECKING:
    from forecasting.models import TrainedForecaster
    from meters.models import Meter


@dataclass(frozen=True)
class Answer:
    """What came of it, by which training, knowing what."""

    meter: "Meter"
    outcome: Outcome
    trained: "TrainedForecaster"
    material: Material
    book: PriceBook


def answer(
    *,
    meter: "Meter",
    period: Span,
    placed: list[Placed],
    now: datetime,
    forecaster: str = "",
    draws: int = DRAWS,
    seed: int = 0,
    train: bool = True,
    progress: Progress | None = None,
) -> Answer:
    """Ask the twin of a meter, trained first where need be and `train`; raises BadScenario by field, CannotSimulate."""
    material = material_of(meter=meter, period=period, now=now)
    twin, trained = twin_of(meter=meter, forecaster=forecaster, now=now, train=train)
    if twin.step != material.step:
        raise CannotSimulate(f"{trained} was trained on other intervals than {meter} has now; train it again.")
    starts = pd.date_range(period.start, period.end, freq=material.step, inclusive="left")
    book = book_of(meter=meter, period=period)
    prices = book.energy_prices(starts) if book.versions else None
    spread = spread_of(meter=meter, placed=placed, forecaster=trained.forecaster)
    question = Question(material.load, material.known, period, tuple(placed), spread=spread, prices=prices)
    try:
        outcome = simulate(twin, question, draws=draws, seed=seed, progress=progress)
    except ForecastError as error:
        raise CannotSimulate(str(error)) from error
    _must_answer(outcome, placed, trained)
    return Answer(meter, outcome, trained, material, book)


def spread_of(*, meter: "Meter", placed: list[Placed], forecaster: str) -> float:
    """How sure the learned effects are: as the least sure of their scorecards says, or as is usual without one."""
    kinds = [one.event.key for one in placed if one.event.effect == "learned"]
    known = Scorecard.objects.filter(meter=meter, kind__in=kinds, forecaster=forecaster)
    return max(known.values_list("spread", flat=True), default=USUAL)


def _must_answer(outcome: Outcome, placed: list[Placed], trained: "TrainedForecaster") -> None:
    """A forecaster that does not know the weather would say that a heatwave changes nothing."""
    learned = [one for one in placed if one.event.effect == "learned"]
    weather = [one for one in learned if one.event.stage == one.event.stage.WEATHER]
    if weather and not trained.with_weather:
        told = f"{trained} was trained without weather, so it cannot tell what {weather[0].event.title.lower()} does. "
        raise BadScenario("forecaster", told + "Choose one that knows the weather, or add weather to the site.")
    same = (outcome.base.kw == outcome.scenario.kw).all()
    if len(learned) == len(placed) and learned and same:
        outcome.warnings.append(f"{trained.forecaster} answers to none of these events: it told the same for both.")
