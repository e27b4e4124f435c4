"""Issue forecasts: for one meter by those whose turn it is, each run kept as it was issued."""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from forecasting.domain.contract import Forecaster
from forecasting.domain.errors import CannotLoad, ForecastError
from forecasting.domain.ladder import BASELINES
from forecasting.models import ForecastCare, ForecastRun, TrainedForecaster
from forecasting.registry import forecasters
from forecasting.selectors import care_of, in_charge, latest_trained
from forecasting.services.archiving import archive_runs
from forecasting.services.artifacts import CorruptArtifact, open_trained
from forecasting.services.guarding import guarded
from forecasting.services.inputs import Inputs, inputs_of
from forecasting.services.training import train_forecaster
from forecasting.services.trials import HORIZON, starts_of

if TYPE_CHECKING:
    from meters.models import Meter

CHALLENGED_EVERY = timedelta(hours=20)


@dataclass
class Issued:
    """Runs that were made, and for each forecaster that could not serve, why."""

    runs: list[ForecastRun] = field(default_factory=list)
    reasons: dict[str, str] = field(default_factory=dict)


def issue_forecasts(
    *, meter: "Meter", now: datetime, retrain: bool = True, keys: Collection[str] | None = None
) -> Issued:
    """A run of each of `keys`, by default of all that are not retired.

    Baselines without a training get one; the others only with `retrain`, where theirs is missing, damaged or older
    than the meter's care wants. Raises NoReadings. A forecaster that cannot serve gives a sentence instead of a run.
    """
    inputs = inputs_of(meter=meter, horizon=HORIZON, now=now)
    care = care_of(meter)
    issued = Issued(reasons=dict(forecasters.broken()))
    for key in forecasters.all():
        if key in care.retired or (keys is not None and key not in keys):
            continue
        try:
            trained, opened = _serving(meter, key, inputs, now, timedelta(days=care.retrain_days) if retrain else None)
            issued.runs.append(issue_forecast(meter=meter, trained=trained, now=now, inputs=inputs, opened=opened))
        except ForecastError as error:
            issued.reasons[key] = str(error)
    return issued


def keys_at_ingest(*, meter: "Meter", now: datetime) -> set[str]:
    """Who forecasts when readings came: the one in charge and the baselines each time, challengers once a day."""
    lately = ForecastRun.objects.filter(meter=meter, rehearsed=False, issued_at__gt=now - CHALLENGED_EVERY)
    rested = set(forecasters.all()) - set(lately.values_list("forecaster", flat=True))
    trained = TrainedForecaster.objects.filter(meter=meter, retired=False).values_list("forecaster", flat=True)
    return {*BASELINES, *(rested & set(trained)), *filter(None, [in_charge(meter), care_of(meter).champion])}


def issue_forecast(
    *,
    meter: "Meter",
    trained: TrainedForecaster,
    now: datetime,
    inputs: Inputs | None = None,
    opened: Forecaster | None = None,
    horizon: timedelta = HORIZON,
) -> ForecastRun:
    """One run from the last reading on. Asked twice at the same cut-off, it is one run. Raises ForecastError."""
    given = inputs or inputs_of(meter=meter, horizon=horizon, now=now)
    known = {"meter": meter, "forecaster": trained.forecaster, "trained": trained, "data_cutoff_at": given.cutoff_at}
    before = ForecastRun.objects.filter(**known).first()
    if before is not None:
        return before
    forecaster = opened or open_trained(trained)
    with guarded(forecaster.title, "forecasting"):
        quantiles = forecaster.predict(given.load, given.known, starts_of(given, horizon))
    run = ForecastRun(
        **known,
        issued_at=now,
        ends_at=given.cutoff_at + horizon,
        interval_s=int(given.step.total_seconds()),
        weather=given.weather if trained.with_weather else "none",
        weather_issued_at=given.weather_issued_at if trained.with_weather and given.weather == "forecast" else None,
    )
    stored = archive_runs(runs=[run], answers=[quantiles])
    return stored[0] if stored else ForecastRun.objects.get(**known)  # somebody else was a moment faster


def _serving(
    meter: "Meter", key: str, inputs: Inputs, now: datetime, oldest: timedelta | None
) -> tuple[TrainedForecaster, Forecaster | None]:
    """The training to ask, opened where it was there; a new one where that is needed and allowed."""
    trained = latest_trained(meter, key)
    fresh = trained is not None and (oldest is None or now - trained.trained_at < oldest)
    if trained is not None and fresh:
        try:
            return trained, open_trained(trained)
        except (CorruptArtifact, CannotLoad):
            TrainedForecaster.objects.filter(pk=trained.pk).update(retired=True)  # so that it is trained anew, soon
            ForecastCare.objects.filter(meter=meter).update(next_training_at=now)
            if oldest is None and key not in BASELINES:
                raise
    if trained is None and oldest is None and key not in BASELINES:
        raise NotTrained(f"{forecasters.get(key).title} has not been trained on {meter} yet.")
    return train_forecaster(meter=meter, forecaster=key, now=now, inputs=inputs, keep_trial=True), None


class NotTrained(ForecastError):
    """There is no training of the forecaster on the meter."""
