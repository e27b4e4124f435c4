"""The frame's own pages: sign-in, and Home, where the cards of all apps meet."""

import sys
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import LoginView
from django.db import InterfaceError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.templatetags.static import static
from django.urls import reverse
from django.utils import timezone
from django.views import defaults
from django.views.decorators.http import require_GET
from django_htmx.http import HttpResponseClientRefresh

from forecasting.views.cards import board_of, fan_of, fan_part, peak_tomorrow
from meters.selectors import all_meters
from meters.views.cards import freshness_of, grid_card
from meters.views.cost_cards import month_card
from scraping.selectors import accounts_of
from scraping.views import scraper_card
from simulations.views.cards import scenario_card
from twin_project.kit.figures import Figure, Window
from twin_project.kit.htmx import choice_of, wanted_partial
from twin_project.kit.periods import bar_of, read_period
from twin_project.kit.time_axis import zoomable
from twin_project.kit.zooming import zoom_answer

if TYPE_CHECKING:
    from meters.models import Meter

SCORED = timedelta(days=30)
CARDS = ("freshness", "grid-status", "fan", "peak", "accuracy", "month", "what-if")


class SignIn(LoginView):
    """The sign-in; a card that asks after the session has ended makes its page load anew instead."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Show the form."""
        if request.headers.get("HX-Request"):
            return HttpResponseClientRefresh()
        return super().get(request, *args, **kwargs)


@login_not_required
def icon(_request: HttpRequest) -> HttpResponse:
    """Where browsers look for it by themselves, in the admin for one."""
    return redirect(static("twin/logo.svg"))


def server_error(request: HttpRequest) -> HttpResponse:
    """The page for an error of ours; 503 and another page where the database is gone.

    Sessions lie in the database, so it is missed before any view is reached: the exception being handled tells.
    """
    if isinstance(sys.exc_info()[1], OperationalError | InterfaceError):
        return render(request, "database_gone.html", status=503)
    return defaults.server_error(request)


@require_GET
def home(request: HttpRequest) -> HttpResponse:
    """The state of one meter, `?meter=` or the first; its cards ask for themselves again by htmx."""
    choice = choice_of(all_meters(), request.GET.get("meter"))
    meter = choice.row
    if meter is None:
        return render(request, "home.html", {"meter": None})
    now, zone = timezone.now(), ZoneInfo(meter.site.zone)
    wanted = wanted_partial(request, CARDS)
    context: dict[str, Any] = {"choice": choice, "meter": meter, "zone": zone, "now": now}
    if wanted in ("", "freshness"):
        context["fresh"] = freshness_of(meter, now=now)
    if wanted in ("", "grid-status"):
        context["grid"] = grid_card(meter, now=now)
    if wanted in ("", "accuracy"):
        context["board"] = board_of(meter, since=now - SCORED)
    if wanted in ("", "what-if"):
        context["what_if"] = scenario_card(meter)
    if wanted in ("", "month"):
        context["month"] = month_card(meter, now=now)
    if wanted in ("", "fan", "peak"):
        context |= _fan(request, meter, now, zone)
    if not wanted:
        context["scrapers"] = [scraper_card(account) for account in accounts_of(meter)]
    return render(request, f"home.html#{wanted}" if wanted else "home.html", context)


@require_GET
def fan_json(request: HttpRequest, meter_id: int) -> JsonResponse:
    """The fan over `[from, to)`, two instants with their UTC offset, as Plotly's JSON: what a zoom asks for."""
    meter = all_meters().filter(pk=meter_id).first()
    if meter is None:
        raise Http404

    def part(window: Window) -> Figure:
        return zoomable(fan_part(meter, window, now=timezone.now()), request.path, window)

    return zoom_answer(request, part, zone=meter.site.zone, interval_s=meter.interval_s)


def _fan(request: HttpRequest, meter: "Meter", now: datetime, zone: ZoneInfo) -> dict[str, Any]:
    """The days of the date bar, the fan over them, and tomorrow's peak out of the same forecast."""
    today = now.astimezone(zone).date()
    period = read_period(request.GET.dict(), today=today, zone=zone, default="now")
    fan = fan_of(meter, period, now=now)
    if fan.chart:
        window = Window(period.start, period.end, zone, timedelta(seconds=meter.interval_s))
        fan = replace(fan, chart=zoomable(fan.chart, reverse("fan_json", args=[meter.pk]), window))
    return {
        "fan": fan,
        "peak": peak_tomorrow(meter, fan, now=now, zone=zone),
        "csv": f"{reverse('meters:readings_csv', args=[meter.slug])}?{period.query}",
        **bar_of(period, today=today, keep={"meter": meter.pk}),
    }
