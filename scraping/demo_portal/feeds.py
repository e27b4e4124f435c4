"""What the meter page's script asks for (JSON) and what the customer downloads (CSV)."""

import csv
import io
import math
from collections.abc import Iterator
from typing import Any

import pandas as pd
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse

from scraping.demo_portal.catalogue import METERS, DemoMeter
from scraping.demo_portal.customer import signed_in_only
from scraping.demo_portal.period import BadPeriod, Period, asked_period, now
from scraping.demo_portal.replay import readings

PAGE_ROWS = 96


def find_meter(reference: str) -> DemoMeter:
    """The customer's meter of that number, or 404."""
    if reference not in METERS:
        raise Http404
    return METERS[reference]


@signed_in_only
def table(request: HttpRequest, reference: str) -> HttpResponse:
    """One page of intervals, with the count of all of them."""
    meter = find_meter(reference)
    try:
        period = asked_period(request, meter)
        page = max(int(request.GET.get("page", 1)), 1)
    except ValueError as error:
        return JsonResponse({"error": str(error)}, status=400)
    frame = readings(meter, period.first, period.last, now())
    shown = frame.iloc[(page - 1) * PAGE_ROWS : page * PAGE_ROWS]
    return JsonResponse(
        {
            "total": len(frame),
            "measured": int(frame.notna().any(axis=1).sum()),
            "page": page,
            "pages": max(math.ceil(len(frame) / PAGE_ROWS), 1),
            "rows": [[f"{start:%d %b %Y %H:%M %Z}", *cells] for start, cells in _rows(shown, meter)],
        }
    )


@signed_in_only
def chart(request: HttpRequest, reference: str) -> HttpResponse:
    """Every interval of the period for the chart: start stamps and one list of numbers (null is a gap) a quantity."""
    meter = find_meter(reference)
    try:
        period = asked_period(request, meter)
    except BadPeriod as error:
        return JsonResponse({"error": str(error)}, status=400)
    frame = readings(meter, period.first, period.last, now())
    series: dict[str, Any] = {
        quantity.field: [None if math.isnan(v) else round(v, quantity.decimals) for v in frame[quantity.field].tolist()]
        for quantity in meter.quantities
    }
    return JsonResponse({"starts": [start.isoformat() for start in frame.index], "series": series})


@signed_in_only
def csv_file(request: HttpRequest, reference: str) -> HttpResponse:
    """All intervals of the period as a file; stamps are local with their offset, at the START of the interval."""
    meter = find_meter(reference)
    try:
        period = asked_period(request, meter)
    except BadPeriod as error:
        return HttpResponse(str(error), status=400, content_type="text/plain; charset=utf-8")
    name = f"readings_{meter.reference}_{period.first}_{period.last}.csv"
    return HttpResponse(
        _csv_text(meter, period),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


def _csv_text(meter: DemoMeter, period: Period) -> str:
    out = io.StringIO()
    out.write(
        f"# Demo Utility interval data\r\n# Meter: {meter.reference}\r\n# Time zone: {meter.zone}\r\n"
        f"# Interval: {meter.interval_s // 60} minutes, stamped at its start\r\n# {meter.credit}\r\n"
    )
    writer = csv.writer(out)
    writer.writerow(["Interval start", *(quantity.heading for quantity in meter.quantities)])
    frame = readings(meter, period.first, period.last, now())
    writer.writerows([start.isoformat(), *cells] for start, cells in _rows(frame, meter))
    return out.getvalue()


def _rows(frame: pd.DataFrame, meter: DemoMeter) -> Iterator[tuple[pd.Timestamp, list[str]]]:
    """Start and printed cells of each interval; "" where nothing was measured."""
    places = [quantity.decimals for quantity in meter.quantities]
    for start, *values in frame.itertuples():
        cells = zip(values, places, strict=True)
        yield start, ["" if math.isnan(value) else f"{value:.{places}f}" for value, places in cells]
