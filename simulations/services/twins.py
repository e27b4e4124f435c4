"""Which trained forecaster answers for a meter, and its training where there is none yet."""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from forecasting.domain.contract import Forecaster
from forecasting.domain.errors import CannotLoad, ForecastError
from forecasting.selectors import latest_trained
from forecasting.services import CorruptArtifact, open_trained, train_forecaster
from simulations.domain.errors import BadScenario, CannotSimulate

if TYPE_CHECKING:
    from forecasting.models import TrainedForecaster
    from meters.models import Meter

# Those that know the weather come first, and of them the one that extrapolates; the last needs a day of readings.
BY_DEFAULT = ("load_temperature", "random_forest", "persistence_ensemble", "seasonal_naive")
FRESH = timedelta(days=14)


def twin_of(*, meter: "Meter", forecaster: str, now: datetime) -> "tuple[Forecaster, TrainedForecaster]":
    """The newest training of the named forecaster, or of the first of `BY_DEFAULT` that can learn this meter.

    One is trained where there is none, or where it is old. Raises BadScenario for a forecaster that cannot serve,
    CannotSimulate where none can.
    """
    wanted = (forecaster,) if forecaster else BY_DEFAULT
    reasons = []
    for key in wanted:
        try:
            return _ready(meter, key, now)
        except (ForecastError, LookupError, RuntimeError) as error:
            reasons.append(str(error))
    if forecaster:
        raise BadScenario("forecaster", reasons[0])
    raise CannotSimulate(f"No forecaster can answer for {meter}. {reasons[0]}")


def _ready(meter: "Meter", key: str, now: datetime) -> "tuple[Forecaster, TrainedForecaster]":
    trained = latest_trained(meter, key)
    if trained is not None and now - trained.trained_at < FRESH:
        try:
            return open_trained(trained), trained
        except (CorruptArtifact, CannotLoad):
            pass  # it is trained anew
    fresh = train_forecaster(meter=meter, forecaster=key, now=now)
    return open_trained(fresh), fresh
