"""Rehearse: what the forecasters would have said over the last days, so that a new meter has a record at once.

A rehearsal holds to the rules of a backtest: the training ends where the first rehearsed day begins, each run
knows the readings before its midnight only, and the weather ahead is persisted. Its runs say that they were
rehearsed.
"""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from forecasting.domain.errors import ForecastError
from forecasting.domain.folds import Origins
from forecasting.models import ForecastRun
from forecasting.registry import forecasters
from forecasting.services.inputs import Inputs, inputs_of
from forecasting.services.issuing import issue_forecast
from forecasting.services.training import train_forecaster

if TYPE_CHECKING:
    from meters.models import Meter

DAYS = 7
DAY = timedelta(days=1)


def rehearse(*, meter: "Meter", now: datetime) -> list[ForecastRun]:
    """Rehearse the last days once for every forecaster that has no run of this meter yet.

    A forecaster that has too little history before them is left out. Raises NoReadings.
    """
    new = [key for key in forecasters.all() if not ForecastRun.objects.filter(meter=meter, forecaster=key).exists()]
    if not new:
        return []
    inputs = inputs_of(meter=meter, horizon=timedelta(0))
    origins = _origins(inputs)
    return [run for key in new for run in _rehearse(meter, key, inputs, origins, now)]


def _origins(inputs: Inputs) -> list[datetime]:
    """The local midnights that begin the last days, the one that is not over included."""
    zone = ZoneInfo(inputs.known.zone)
    midnight = inputs.cutoff_at.astimezone(zone).replace(hour=0, minute=0, second=0, microsecond=0)
    days = Origins(first=midnight - (DAYS - 1) * DAY, last=midnight, stride=DAY, zone=inputs.known.zone)
    return [origin.to_pydatetime() for origin in days if origin < inputs.cutoff_at]


def _rehearse(meter: "Meter", key: str, inputs: Inputs, origins: list[datetime], now: datetime) -> list[ForecastRun]:
    try:
        before = inputs.as_of(origins[0], horizon=timedelta(0))
        trained = train_forecaster(meter=meter, forecaster=key, now=now, inputs=before, retired=True)
        return [
            issue_forecast(
                meter=meter,
                trained=trained,
                now=now,
                inputs=inputs.as_of(origin, horizon=DAY),
                horizon=DAY,
                rehearsed=True,
            )
            for origin in origins
        ]
    except ForecastError:
        return []
