"""Past events told again: the scorecard of a meter, and each replay against what really came."""

from datetime import timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from meters.selectors import all_meters
from simulations.charts import replay_figure
from simulations.domain.errors import SimulationError
from simulations.models import Replay, Scorecard
from simulations.selectors import replays_of
from simulations.services import find_past_events
from twin_project.kit.access import operators_only
from twin_project.kit.figures import Figure, Window
from twin_project.kit.htmx import choice_of
from twin_project.kit.jobs.models import Job
from twin_project.kit.jobs.services import enqueue
from twin_project.kit.time_axis import Table, summary_table

if TYPE_CHECKING:
    from meters.models import Meter

WORDS = {
    "heatwave": "Hot spells",
    "cold_snap": "Cold spells",
    "holiday": "Holidays",
    "shutdown": "Days of shutdown",
    "placebo": "Ordinary days (placebo)",
}


@require_GET
def replays(request: HttpRequest) -> HttpResponse:
    """The scorecard of `?meter=` (or the first), and its replays."""
    choice = choice_of(all_meters(), request.GET.get("meter"))
    if choice.row is None:
        return render(request, "simulations/replays.html", {"meter": None})
    meter = choice.row
    rows = replays_of(meter)
    context = {
        "choice": choice,
        "meter": meter,
        "zone": ZoneInfo(meter.site.zone),
        "cards": [(WORDS.get(card.kind, card.kind), card) for card in Scorecard.objects.filter(meter=meter)],
        "rows": [(WORDS.get(row.kind, row.kind), row) for row in rows],
        "found": None if rows else _found(meter),
        "job": _open_job(meter),
    }
    return render(request, "simulations/replays.html", context)


@require_GET
def replay(request: HttpRequest, pk: int) -> HttpResponse:
    """One past event: told, not told, and what came."""
    row = get_object_or_404(Replay.objects.select_related("meter__site"), pk=pk)
    zone = ZoneInfo(row.meter.site.zone)
    chart, table = _figure(row, zone)
    return render(
        request, "simulations/replay.html",
        {"row": row, "meter": row.meter, "zone": zone, "chart": chart, "table": table, "kind": WORDS.get(row.kind)},
    )  # fmt: skip


@require_POST
@operators_only
def start(request: HttpRequest) -> HttpResponse:
    """Tell the past events of a meter again; the job's page shows how far it is."""
    meter = get_object_or_404(all_meters(), pk=request.POST.get("meter") or 0)
    assert isinstance(request.user, User)  # the gate lets nobody else pass
    job = enqueue(kind="replay_events", params={"meter_id": meter.pk}, by=request.user)
    return redirect("jobs:job", job.pk)


def _found(meter: "Meter") -> dict[str, object]:
    """What could be told again, or why nothing can."""
    try:
        found = find_past_events(meter=meter, now=timezone.now())
    except SimulationError as error:
        return {"why": str(error), "events": []}
    return {"why": "", "events": [(WORDS[one.kind], one) for one in found.events]}


def _open_job(meter: "Meter") -> Job | None:
    open_ones = Job.objects.filter(kind="replay_events", params__meter_id=meter.pk, state__in=Job.OPEN)
    return open_ones.first()


def _figure(row: Replay, zone: ZoneInfo) -> tuple[Figure, Table]:
    index = pd.DatetimeIndex(pd.to_datetime(row.series["start_at"], utc=True))
    step = (index[1] - index[0]).to_pytimedelta() if len(index) > 1 else timedelta(hours=1)
    told = pd.DataFrame(row.series["told"], index=index)
    untold = pd.Series(row.series["untold"], index=index)
    actual = pd.Series([np.nan if value is None else value for value in row.series["actual"]], index=index)
    window = Window(row.start_at, row.end_at, zone, step)
    table = summary_table({"told": told["p50"], "not told": untold, "measured": actual}, zone)
    return replay_figure(told, untold, actual, window), table
