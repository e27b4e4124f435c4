"""The live preview of the builder: answered at once by a twin that is trained already, and not kept."""

from datetime import timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_POST

from simulations.domain.contract import Placed, Span
from simulations.domain.errors import SimulationError
from simulations.services import answer, series_of, summary_of
from simulations.views.builder import Builder, bound
from simulations.views.results import preview_figure, strip_of
from twin_project.kit.access import operators_only

DRAWS = 60
LONGEST = timedelta(days=7)
TEMPLATE = "simulations/preview.html"


@require_POST
@operators_only
def preview(request: HttpRequest) -> HttpResponse:
    """The first meter over at most a week around the first event."""
    builder = bound(request.POST)
    if not builder.is_valid():
        return render(request, TEMPLATE, {"problems": _problems(builder)})
    try:
        return render(request, TEMPLATE, _previewed(builder))
    except SimulationError as error:
        return render(request, TEMPLATE, {"problems": [str(error)]})


def _previewed(builder: Builder) -> dict[str, Any]:
    meter, whole = builder.head.chosen[0], builder.head.period
    part = around(whole, builder.placed)
    inside = [one for one in builder.placed if one.span.overlaps(part)]
    found = answer(
        meter=meter, period=part, placed=inside, now=timezone.now(), draws=DRAWS,
        forecaster=builder.head.cleaned_data["forecaster"], train=False,
    )  # fmt: skip
    summary = summary_of(found.outcome, {})
    return {
        "chart": preview_figure(series_of(found.outcome), builder.zone),
        "strip": strip_of(summary),
        "warnings": summary["warnings"],
        "meter": meter,
        "whole": part == whole,
        "trained": found.trained,
    }


def around(period: Span, placed: list[Placed]) -> Span:
    """At most a week of the period, from a day before its first event."""
    if period.length <= LONGEST:
        return period
    first = max(min(one.span.start for one in placed) - timedelta(days=1), period.start)
    return Span(first, min(first + LONGEST, period.end))


def _problems(builder: Builder) -> list[str]:
    forms = [builder.head, *builder.rows]
    return [str(sentence) for form in forms for sentences in form.errors.values() for sentence in sentences]
