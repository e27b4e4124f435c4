"""The simulator's job kinds."""

from datetime import datetime
from typing import Any

from django.utils import timezone

from meters.selectors import get_meter
from simulations.domain.errors import SimulationError
from simulations.models import SimulationRun
from simulations.services import end_badly, end_lost_runs, replay_past_events
from simulations.services import run_simulation as run_one
from twin_project.kit.jobs.context import RunningJob
from twin_project.kit.jobs.errors import JobError
from twin_project.kit.jobs.registry import every_tick, job_kind

GONE = "This scenario has been deleted since its run was asked for."


def _subject(params: dict[str, Any]) -> str:
    run = SimulationRun.objects.filter(pk=params["run_id"]).select_related("scenario").first()
    return str(run.scenario) if run else ""


@job_kind(title="Run a simulation", cluster="computing", timeout_s=1800, subject=_subject)
def run_simulation(job: RunningJob, *, run_id: int) -> dict[str, Any]:
    """Answer the scenario for each of its meters; a run that was killed is made again from its question."""
    run = SimulationRun.objects.filter(pk=run_id).select_related("scenario").first()
    if run is None:
        raise JobError(GONE)
    job.step(f"Asking the twin: {run.scenario}")
    try:
        run = run_one(run=run, now=timezone.now(), progress=job.progress)
    except SimulationError as error:
        end_badly(run=run, error=error)
        raise JobError(str(error)) from error
    for warning in run.summary["warnings"]:
        job.warn(warning)
    return {"run": run.pk, "seconds": run.seconds}


def _meter(params: dict[str, Any]) -> str:
    return str(get_meter(params["meter_id"]))


@job_kind(title="Tell past events again", cluster="computing", timeout_s=3600, subject=_meter)
def replay_events(job: RunningJob, *, meter_id: int, forecaster: str = "") -> dict[str, Any]:
    """Replay the hot and cold spells, holidays and shutdowns of a meter's last year, and score them."""
    meter = get_meter(meter_id)
    job.step(f"Telling past events of {meter} again")
    try:
        cards = replay_past_events(meter=meter, now=timezone.now(), forecaster=forecaster, progress=job.progress)
    except SimulationError as error:
        raise JobError(str(error)) from error
    for card in cards:
        job.log(f"{card.kind}: told {card.told_mae_kw:.3g} kW off, untold {card.untold_mae_kw:.3g} kW.")
    return {"kinds": {card.kind: card.replays_n for card in cards}}


@every_tick
def end_lost_simulations(now: datetime) -> None:  # noqa: ARG001 - a tick is told the time
    """A run whose job was cancelled or killed too often does not stay under way for ever."""
    end_lost_runs()
