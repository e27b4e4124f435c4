"""One address, one template: a page for a browser, one partial of it for htmx."""

from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

from django.db.models import Model
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

T = TypeVar("T", bound=Model)


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


def chosen(rows: Sequence[T], key: str | None) -> T | None:
    """The row whose key stands in the address, else the first; None where there is none."""
    return next((row for row in rows if str(row.pk) == key), rows[0] if rows else None)
