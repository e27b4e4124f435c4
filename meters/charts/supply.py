"""Voltage and current over time: each phase as it was, and the strip of the last day."""

import pandas as pd

from meters.charts.frame import Band, allowed, time_frame
from twin_project.kit.figures import Figure, Window, line, missing_spans, missing_trace
from twin_project.kit.theme import MEASURED
from twin_project.kit.time_axis import clock_trace

_PHASE_COLOURS = ("@measured", "#56b4e9", "#e69f00")


def voltage_figure(
    phases: dict[str, pd.Series],
    band: Band | None,
    window: Window,
    *,
    quantity: str = "voltage",
    unit: str = "V",
) -> Figure:
    """The voltage (or current) of each phase, the allowed band shaded and what lies outside it marked with a ring."""
    traces: list[Figure] = []
    for colour, (name, voltage) in zip(_PHASE_COLOURS, phases.items(), strict=False):
        style = {**MEASURED, "color": colour, "width": 1.4}
        trace = line(voltage, start=window.start, step=window.step, name=name, unit=unit, line=style, digits=1)
        traces.append(trace)
        if band is not None:
            outside = voltage[(voltage < band.low_v) | (voltage > band.high_v)]
            if len(outside):
                traces.append(_outside(outside, f"{name}, out of band", window))
    whole = pd.concat(list(phases.values())).sort_index() if phases else pd.Series(dtype=float)
    gaps = missing_trace(missing_spans(whole.groupby(level=0).mean(), window.step), start=window.start)
    clock = clock_trace(pd.DatetimeIndex(whole.index.unique()), float(whole.mean() or 0), start=window.start)
    layout = time_frame(window, title=f"{quantity.capitalize()}, {unit}", unit=unit, legend=len(traces) + len(gaps) > 1)
    if band is not None:
        layout["shapes"] = [allowed(band)]
        layout["yaxis"] |= {"range": _range(whole, band)}
    return {"data": [clock, *gaps, *traces], "layout": layout}


def grid_sparkline(values: pd.Series, band: Band | None, window: Window, *, unit: str = "V") -> Figure:
    """The last day of one quantity in a strip without axes, its allowed band behind it."""
    style = {**MEASURED, "width": 1.5}
    trace = line(values, start=window.start, step=window.step, name="", unit=unit, line=style, digits=1)
    gaps = missing_trace(missing_spans(values, window.step), start=window.start)
    middle = float(values.mean()) if values.notna().any() else 0.0
    clock = clock_trace(pd.DatetimeIndex(values.index), middle, start=window.start)
    title = f"{'Voltage' if unit == 'V' else 'Mean power'} of the last 24 hours, {unit}"
    layout = time_frame(window, title=title, unit=unit)
    layout["yaxis"] |= {"showgrid": False, "nticks": 3, "title": None}
    layout |= {"showlegend": False, "margin": {"l": 4, "r": 4, "t": 4, "b": 4}}
    if band is not None and _near(values, band):
        layout["shapes"] = [allowed(band)]
    return {"data": [clock, *gaps, trace], "layout": layout}


def _outside(values: pd.Series, name: str, window: Window) -> Figure:
    trace = line(values, start=window.start, step=window.end - window.start, name=name, unit="V", digits=1)
    return {**trace, "mode": "markers", "marker": {"symbol": "circle-open", "size": 7, "color": "@bad"}}


def _range(values: pd.Series, band: Band) -> list[float]:
    """Room for the readings and the nearer edge of the band, never so narrow that noise looks like weather."""
    low, high = (float(values.min()), float(values.max())) if values.notna().any() else (band.low_v, band.high_v)
    pad = (band.high_v - band.low_v) * 0.08
    return [min(low, band.low_v) - pad, max(high, band.high_v) + pad]


def _near(values: pd.Series, band: Band) -> bool:
    return bool(((values < band.low_v) | (values > band.high_v)).any())
