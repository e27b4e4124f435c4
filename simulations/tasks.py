"""The simulator's job kinds."""

from typing import Any

from django.utils import timezone

from simulations.domain.errors import SimulationError
from simulations.models import SimulationRun
from simulations.services import end_badly
from simulations.services import run_simulation as run_one
from twin_project.kit.jobs.context import RunningJob
from twin_project.kit.jobs.errors import JobError
from twin_project.kit.jobs.registry import job_kind

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
