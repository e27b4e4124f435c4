"""Runs: asked for, answered meter by meter, kept whole or not at all."""

import time
from collections.abc import Callable
from datetime import datetime
from typing import Any

import numpy as np
from django.contrib.auth.models import AbstractBaseUser
from django.db import connection, transaction

from meters.selectors import get_meter
from simulations.domain.contract import Floats
from simulations.domain.errors import SimulationError
from simulations.domain.outcome import Outcome, together
from simulations.domain.paths import DRAWS
from simulations.models import Scenario, SimulationPart, SimulationPoint, SimulationRun
from simulations.services.answering import Answer, answer
from simulations.services.pricing import money
from simulations.services.scenarios import as_asked, placed_of, read_asked
from simulations.services.summaries import series_of, summary_of
from twin_project.kit.jobs.models import Job
from twin_project.kit.jobs.services import enqueue

Progress = Callable[[int, int], None]
_WORLDS = ("base", "scenario", "change")
_POINTS = ("meter_id", "run_id", "start_at", *(f"{world}_p{p}_kw" for world in _WORLDS for p in (10, 50, 90)))


def ask_simulation(
    *, scenario: Scenario, now: datetime, by: AbstractBaseUser | None = None, draws: int = DRAWS, seed: int = 0
) -> SimulationRun:
    """A run of the scenario as it stands, and the job that answers it. Asked twice while open, it is one run."""
    asked = as_asked(scenario)
    with transaction.atomic():
        Scenario.objects.select_for_update().get(pk=scenario.pk)
        known = SimulationRun.objects.filter(scenario=scenario, state__in=SimulationRun.OPEN, asked=asked).first()
        if known is not None:
            return known
        run = SimulationRun.objects.create(
            scenario=scenario, asked=asked, draws=draws, seed=seed, requested_at=now,
            requested_by_id=getattr(by, "pk", None),
        )  # fmt: skip
        job = enqueue(kind="run_simulation", params={"run_id": run.pk}, by=by)
        run.job = job.pk
        run.save(update_fields=["job"])
    return run


def run_simulation(*, run: SimulationRun, now: datetime, progress: Progress | None = None) -> SimulationRun:
    """Answer and keep the whole result in one transaction. Raises BadScenario, CannotSimulate with nothing kept.

    A run that was killed is simply made again: the same question, seed and training give the same answer.
    """
    if run.state == SimulationRun.State.DONE:
        return run
    SimulationRun.objects.filter(pk=run.pk).update(state=SimulationRun.State.RUNNING, error="")
    began = time.perf_counter()
    period, wishes = read_asked(run.asked)
    placed = placed_of(wishes, period)
    answers = []
    for place, meter_id in enumerate(run.asked["meters"]):
        meter = get_meter(meter_id)
        words: dict[str, Any] = {"forecaster": run.asked["forecaster"], "draws": run.draws, "seed": run.seed + place}
        answers.append(answer(meter=meter, period=period, placed=placed, now=now, **words))
        if progress:
            progress(place + 1, len(run.asked["meters"]))
    costs = [money(book=one.book, outcome=one.outcome, placed=placed) for one in answers]
    _keep(run, answers, costs, now, began)
    run.refresh_from_db()
    return run


def end_badly(*, run: SimulationRun, error: SimulationError | str, state: str = "failed") -> None:
    """The run has failed or was cancelled, and says why; one that is done stays so."""
    left = SimulationRun.objects.filter(pk=run.pk, state__in=SimulationRun.OPEN)
    left.update(state=state, error=str(error))


def end_lost_runs() -> int:
    """End the runs whose job is over without them: cancelled, or killed too often; returns how many."""
    ended = 0
    for run in SimulationRun.objects.filter(state__in=SimulationRun.OPEN, job__isnull=False).defer("asked", "total"):
        job = Job.objects.filter(pk__in=[run.job]).first()
        if job is not None and job.is_open:
            continue
        cancelled = job is not None and job.state == Job.State.CANCELLED
        why = (job.error_message if job else "") or "Its job ended without a word. Run the scenario again."
        end_badly(run=run, error="" if cancelled else why, state="cancelled" if cancelled else "failed")
        ended += 1
    return ended


def _keep(run: SimulationRun, answers: list[Answer], costs: list[dict[str, Any]], now: datetime, began: float) -> None:
    parts = [
        SimulationPart(
            run=run, meter=one.meter, trained=one.trained, data_cutoff_at=one.material.cutoff_at,
            weather=one.material.weather, weather_issued_at=one.material.weather_issued_at,
            interval_s=int(one.material.step.total_seconds()), summary=summary_of(one.outcome, cost),
        )
        for one, cost in zip(answers, costs, strict=True)
    ]  # fmt: skip
    outcome = together([one.outcome for one in answers])
    with transaction.atomic():
        SimulationPart.objects.filter(run=run).delete()
        SimulationPoint.objects.filter(run=run).delete()
        SimulationPart.objects.bulk_create(parts)
        for one in answers:
            _copy_points(run, one)
        SimulationRun.objects.filter(pk=run.pk).update(
            state=SimulationRun.State.DONE,
            summary=summary_of(outcome, costs[0] if len(costs) == 1 else _added(costs)),
            total=series_of(outcome) if len(answers) > 1 else {},
            finished_at=now,
            seconds=time.perf_counter() - began,
        )


def _copy_points(run: SimulationRun, one: Answer) -> None:
    columns = ", ".join(_POINTS)
    rows = np.concatenate([_three(kw) for kw in _worlds(one.outcome)]).T.tolist()
    with connection.cursor() as cursor, cursor.copy(f"COPY simulations_simulationpoint ({columns}) FROM STDIN") as copy:
        for start, row in zip(one.outcome.starts.to_pydatetime(), rows, strict=True):
            copy.write_row((one.meter.pk, run.pk, start, *row))


def _worlds(outcome: Outcome) -> tuple[Floats, Floats, Floats]:
    return outcome.base.kw, outcome.scenario.kw, outcome.scenario.kw - outcome.base.kw


def _three(kw: Floats) -> Floats:
    return np.asarray(np.quantile(kw, (0.1, 0.5, 0.9), axis=0))


def _added(costs: list[dict[str, Any]]) -> dict[str, Any]:
    """The bills of several meters side by side: each is billed for itself, and their totals are added."""
    whole = [cost for cost in costs if cost.get("base") and cost.get("scenario")]
    currencies = {cost["currency"] for cost in whole}
    if len(whole) < len(costs) or len(currencies) != 1:
        return {"problem": "Not every meter has a tariff in one currency, so there is no bill of their sum."}
    sums = {world: {"total": sum(c[world]["total"] for c in whole), "lines": [], "notes": []} for world in _WORLDS[:2]}
    kg = {f"{world}_kg": None if any(c[f"{world}_kg"] is None for c in whole) else sum(c[f"{world}_kg"] for c in whole)
          for world in _WORLDS[:2]}  # fmt: skip
    change = [sum(c["change"][n] for c in whole) for n in range(3)]  # as if all went high together: the widest range
    return {
        "currency": currencies.pop(), "is_example": any(c["is_example"] for c in whole), "change": change, **sums, **kg,
    }  # fmt: skip
