"""The twin of one meter: what was measured over the band that had been forecast, and what the twin did not expect."""

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

import pandas as pd
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse, StreamingHttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET

from forecasting.charts import forecast_figure, residual_figure
from forecasting.models import ForecastRun
from forecasting.selectors import care_of, decisions_of, in_charge, latest_run, quantiles_of, title_of
from forecasting.views.cards import bands_of_days
from forecasting.views.frame import page_of
from meters.selectors import all_meters, data_through, latest_reading, load_series
from twin_project.kit.csv_files import csv_file
from twin_project.kit.figures import Figure, Window
from twin_project.kit.periods import Period, bar_of, read_period
from twin_project.kit.time_axis import Table, summary_table, zoomable
from twin_project.kit.zooming import zoom_answer

if TYPE_CHECKING:
    from meters.models import Meter

FIGURES = ("twin", "residual")


@dataclass(frozen=True)
class Twin:
    """Reality and the twin over a window: `told` is what was forecast at each midnight, one row an interval."""

    power: "pd.Series[float]"
    told: pd.DataFrame
    past: list[pd.DataFrame]
    ahead: pd.DataFrame | None
    runs: list[ForecastRun]

    @property
    def residual(self) -> "pd.Series[float]":
        """Measured less the median, where both are."""
        return (
            (self.power.reindex(self.told.index) - self.told[0.5]).dropna() if len(self.told) else self.power.iloc[:0]
        )

    @property
    def inside(self) -> float | None:
        """The share of the readings inside the 80 % band."""
        met = self.residual.index
        if not len(met):
            return None
        came, band = self.power.loc[met], self.told.loc[met]
        return float(((came >= band[0.1]) & (came <= band[0.9])).mean())


@require_GET
def twin(request: HttpRequest) -> HttpResponse:
    """The days of the date bar."""
    page = page_of(request, "twin")
    if page is None:
        return render(request, "forecasting/twin.html", {"meter": None})
    meter, zone = page.meter, page.zone
    through = data_through(meter)
    today = (through or page.now).astimezone(zone).date()
    period = read_period(request.GET.dict(), today=today, zone=zone)
    window = Window(period.start, period.end, zone, timedelta(seconds=meter.interval_s))
    found = twin_of(meter, window)
    last, residual = latest_reading(meter), found.residual
    keep = {"meter": meter.pk}
    context = {
        **page.words,
        **bar_of(period, today=today, keep=keep),
        "through": through,
        "synced_at": last.stored_at if last else None,
        "care": care_of(meter),
        "champion": title_of(in_charge(meter) or ""),
        "decision": next(iter(decisions_of(meter, limit=1)), None),
        "figures": _figures(meter, found, window) if len(found.told) or found.ahead is not None else {},
        "tables": _tables(found, period),
        "mae_kw": float(residual.abs().mean()) if len(residual) else None,
        "bias_kw": float(residual.mean()) if len(residual) else None,
        "energy_kwh": float(residual.sum() * meter.interval_s / 3600) if len(residual) else None,
        "inside": found.inside,
        "n": len(residual),
        "complete": float(found.power[:through].notna().mean()) if through and len(found.power[:through]) else None,
        "rehearsed": any(run.rehearsed for run in found.runs),
        "csv": f"{reverse('forecasting:twin_csv')}?meter={meter.pk}&{period.query}",
    }
    return render(request, "forecasting/twin.html", context)


@require_GET
def figure_json(request: HttpRequest, meter_id: int, name: str) -> JsonResponse:
    """One chart over `[from, to)`, two instants with their UTC offset, as Plotly's JSON: what a zoom asks for."""
    meter = all_meters().filter(pk=meter_id).first()
    if meter is None or name not in FIGURES:
        raise Http404

    def part(window: Window) -> Figure:
        figures = _figures(meter, twin_of(meter, window), window)
        if name not in figures:
            raise Http404
        return figures[name]

    return zoom_answer(request, part, zone=meter.site.zone, interval_s=meter.interval_s)


@require_GET
def twin_csv(request: HttpRequest) -> StreamingHttpResponse:
    """Each interval: what was measured and what had been forecast of it."""
    page = page_of(request, "twin")
    if page is None:
        raise Http404
    through = data_through(page.meter) or page.now
    period = read_period(request.GET.dict(), today=through.astimezone(page.zone).date(), zone=page.zone)
    window = Window(period.start, period.end, page.zone, timedelta(seconds=page.meter.interval_s))
    found = twin_of(page.meter, window)
    frame = found.told[[0.1, 0.5, 0.9]].join(found.power.rename("measured")) if len(found.told) else found.told
    head = ["start_utc", "p10_kw", "p50_kw", "p90_kw", "measured_kw"]
    rows = (
        [at.isoformat(), *("" if pd.isna(value) else round(float(value), 4) for value in values)]
        for at, *values in frame.itertuples()
    )
    return csv_file(f"twin-{page.meter.slug}-{period.first}-{period.last}.csv", head, rows)


def twin_of(meter: "Meter", window: Window) -> Twin:
    """Reality, what had been forecast of each day at its midnight, and what is forecast from now on."""
    run = latest_run(meter)
    now = timezone.now()
    power = load_series(meter=meter, start=window.start, end=min(window.end, max(now, window.start)))
    runs, past = bands_of_days(meter, run, window) if run else ([], [])
    told = pd.concat(past).sort_index() if past else pd.DataFrame(columns=[0.1, 0.5, 0.9], dtype=float)
    ahead = quantiles_of(run) if run else None
    if ahead is not None:
        ahead = ahead[(ahead.index >= window.start) & (ahead.index < window.end)]
    return Twin(power, told[~told.index.duplicated()], past, ahead if ahead is not None and len(ahead) else None, runs)


def _figures(meter: "Meter", found: Twin, window: Window) -> dict[str, Figure]:
    through = data_through(meter)
    now = timezone.now()
    figures = {
        "twin": forecast_figure(found.power, found.ahead, window=window, now=now, data_through=through, past=found.past)
    }
    if len(found.residual):
        figures["residual"] = residual_figure(found.power, found.told, window=window)
    return {
        name: zoomable(figure, reverse("forecasting:twin_json", args=[meter.pk, name]), window)
        for name, figure in figures.items()
    }


def _tables(found: Twin, period: Period) -> dict[str, Table]:
    told = found.told if len(found.told) else pd.DataFrame(columns=[0.1, 0.5, 0.9], dtype=float)
    columns = {"measured, kW": found.power, "twin, kW": told[0.5], "low, kW": told[0.1], "high, kW": told[0.9]}
    tables = {"twin": summary_table({name: series for name, series in columns.items() if len(series)}, period.zone)}
    if len(found.residual):
        tables["residual"] = summary_table({"measured less twin, kW": found.residual}, period.zone, digits=3)
    return tables
