"""Which trained forecaster answers for a meter, and its training where there is none yet."""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from forecasting.domain.contract import Forecaster
from forecasting.domain.errors import CannotLoad, ForecastError
from forecasting.registry import forecasters
from forecasting.selectors import latest_trained, title_of
from forecasting.services import CorruptArtifact, NotTrained, open_trained, train_forecaster
from simulations.domain.errors import BadScenario, CannotSimulate

if TYPE_CHECKING:
    from forecasting.models import TrainedForecaster
    from meters.models import Meter

# Those that know the weather come first, and of them the one that extrapolates; the last needs a day of readings.
BY_DEFAULT = ("load_temperature", "random_forest", "persistence_ensemble", "seasonal_naive")
FRESH = timedelta(days=14)


def teller_choices() -> list[tuple[str, str]]:
    """(key, title) of every forecaster that there is, those of `BY_DEFAULT` first."""
    titles = dict(forecasters.choices())
    ordered = dict.fromkeys([*(key for key in BY_DEFAULT if key in titles), *titles])
    return [(key, titles[key]) for key in ordered]


def twin_of(
    *, meter: "Meter", forecaster: str, now: datetime, train: bool = True
) -> "tuple[Forecaster, TrainedForecaster]":
    """The newest training of the named forecaster, or of the first of `BY_DEFAULT` that can learn this meter.

    One is trained where there is none or where it is old, unless `train` is false: a page must not wait for it.
    Raises BadScenario for a forecaster that cannot serve, CannotSimulate where none can.
    """
    wanted = (forecaster,) if forecaster else BY_DEFAULT
    reasons = []
    for key in wanted:
        try:
            return _ready(meter, key, now, train)
        except (ForecastError, LookupError, RuntimeError) as error:
            reasons.append(str(error))
    if forecaster:
        raise BadScenario("forecaster", reasons[0])
    raise CannotSimulate(f"No forecaster can answer for {meter}. {reasons[0]}")


def _ready(meter: "Meter", key: str, now: datetime, train: bool) -> "tuple[Forecaster, TrainedForecaster]":
    trained = latest_trained(meter, key)
    if trained is not None and (not train or now - trained.trained_at < FRESH):
        try:
            return open_trained(trained), trained
        except (CorruptArtifact, CannotLoad):
            pass  # it is trained anew
    if not train:
        raise NotTrained(f"{title_of(key)} has not been trained on {meter} yet; it is when the scenario is run.")
    fresh = train_forecaster(meter=meter, forecaster=key, now=now)
    return open_trained(fresh), fresh
