"""What can be asked of scenarios: which there are, their newest results, their series."""

from collections.abc import Sequence
from datetime import timedelta
from typing import TYPE_CHECKING

import pandas as pd
from django.db.models import Prefetch, QuerySet

from simulations.models import Replay, Scenario, SimulationPart, SimulationPoint, SimulationRun

if TYPE_CHECKING:
    from meters.models import Meter

_WORLDS = ("base", "scenario", "change")
_PERCENTILES = ("p10", "p50", "p90")


def scenarios(meter: "Meter | None" = None) -> QuerySet[Scenario]:
    """Every scenario, or those of a meter, the newest change first, each with its runs."""
    runs = SimulationRun.objects.defer("total", "asked").order_by("-requested_at")
    rows = Scenario.objects.prefetch_related("events", "meters__site", Prefetch("runs", queryset=runs))
    return rows.filter(meters=meter) if meter is not None else rows


def newest_run(scenario: Scenario) -> SimulationRun | None:
    """The run that was asked for last, of a scenario out of `scenarios`: no query of its own."""
    return next(iter(scenario.runs.all()), None)


def parts_of(run: SimulationRun) -> list[SimulationPart]:
    """Each meter's part of a run, by name."""
    return list(run.parts.select_related("meter__site", "trained").order_by("meter__name"))


def series_of_part(run: SimulationRun, meter: "Meter") -> dict[str, pd.DataFrame]:
    """base, scenario and change: p10, p50, p90 in kW by interval start."""
    names = [f"{world}_{level}_kw" for world in _WORLDS for level in _PERCENTILES]
    rows = SimulationPoint.objects.filter(run=run, meter=meter).order_by("start_at").values_list("start_at", *names)
    frame = pd.DataFrame.from_records(list(rows), columns=["start_at", *names]).set_index("start_at")
    frame.index = pd.DatetimeIndex(frame.index)
    return {world: _of(frame, world) for world in _WORLDS}


def series_of_total(run: SimulationRun) -> dict[str, pd.DataFrame]:
    """The same of the sum of all meters; empty where there is one meter only."""
    if not run.total:
        return {}
    count = len(run.total["base"][0])
    step = timedelta(seconds=run.total["interval_s"])
    index = pd.date_range(run.total["start_at"], periods=count, freq=step)
    return {
        world: pd.DataFrame(dict(zip(_PERCENTILES, run.total[world], strict=True)), index=index) for world in _WORLDS
    }


def series_of_run(run: SimulationRun, parts: Sequence[SimulationPart]) -> dict[str, pd.DataFrame]:
    """Of the sum, or of the only meter."""
    return series_of_total(run) or series_of_part(run, parts[0].meter)


def replays_of(meter: "Meter") -> list[Replay]:
    """Every past event that was told again, the newest first."""
    return list(Replay.objects.filter(meter=meter))


def _of(frame: pd.DataFrame, world: str) -> pd.DataFrame:
    return frame[[f"{world}_{level}_kw" for level in _PERCENTILES]].set_axis(list(_PERCENTILES), axis=1)
