"""Train a forecaster on a meter, try it on the last weeks, and keep it as a new version."""

import time
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.db.models import Max

from forecasting.domain.contract import Forecaster
from forecasting.domain.ladder import RIVAL, Trial
from forecasting.models import ForecastRun, TrainedForecaster
from forecasting.registry import forecasters
from forecasting.services.archiving import archive_runs
from forecasting.services.artifacts import save_files
from forecasting.services.guarding import guarded
from forecasting.services.inputs import Inputs, inputs_of
from forecasting.services.trials import HORIZON, Rehearsal, try_forecaster
from twin_project.kit import params as kit_params

if TYPE_CHECKING:
    from meters.models import Meter


@dataclass(frozen=True)
class _Fitted:
    """What a training gave, before it is kept."""

    forecaster: Forecaster
    params: Any
    inputs: Inputs
    seconds: float
    notes: list[str]
    trial: Trial | None = None
    retired: bool = False


def train_forecaster(
    *,
    meter: "Meter",
    forecaster: str,
    now: datetime,
    params: dict[str, Any] | None = None,
    seed: int = 0,
    inputs: Inputs | None = None,
    retired: bool = False,
    trial: bool = True,
    keep_trial: bool = False,
) -> TrainedForecaster:
    """Fit on all that the meter has (or on `inputs`) but what must not be learned.

    `trial` tries it first on the last weeks. With `keep_trial` the trial's forecasts stay in the archive as rehearsed
    runs, so that a new meter has a record at once. A row exists only once its files do; a training that is killed
    leaves neither. Raises NoReadings, NotEnoughHistory, ForecasterFailed, BadParams, UnknownPlugin, BrokenPlugin.
    """
    plugin = forecasters.get(forecaster)
    wanted = kit_params.read(plugin.Params, params or {})
    given = inputs or inputs_of(meter=meter, horizon=timedelta(days=2))
    lesson, notes = given.lesson()
    tried = try_forecaster(plugin=plugin, params=wanted, seed=seed, inputs=given) if trial else None
    began = time.perf_counter()
    with guarded(plugin.title, "being trained"):
        fitted = plugin(wanted, seed=seed).fit(lesson, given.known)
    seconds = time.perf_counter() - began
    with transaction.atomic():
        if tried and keep_trial:
            _keep_rehearsal(meter, tried.rehearsal, wanted, seconds, now)
        outcome = _Fitted(fitted, wanted, given, seconds, notes, tried.trial if tried else None, retired)
        return _keep(meter, outcome, now)


def _keep(meter: "Meter", outcome: _Fitted, now: datetime) -> TrainedForecaster:
    key, given, trial = outcome.forecaster.key, outcome.inputs, outcome.trial
    type(meter).objects.select_for_update().get(pk=meter.pk)  # versions of one meter are counted one at a time
    last = TrainedForecaster.objects.filter(meter=meter, forecaster=key).aggregate(last=Max("version"))
    trained = TrainedForecaster(
        meter=meter,
        forecaster=key,
        version=(last["last"] or 0) + 1,
        params=kit_params.dump(outcome.params),
        seed=outcome.forecaster.seed,
        trained_at=now,
        data_from_at=given.load.index[0].to_pydatetime(),
        data_through_at=given.cutoff_at,
        readings_n=int(given.load.notna().sum()),
        with_weather=given.known.weather is not None,
        seconds=outcome.seconds,
        retired=outcome.retired,
        notes=outcome.notes,
        drivers=[[driver.words, driver.share] for driver in outcome.forecaster.drivers()],
    )
    if trial is not None:
        trained.rival = RIVAL
        trained.trial_days, trained.trial_points_n = trial.days, trial.points_n
        trained.trial_mae_kw, trained.trial_pinball_kw = trial.mae_kw, trial.pinball_kw
        trained.rival_mae_kw, trained.rival_pinball_kw = trial.rival_mae_kw, trial.rival_pinball_kw
    trained.sha256 = save_files(forecaster=outcome.forecaster, trained=trained)
    trained.save()
    return trained


def _keep_rehearsal(meter: "Meter", rehearsal: Rehearsal, params: Any, seconds: float, now: datetime) -> None:
    """The forecasts of a trial as rehearsed runs of a version of their own, once for each forecaster of a meter."""
    key = rehearsal.fitted.key
    if ForecastRun.objects.filter(meter=meter, forecaster=key).exists():
        return
    first = rehearsal.stands[0]
    trained = _keep(meter, _Fitted(rehearsal.fitted, params, first, seconds, [], retired=True), now)
    runs = [
        ForecastRun(
            meter=meter,
            forecaster=key,
            trained=trained,
            issued_at=now,
            data_cutoff_at=stand.cutoff_at,
            ends_at=stand.cutoff_at + HORIZON,
            interval_s=int(stand.step.total_seconds()),
            rehearsed=True,
            weather=stand.weather,
            weather_issued_at=stand.weather_issued_at if stand.weather == "forecast" else None,
        )
        for stand in rehearsal.stands
    ]
    archive_runs(runs=runs, answers=rehearsal.answers)
