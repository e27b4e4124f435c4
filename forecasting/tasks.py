"""The forecaster's job kinds. A forecast follows whenever readings were stored; nobody tells the scraper."""

import os
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.utils import timezone

from forecasting.domain.errors import ForecastError
from forecasting.models import Backtest
from forecasting.selectors import ladder, title_of
from forecasting.services import (
    due_trainings,
    enqueue_due_trainings,
    issue_forecasts,
    keys_at_ingest,
    plan_training,
    run_backtest,
    score_runs,
    settle,
    training_is_planned,
    watch_drift,
)
from forecasting.services import train_forecaster as train
from meters.selectors import get_meter
from twin_project.kit.jobs.context import RunningJob
from twin_project.kit.jobs.errors import JobError
from twin_project.kit.jobs.registry import every_tick, job_kind
from twin_project.kit.jobs.services import enqueue
from twin_project.kit.registry import BrokenPlugin, UnknownPlugin

if TYPE_CHECKING:
    from meters.models import Meter


def _subject(params: dict[str, Any]) -> str:
    return str(get_meter(params["meter_id"]))


@job_kind(title="Make a forecast", cluster="computing", after=("readings_stored",), timeout_s=1800, subject=_subject)
def make_forecast(job: RunningJob, *, meter_id: int) -> dict[str, Any]:
    """Issue a run of the one in charge, the baselines and challengers whose day it is; score what came.

    What has to be trained is asked for as a job of its own, so that the forecast does not wait for it.
    """
    meter, now = get_meter(meter_id), timezone.now()
    told = _issue(job, meter, keys_at_ingest(meter=meter, now=now), now)
    if not training_is_planned(meter=meter, now=now) and due_trainings(meter=meter, now=now):
        enqueue(kind="train_forecasters", params={"meter_id": meter_id})
    elif not told["runs"]:
        waiting = [rung.sentence for rung in ladder(meter) if rung.state == "waits"]
        if not waiting:
            raise JobError("No forecaster could serve this meter.", advice=" ".join(told["reasons"].values()))
        job.warn(f"There is no forecast yet. {waiting[0]}")
    return told


@job_kind(title="Train a forecaster", cluster="training", timeout_s=3600, subject=_subject)
def train_forecaster(job: RunningJob, *, meter_id: int, forecaster: str) -> dict[str, Any]:
    """Train one anew, then forecast with it."""
    meter, now = get_meter(meter_id), timezone.now()
    job.step(f"Training {title_of(forecaster)} on {meter}")
    try:
        trained = _train(job, meter, forecaster, now)
    except (ForecastError, UnknownPlugin, BrokenPlugin) as error:
        raise JobError(str(error)) from error
    plan_training(meter=meter, now=now)
    keys = {forecaster, *keys_at_ingest(meter=meter, now=now)}
    return {"trained": trained, **_issue(job, meter, keys, timezone.now())}


@job_kind(title="Train what is due", cluster="training", timeout_s=7200, subject=_subject)
def train_forecasters(job: RunningJob, *, meter_id: int) -> dict[str, Any]:
    """Train every forecaster of a meter that has none yet or an old one. Killed, it goes on with those left."""
    meter, now = get_meter(meter_id), timezone.now()
    due = due_trainings(meter=meter, now=now)
    trained, reasons = {}, {}
    for place, key in enumerate(due):
        job.step(f"Training {title_of(key)} on {meter} ({place + 1} of {len(due)})")
        job.progress(place, len(due), always=True)
        try:
            trained[key] = _train(job, meter, key, timezone.now())
        except (ForecastError, BrokenPlugin) as error:
            reasons[key] = str(error)
            job.warn(f"{key}: {error}")
    plan_training(meter=meter, now=now)
    if not trained:
        return {"trained": {}, "reasons": reasons}
    keys = {*trained, *keys_at_ingest(meter=meter, now=now)}
    return {"trained": trained, "training_reasons": reasons, **_issue(job, meter, keys, timezone.now())}


def _stand_back() -> None:
    """Let forecasts, pages and the database go first, where this is a job's own process (it leads its session)."""
    if os.getsid(0) == os.getpid():
        os.setpriority(os.PRIO_PROCESS, 0, 10)


def _train(job: RunningJob, meter: "Meter", key: str, now: datetime) -> int:
    _stand_back()
    trained = train(meter=meter, forecaster=key, now=now, keep_trial=True)
    job.log(f"Version {trained.version}: {trained.readings_n} readings, {trained.seconds:.1f} s.")
    for note in trained.notes:
        job.log(note)
    rung = next((rung for rung in ladder(meter) if rung.forecaster == key), None)
    if rung is not None and trained.trial_days:
        job.log(rung.sentence)
    return trained.version


def _issue(job: RunningJob, meter: "Meter", keys: set[str], now: datetime) -> dict[str, Any]:
    """Forecast, put the right one in charge, score, watch for drift."""
    job.step(f"Forecasting {meter}")
    try:
        issued = issue_forecasts(meter=meter, now=now, retrain=False, keys=keys)
    except ForecastError as error:
        raise JobError(str(error)) from error
    for key, reason in issued.reasons.items():
        job.warn(f"{key}: {reason}")
    care = settle(meter=meter, now=now)
    job.log(f"In charge: {title_of(care.champion)}." if care.champion else "Nobody is in charge yet.")
    job.step(f"Scoring past forecasts of {meter}")
    scored = score_runs(meter=meter, now=now)
    drift = watch_drift(meter=meter, now=now)
    if drift.drifted_at:
        job.warn(drift.drift_words)
    return {"runs": [run.pk for run in issued.runs], "scored": scored, "reasons": issued.reasons}


def _tested(params: dict[str, Any]) -> str:
    return str(Backtest.objects.select_related("meter").filter(pk=params["backtest_id"]).first() or "")


@job_kind(title="Backtest", cluster="training", timeout_s=7200, subject=_tested)
def backtest_forecasters(job: RunningJob, *, backtest_id: int) -> dict[str, Any]:
    """Answer every origin that is not answered yet. Killed and started again, it ends in the same numbers."""
    row = Backtest.objects.select_related("meter__site").filter(pk=backtest_id).first()
    if row is None:
        raise JobError("This backtest has been deleted since.", advice="Ask for it again if it is still wanted.")
    _stand_back()
    job.step(f"Backtesting {', '.join(map(title_of, row.forecasters))} on {row.meter}")
    try:
        done = run_backtest(backtest=row, now=timezone.now(), progress=job.progress)
    except ForecastError as error:
        raise JobError(str(error)) from error
    best = done.summary["rows"][0]
    job.log(f"Best: {title_of(best['forecaster'])}, MAE {best['mae_kw']:.3f} kW over {best['points_n']} intervals.")
    return {"best": best["forecaster"], "left_out": len(done.summary["skipped"])}


@every_tick
def train_when_due(now: datetime) -> None:
    """Enqueue the trainings whose time has come."""
    enqueue_due_trainings(now=now)
