"""The forecast page: the fan, what it rests on and what drives it, and the buttons."""

from dataclasses import replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.contrib.auth.models import User
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from forecasting.forms import AskForm
from forecasting.registry import forecasters
from forecasting.selectors import in_charge, ladder, latest_run, quantiles_of
from forecasting.views.cards import Fan, fan_of, fan_part, peak_tomorrow
from forecasting.views.frame import Page, asked_forecaster, choices, page_of
from meters.selectors import all_meters, data_through
from twin_project.kit.access import operators_only
from twin_project.kit.csv_files import csv_file
from twin_project.kit.figures import Figure, Window
from twin_project.kit.htmx import choice_of
from twin_project.kit.jobs.services import enqueue
from twin_project.kit.periods import Period
from twin_project.kit.time_axis import zoomable
from twin_project.kit.zooming import zoom_answer

BEFORE, AFTER = timedelta(days=2), timedelta(days=2)
LISTED_DRIVERS = 7


@require_GET
def forecast(request: HttpRequest) -> HttpResponse:
    """The newest forecast of a meter (`?meter=`), of the forecaster in charge or of `?forecaster=`."""
    page = page_of(request, "forecast")
    if page is None:
        return render(request, "forecasting/forecast.html", {"meter": None})
    meter, now, zone = page.meter, page.now, page.zone
    champion = in_charge(meter) or ""
    key = asked_forecaster(request) or champion
    period = _around(data_through(meter) or now, zone)
    fan = _zoomable(fan_of(meter, period, now=now, forecaster=key or None), page, period, key)
    trained = fan.run.trained if fan.run else None
    rungs = {rung.forecaster: rung for rung in ladder(meter)}
    return render(
        request,
        "forecasting/forecast.html",
        {
            **page.words,
            "fan": fan,
            "trained": trained,
            "drivers": trained.drivers[:LISTED_DRIVERS] if trained else [],
            "peak": peak_tomorrow(meter, fan, now=now, zone=zone),
            "key": key,
            "champion": champion,
            "rung": rungs.get(key),
            "summary": forecasters.all()[key].summary if key in forecasters.all() else "",
            "waiting": [rung for rung in rungs.values() if rung.state == "waits"] if not fan.run else [],
            "csv": f"{reverse('forecasting:points_csv')}?meter={meter.pk}&forecaster={key}" if fan.run else "",
            "choices": choices(),
        },
    )


@require_GET
def fan_json(request: HttpRequest, meter_id: int, forecaster: str) -> JsonResponse:
    """The fan over `[from, to)`, two instants with their UTC offset, as Plotly's JSON: what a zoom asks for."""
    meter = all_meters().filter(pk=meter_id).first()
    if meter is None or forecaster not in forecasters.keys():  # noqa: SIM118  # keys() is the registry's own
        raise Http404

    def part(window: Window) -> Figure:
        return zoomable(fan_part(meter, window, now=timezone.now(), forecaster=forecaster), request.path, window)

    return zoom_answer(request, part, zone=meter.site.zone, interval_s=meter.interval_s)


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
    meter = choice_of(all_meters(), request.GET.get("meter")).row
    run = latest_run(meter, forecaster=request.GET.get("forecaster") or None) if meter else None
    if meter is None or run is None:
        raise Http404
    frame = quantiles_of(run)
    head = ["start_utc", *(f"p{float(level) * 100:02.0f}_kw" for level in frame.columns)]
    rows = ([at.isoformat(), *(round(float(value), 4) for value in values)] for at, *values in frame.itertuples())
    return csv_file(f"forecast-{meter.slug}-{run.data_cutoff_at:%Y%m%d-%H%M}.csv", head, rows)


def _zoomable(fan: Fan, page: Page, period: Period, key: str) -> Fan:
    if fan.chart is None or not key:
        return fan
    window = Window(period.start, period.end, page.zone, timedelta(seconds=page.meter.interval_s))
    return replace(fan, chart=zoomable(fan.chart, reverse("forecasting:fan_json", args=[page.meter.pk, key]), window))


def _around(moment: datetime, zone: ZoneInfo) -> Period:
    """Whole local days from two before the last reading to two after it."""
    day = moment.astimezone(zone).date()
    return Period("custom", day - BEFORE, day + AFTER + timedelta(days=1), zone)
