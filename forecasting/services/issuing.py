"""Issue forecasts: for one meter by every forecaster that can, each run kept as it was issued."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import pandas as pd
from django.db import connection, transaction

from forecasting.domain.errors import CannotLoad, ForecastError
from forecasting.models import QUANTILE_FIELDS, ForecastRun, TrainedForecaster
from forecasting.registry import forecasters
from forecasting.services.artifacts import CorruptArtifact, open_trained
from forecasting.services.inputs import Inputs, inputs_of
from forecasting.services.training import train_forecaster

if TYPE_CHECKING:
    from meters.models import Meter

HORIZON = timedelta(hours=48)
RETRAIN_AFTER = timedelta(days=7)


@dataclass
class Issued:
    """Runs that were made, and for each forecaster that could not serve, why."""

    runs: list[ForecastRun] = field(default_factory=list)
    reasons: dict[str, str] = field(default_factory=dict)


def issue_forecasts(*, meter: "Meter", now: datetime, retrain: bool = True) -> Issued:
    """A run of every forecaster; those without a fresh training are trained first where `retrain`.

    Raises NoReadings. A forecaster that cannot serve gives a sentence instead of a run.
    """
    inputs = inputs_of(meter=meter, horizon=HORIZON, now=now)
    issued = Issued(reasons=dict(forecasters.broken()))
    for key in forecasters.all():
        try:
            trained = _serving(meter, key, inputs, now) if retrain else latest_trained(meter, key)
            if trained is None:
                issued.reasons[key] = f"{key} has not been trained on {meter} yet; train it first."
                continue
            issued.runs.append(issue_forecast(meter=meter, trained=trained, now=now, inputs=inputs))
        except ForecastError as error:
            issued.reasons[key] = str(error)
    return issued


def issue_forecast(
    *,
    meter: "Meter",
    trained: TrainedForecaster,
    now: datetime,
    inputs: Inputs | None = None,
    horizon: timedelta = HORIZON,
    rehearsed: bool = False,
) -> ForecastRun:
    """One run from the last reading on. Asked twice at the same cut-off, it is one run."""
    given = inputs or inputs_of(meter=meter, horizon=horizon, now=now)
    known = {"meter": meter, "forecaster": trained.forecaster, "trained": trained, "data_cutoff_at": given.cutoff_at}
    before = ForecastRun.objects.filter(**known).first()
    if before is not None:
        return before
    ends_at = given.cutoff_at + horizon
    starts = pd.date_range(given.cutoff_at, ends_at, freq=given.step, inclusive="left")
    quantiles = open_trained(trained).predict(given.load, given.known, starts)
    run = ForecastRun(
        **known,
        issued_at=now,
        ends_at=ends_at,
        rehearsed=rehearsed,
        interval_s=int(given.step.total_seconds()),
        weather=given.weather if trained.with_weather else "none",
    )
    with transaction.atomic():
        run.save()
        _copy_points(run, quantiles)
    return run


def latest_trained(meter: "Meter", key: str) -> TrainedForecaster | None:
    """The newest training in use."""
    return TrainedForecaster.objects.filter(meter=meter, forecaster=key, retired=False).order_by("-version").first()


def _serving(meter: "Meter", key: str, inputs: Inputs, now: datetime) -> TrainedForecaster:
    trained = latest_trained(meter, key)
    if trained is not None and now - trained.trained_at < RETRAIN_AFTER:
        try:
            open_trained(trained)
        except (CorruptArtifact, CannotLoad):
            trained = None
        else:
            return trained
    return train_forecaster(meter=meter, forecaster=key, now=now, inputs=inputs)


def _copy_points(run: ForecastRun, quantiles: pd.DataFrame) -> None:
    columns = ", ".join(("meter_id", "run_id", "start_at", *QUANTILE_FIELDS))
    with connection.cursor() as cursor, cursor.copy(f"COPY forecasting_forecastpoint ({columns}) FROM STDIN") as copy:
        for start, row in zip(quantiles.index, quantiles.to_numpy().tolist(), strict=True):
            copy.write_row((run.meter_id, run.pk, start.to_pydatetime(), *row))
