"""Explore: one meter's readings from every side, and the parts of its charts that a person zooms into."""

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse, StreamingHttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET

from meters.charts import load_figure
from meters.views.cards import freshness_of, last_day
from meters.views.explore_cards import (
    Card,
    compare_card,
    duration_card,
    heatmap_card,
    load_card,
    response_card,
    week_card,
)
from meters.views.exploring import PHASES, POWER, WHOLE, Material, material_of, measured_part
from meters.views.finding import find_meter
from meters.views.supply_cards import supply_cards, supply_figure
from twin_project.kit.csv_files import csv_file
from twin_project.kit.figures import Figure, Window
from twin_project.kit.periods import Period, bar_of, read_period
from twin_project.kit.time_axis import zoomable
from twin_project.kit.zooming import zoom_answer

if TYPE_CHECKING:
    from meters.models import Meter

COMPARE = (("previous", "the period before"), ("year", "a year before"), ("none", "nothing"))
ZOOMABLE = ("load", "voltage", "current")


@require_GET
def explore(request: HttpRequest, slug: str) -> HttpResponse:
    """Every card of the meter over the days of the date bar."""
    row = find_meter(slug)
    now, zone = timezone.now(), ZoneInfo(row.site.zone)
    fresh = freshness_of(row, now=now)
    today = last_day(fresh, now).astimezone(zone).date()
    material, compare = _asked(request, row, today)
    context = {
        "meter": row,
        "zone": zone,
        "fresh": fresh,
        "complete": material.complete,
        "cards": _cards(material, compare),
        "compare": compare,
        "compare_choices": COMPARE,
        "query": material.period.query,
        **bar_of(material.period, today=today, keep={"compare": compare}),
    }
    return render(request, "meters/explore.html", context)


@require_GET
def figure_json(request: HttpRequest, slug: str, name: str) -> JsonResponse:
    """One chart over `[from, to)`, two instants with their UTC offset, as Plotly's JSON."""
    row = find_meter(slug)
    if name not in ZOOMABLE:
        raise Http404

    def part(window: Window) -> Figure:
        zone, span = window.zone, (window.start, window.end)
        day = Period("custom", span[0].astimezone(zone).date(), span[1].astimezone(zone).date(), zone)
        columns = POWER if name == "load" else (WHOLE[name], *PHASES[name].values())
        material = Material(row, day, None, *measured_part(row, *span), columns)
        drawn = replace(window, step=material.step)
        return zoomable(_part(material, name, drawn), request.path, drawn)

    return zoom_answer(request, part, zone=row.site.zone, interval_s=row.interval_s)


@require_GET
def card_csv(request: HttpRequest, slug: str, name: str) -> StreamingHttpResponse:
    """The figures of one card, as they stand in its table."""
    row = find_meter(slug)
    now = timezone.now()
    today = last_day(freshness_of(row, now=now), now).astimezone(ZoneInfo(row.site.zone)).date()
    material, compare = _asked(request, row, today)
    card = next((one for one in _cards(material, compare) if one.name == name and one.table), None)
    if card is None or card.table is None:
        raise Http404
    header, rows = card.rows or (
        [card.table.first, *card.table.titles],
        [[w, *values] for w, values in card.table.rows],
    )
    period = material.period
    return csv_file(f"{name}-{row.slug}-{period.first}-{period.last}.csv", header, rows)


def _asked(request: HttpRequest, row: "Meter", today: date) -> tuple[Material, str]:
    zone = ZoneInfo(row.site.zone)
    period = read_period(request.GET.dict(), today=today, zone=zone, default="month")
    compare = request.GET.get("compare", "")
    compare = compare if compare in dict(COMPARE) else "previous"
    other = {"previous": lambda: period.moved(-1), "year": period.a_year_before}.get(compare, lambda: None)()
    return material_of(row, period, other), compare


def _cards(material: Material, compare: str) -> list[Card]:
    """Those that the meter's quantities allow, in the order of the page; none where nothing was measured."""
    if not material.power.notna().any():
        return []
    slug = material.meter.slug
    addresses = {name: reverse("meters:figure_json", args=[slug, name]) for name in ZOOMABLE}
    days = f"{reverse('meters:explore', args=[slug])}?compare={compare}&period=day&date="
    load = [
        load_card(material, addresses["load"]),
        heatmap_card(material, days),
        week_card(material),
        duration_card(material),
        compare_card(material),
        response_card(material),
    ]
    return [card for card in load if card is not None] + supply_cards(material, addresses)


def _part(material: Material, name: str, window: Window) -> Figure:
    if name != "load":
        return supply_figure(material, material.phases(name), name, window.start, window.end)
    return load_figure(
        material.power,
        window,
        estimated=material.recorded.estimated,
        suspect=material.recorded.suspect["power_kw"],
        temperature_c=material.temperature,
    )
