"""The list of scenarios, one scenario's result, the comparison of up to four, and what is taken away as a file."""

from collections.abc import Iterator
from datetime import timedelta
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.contrib.auth.models import User
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from meters.selectors import all_meters
from simulations.charts import compare_figure
from simulations.models import Scenario, SimulationRun
from simulations.registry import events
from simulations.selectors import newest_run, parts_of, scenarios, series_of_part, series_of_run
from simulations.services import ask_simulation, clone_scenario
from simulations.views.results import in_words, result_of, strip_of
from twin_project.kit.access import operators_only
from twin_project.kit.csv_files import csv_file
from twin_project.kit.figures import Window
from twin_project.kit.htmx import render_page
from twin_project.kit.jobs.models import Job

MOST_COMPARED = 4
LISTED = 60
DONE = SimulationRun.State.DONE


@require_GET
def scenario_list(request: HttpRequest) -> HttpResponse:
    """Every scenario with its newest result, and the events to begin a new one with."""
    rows = [(row, newest_run(row)) for row in scenarios()[:LISTED]]
    shown = [(row, run, strip_of(run.summary) if run and run.state == DONE else []) for row, run in rows]
    kinds = [(key, plugin) for key, plugin in events.all().items()]
    return render(
        request, "simulations/scenario_list.html", {"rows": shown, "kinds": kinds, "meters": all_meters().exists()}
    )


@require_GET
def scenario(request: HttpRequest, pk: int) -> HttpResponse:
    """The newest result of a scenario, or that of `?run=`; while it is being made, how far it is."""
    row = get_object_or_404(Scenario.objects.prefetch_related("events", "meters__site"), pk=pk)
    asked = request.GET.get("run", "")
    run = row.runs.filter(pk=asked).first() if asked.isdecimal() else row.runs.first()
    meters = list(row.meters.all())
    context = {
        "scenario": row,
        "meters": meters,
        "zone": ZoneInfo(meters[0].site.zone),
        "run": run,
        "job": Job.objects.filter(pk=run.job).first() if run and run.job and run.state in SimulationRun.OPEN else None,
        "result": result_of(run) if run and run.state == DONE else None,
        "events": [(one, *in_words(one.event, one.params)) for one in row.events.all()],
        "runs": row.runs.defer("total", "asked", "summary")[:10],
    }
    return render_page(request, "simulations/scenario.html", context, partials=("result",))


@require_POST
@operators_only
def run(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask for the scenario's answer."""
    row = get_object_or_404(Scenario, pk=pk)
    assert isinstance(request.user, User)  # the gate lets nobody else pass
    ask_simulation(scenario=row, now=timezone.now(), by=request.user)
    return redirect("simulations:scenario", pk)


@require_POST
@operators_only
def clone(request: HttpRequest, pk: int) -> HttpResponse:
    """A copy, open for changes."""
    assert isinstance(request.user, User)
    copy = clone_scenario(scenario=get_object_or_404(Scenario, pk=pk), now=timezone.now(), by=request.user)
    return redirect("simulations:edit", copy.pk)


@require_POST
@operators_only
def delete(request: HttpRequest, pk: int) -> HttpResponse:
    """Remove a scenario with its results."""
    row = get_object_or_404(Scenario, pk=pk)
    name = row.name
    row.delete()
    messages.success(request, f"The scenario “{name}” and its results were deleted.")
    return redirect("simulations:scenario_list")


@require_GET
def compare(request: HttpRequest) -> HttpResponse:
    """Up to four scenarios side by side: `?of=3&of=7`."""
    keys = list(dict.fromkeys(key for key in request.GET.getlist("of") if key.isdecimal()))[:MOST_COMPARED]
    rows = {str(row.pk): row for row in scenarios().filter(pk__in=keys)}
    found = [(rows[key], _newest_done(rows[key])) for key in keys if key in rows]
    whole = [(row, run) for row, run in found if run is not None]
    context = {
        "missing": [row for row, run in found if run is None],
        "columns": [(row, run, strip_of(run.summary)) for row, run in whole],
        "chart": _together(whole),
        "choices": [(row, str(row.pk) in keys) for row in scenarios()[:LISTED] if _newest_done(row)],
    }
    return render(request, "simulations/compare.html", context)


@require_GET
def points_csv(_request: HttpRequest, pk: int) -> StreamingHttpResponse:
    """Every interval of every meter of a run, in UTC and kW."""
    row = get_object_or_404(SimulationRun, pk=pk, state=DONE)
    head = ["meter", "start_utc"]
    head += [f"{world}_{level}_kw" for world in ("base", "scenario", "change") for level in ("p10", "p50", "p90")]

    def lines() -> Iterator[list[object]]:
        for part in parts_of(row):
            series = series_of_part(row, part.meter)
            values = [series[world].to_numpy() for world in ("base", "scenario", "change")]
            for place, at in enumerate(series["base"].index):
                figures = [round(float(value), 4) for world in values for value in world[place]]
                yield [part.meter.reference, at.isoformat(), *figures]

    return csv_file(f"scenario-{row.scenario_id}-run-{row.pk}.csv", head, lines())


@require_GET
def report(request: HttpRequest, pk: int) -> HttpResponse:
    """A page for the printer: one result with what it assumed, and nothing to press."""
    row = get_object_or_404(SimulationRun.objects.select_related("scenario"), pk=pk)
    if row.state != DONE:
        raise Http404
    result = result_of(row)
    placed = [(one, *in_words(one["event"], one["params"])) for one in row.asked["events"]]
    return render(
        request, "simulations/report.html", {"result": result, "run": row, "zone": result.zone, "placed": placed}
    )


def _newest_done(row: Scenario) -> SimulationRun | None:
    return next((run for run in row.runs.all() if run.state == DONE), None)


def _together(whole: "list[tuple[Scenario, SimulationRun]]") -> dict[str, object] | None:
    """The changes on one axis of hours, where the scenarios lie in one period; else None."""
    if not whole:
        return None
    named, step = [], timedelta(hours=1)
    for row, one in whole:
        parts = parts_of(one)
        named.append((row.name, series_of_run(one, parts)["change"]["p50"]))
        step = max(step, timedelta(seconds=parts[0].interval_s))
    first = min(series.index[0] for _, series in named)
    last = max(series.index[-1] for _, series in named)
    zone = ZoneInfo(whole[0][0].meters.all()[0].site.zone)
    window = Window(first.to_pydatetime(), last.to_pydatetime() + step, zone, step)
    return compare_figure(named, window)
