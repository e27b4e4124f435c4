"""What a chart that was zoomed asks for: one part of it again, as Plotly's JSON."""

from collections.abc import Callable
from datetime import timedelta
from zoneinfo import ZoneInfo

from django.http import HttpRequest, JsonResponse

from twin_project.kit.figures import Figure, Window
from twin_project.kit.periods import read_span

SENTENCE = "Give from and to as instants like 2026-01-31T13:45:00Z, the earlier one first."


def zoom_answer(request: HttpRequest, draw: Callable[[Window], Figure], *, zone: str, interval_s: int) -> JsonResponse:
    """What `draw` makes of `[from, to)`, two instants with their UTC offset; 400 with a sentence for anything else."""
    step = timedelta(seconds=interval_s)
    span = read_span(request.GET, step=step)
    if span is None:
        return JsonResponse({"error": SENTENCE}, status=400)
    return JsonResponse(draw(Window(*span, ZoneInfo(zone), step)))
