"""The forecast page: the fan, what it rests on, how good the past ones were, and the buttons."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.contrib.auth.models import User
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from forecasting.forms import AskForm
from forecasting.registry import forecasters
from forecasting.selectors import in_charge, latest_run, quantiles_of, trained_forecasters
from forecasting.views.cards import board_of, fan_of, peak_tomorrow, title_of
from meters.selectors import all_meters, data_through
from twin_project.kit.access import operators_only
from twin_project.kit.csv_files import csv_file
from twin_project.kit.htmx import chosen
from twin_project.kit.jobs.services import enqueue
from twin_project.kit.periods import Period

BEFORE, AFTER = timedelta(days=2), timedelta(days=2)


@require_GET
def forecast(request: HttpRequest) -> HttpResponse:
    """The newest forecast of a meter (`?meter=`), of the forecaster in charge or of `?forecaster=`."""
    meters = list(all_meters())
    meter = chosen(meters, request.GET.get("meter"))
    if meter is None:
        return render(request, "forecasting/forecast.html", {"meters": []})
    now, zone = timezone.now(), ZoneInfo(meter.site.zone)
    key = request.GET.get("forecaster", "")
    key = key if key in forecasters.keys() else in_charge(meter) or ""  # noqa: SIM118  # keys() is the registry's own
    trained = trained_forecasters(meter)
    fan = fan_of(meter, _around(data_through(meter) or now, zone), now=now, forecaster=key or None)
    context = {
        "meters": meters,
        "meter": meter,
        "zone": zone,
        "now": now,
        "fan": fan,
        "trained": fan.run.trained if fan.run else None,
        "peak": peak_tomorrow(meter, fan, now=now, zone=zone),
        "board": board_of(meter),
        "key": key,
        "csv": f"{reverse('forecasting:points_csv')}?meter={meter.pk}&forecaster={key}" if fan.run else "",
        "choices": [(known, title_of(known)) for known in forecasters.all()],
        "history": trained[:8],
        "broken": forecasters.broken(),
    }
    return render(request, "forecasting/forecast.html", context)


@require_POST
@operators_only
def ask(request: HttpRequest) -> HttpResponse:
    """Ask for a forecast, or for a training and then a forecast; the job's page shows how it goes."""
    form = AskForm(request.POST)
    if not form.is_valid():
        raise Http404
    assert isinstance(request.user, User)  # the gate lets nobody else pass
    job = enqueue(kind=form.kind, params=form.params, by=request.user)
    return redirect("jobs:job", job.pk)


@require_GET
def points_csv(request: HttpRequest) -> StreamingHttpResponse:
    """The quantiles of the newest run, one line an interval, times in UTC."""
    meter = chosen(list(all_meters()), request.GET.get("meter"))
    run = latest_run(meter, forecaster=request.GET.get("forecaster") or None) if meter else None
    if meter is None or run is None:
        raise Http404
    frame = quantiles_of(run)
    head = ["start_utc", *(f"p{float(level) * 100:02.0f}_kw" for level in frame.columns)]
    rows = ([at.isoformat(), *(round(float(value), 4) for value in values)] for at, *values in frame.itertuples())
    return csv_file(f"forecast-{meter.slug}-{run.data_cutoff_at:%Y%m%d-%H%M}.csv", head, rows)


def _around(moment: datetime, zone: ZoneInfo) -> Period:
    """Whole local days from two before the last reading to two after it."""
    day = moment.astimezone(zone).date()
    return Period("custom", day - BEFORE, day + AFTER + timedelta(days=1), zone)
