"""The forecaster's job kinds. A forecast follows whenever readings were stored; nobody tells the scraper."""

from typing import Any

from django.utils import timezone

from forecasting.domain.errors import ForecastError
from forecasting.services import issue_forecasts, rehearse, score_runs
from forecasting.services import train_forecaster as train
from meters.selectors import get_meter
from twin_project.kit.jobs.context import RunningJob
from twin_project.kit.jobs.errors import JobError
from twin_project.kit.jobs.registry import job_kind


def _subject(params: dict[str, Any]) -> str:
    return str(get_meter(params["meter_id"]))


@job_kind(title="Make a forecast", cluster="computing", after=("readings_stored",), timeout_s=1800, subject=_subject)
def make_forecast(job: RunningJob, *, meter_id: int) -> dict[str, Any]:
    """Rehearse once, train what is due, issue a run of every forecaster that can serve, score what came."""
    meter, now = get_meter(meter_id), timezone.now()
    try:
        job.step(f"Rehearsing the last days of {meter}")
        rehearse(meter=meter, now=now)
        job.step(f"Forecasting {meter}")
        issued = issue_forecasts(meter=meter, now=now)
    except ForecastError as error:
        raise JobError(str(error)) from error
    for key, reason in issued.reasons.items():
        job.warn(f"{key}: {reason}")
    if not issued.runs:
        raise JobError("No forecaster could serve this meter.", advice=" ".join(issued.reasons.values()))
    job.step(f"Scoring past forecasts of {meter}")
    scored = score_runs(meter=meter, now=now)
    return {"runs": [run.pk for run in issued.runs], "scored": scored, "reasons": issued.reasons}


@job_kind(title="Train a forecaster", cluster="computing", timeout_s=3600, subject=_subject)
def train_forecaster(job: RunningJob, *, meter_id: int, forecaster: str) -> dict[str, Any]:
    """Train anew, then forecast with it."""
    meter = get_meter(meter_id)
    job.step(f"Training {forecaster} on {meter}")
    try:
        trained = train(meter=meter, forecaster=forecaster, now=timezone.now())
    except ForecastError as error:
        raise JobError(str(error)) from error
    job.log(f"Version {trained.version}: {trained.readings_n} readings, {trained.seconds:.1f} s.")
    return {"trained": trained.pk, **make_forecast(job, meter_id=meter_id)}
