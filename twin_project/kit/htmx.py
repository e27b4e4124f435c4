"""One address, one template: a page for a browser, one partial of it for htmx."""

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render


def wanted_partial(request: HttpRequest, partials: tuple[str, ...]) -> str:
    """The partial that htmx asks for by its target's id, "" where a whole page is wanted."""
    details = getattr(request, "htmx", None)
    target = details.target if details else None
    return target if target in partials else ""


def render_page(
    request: HttpRequest,
    template: str,
    context: Mapping[str, Any],
    *,
    partials: tuple[str, ...] = (),
    status: int = 200,
) -> HttpResponse:
    """Render the page, or only that of its `partials` whose name is the id of the htmx target."""
    wanted = wanted_partial(request, partials)
    name = f"{template}#{wanted}" if wanted else template
    return render(request, name, dict(context), status=status)


def done(request: HttpRequest, sentence: str, to: str, *, level: int = messages.SUCCESS) -> HttpResponse:
    """After a POST without htmx: say what was done, and go back to the page."""
    messages.add_message(request, level, sentence)
    return redirect(to)
