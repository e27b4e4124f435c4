"""One address, one template: a page for a browser, one partial of it for htmx."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

T = TypeVar("T", bound=Model)
SHOWN = 8  # choices that stand beside one another; more are searched for


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


@dataclass(frozen=True)
class Choice(Generic[T]):
    """The chosen row, and the first few of all `total` to choose another from."""

    row: T | None
    shown: list[T]
    total: int


def choice_of(rows: QuerySet[T], key: str | None) -> Choice[T]:
    """The row whose key stands in the address, else the first; of ten thousand rows only `SHOWN` are read."""
    first = list(rows[: SHOWN + 1])
    total = len(first) if len(first) <= SHOWN else rows.count()
    row = next((row for row in first if str(row.pk) == key), None)
    if row is None and len(first) > SHOWN and key is not None and key.isdecimal():
        row = rows.filter(pk=key).first()
    row = row or (first[0] if first else None)
    shown = first[:SHOWN]
    return Choice(row, shown if row is None or row in shown else [row, *shown[:-1]], total)
