"""The card on Home: a heatwave in two clicks, and the newest result beside it."""

from datetime import timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.decorators.http import require_POST

from meters.selectors import all_meters
from meters.selectors.weather import sites_with_weather
from simulations.domain.contract import Span, Stage
from simulations.domain.errors import SimulationError
from simulations.forms import midnight
from simulations.models import SimulationRun
from simulations.registry import events
from simulations.selectors import newest_run, scenarios
from simulations.services import Wish, ask_simulation, save_scenario
from simulations.views.builder import last_days
from simulations.views.results import strip_of
from twin_project.kit.access import operators_only

if TYPE_CHECKING:
    from meters.models import Meter

QUICK = ("heatwave", "cold_snap", "shutdown", "holiday", "solar_panels", "ev_charging", "battery")
REMEMBERED = 3


def scenario_card(meter: "Meter") -> dict[str, Any]:
    """The events to choose from, and the newest scenarios of the meter with what came of them."""
    known = events.all()
    rows: list[dict[str, Any]] = []
    for row in scenarios(meter)[:REMEMBERED]:
        run = newest_run(row)
        done = run is not None and run.state == SimulationRun.State.DONE
        rows.append({"scenario": row, "run": run, "strip": strip_of(run.summary) if run and done else []})
    waiting = any(row["run"] is not None and row["run"].state in SimulationRun.OPEN for row in rows)
    weather = meter.site_id in sites_with_weather()
    kinds = [key for key in QUICK if key in known and (weather or known[key].stage is not Stage.WEATHER)]
    return {
        "kinds": [(key, known[key].title) for key in kinds],
        "rows": rows,
        "waiting": waiting,
        "weather": weather,
    }


@require_POST
@operators_only
def quick(request: HttpRequest) -> HttpResponse:
    """One event with its usual strength over the meter's last days, kept as a scenario and run."""
    meter = get_object_or_404(all_meters(), pk=request.POST.get("meter") or 0)
    plugin = events.all().get(request.POST.get("event", ""))
    assert isinstance(request.user, User)  # the gate lets nobody else pass
    if plugin is None:
        messages.error(request, "Choose an event first.")
        return redirect("simulations:scenario_list")
    zone, now = ZoneInfo(meter.site.zone), timezone.now()
    first, last = last_days(meter, now=now)
    period = Span(midnight(first, zone), midnight(last + timedelta(days=1), zone))
    begins = midnight(first + timedelta(days=2), zone)
    wish = Wish(plugin.key, {}, begins, midnight(last, zone) if plugin.key != "holiday" else begins + timedelta(days=1))
    try:
        row = save_scenario(
            name=f"{plugin.title} on {meter.name}, {first:%-d %b} to {last:%-d %b %Y}", meters=[meter], period=period,
            wishes=[wish], now=now, by=request.user,
        )  # fmt: skip
    except SimulationError as error:
        messages.error(request, str(error))
        return redirect("simulations:scenario_list")
    ask_simulation(scenario=row, now=now, by=request.user)
    return redirect("simulations:scenario", row.pk)
