"""The load curve: measured, estimated, quarantined and missing each in its own look, and the temperature beside it."""

from datetime import timedelta

import pandas as pd

from meters.charts.frame import SECOND, time_frame
from twin_project.kit.figures import Figure, Window, line, missing_spans, missing_trace
from twin_project.kit.theme import MEASURED
from twin_project.kit.time_axis import clock_trace

_ESTIMATED = {"color": "@measured", "width": 1.8, "dash": "2px,3px"}
_LONG = timedelta(days=31)
_HOLLOW = {"size": 9, "color": "@bad", "line": {"width": 1.6}}
_STRIP_MARGIN = {"l": 8, "r": 10, "t": 2, "b": 2}


def load_figure(
    power_kw: pd.Series,
    window: Window,
    *,
    title: str = "Mean power, kW",
    estimated: pd.DatetimeIndex | None = None,
    suspect: "pd.Series[float] | None" = None,
    temperature_c: "pd.Series[float] | None" = None,
) -> Figure:
    """Mean power of each interval as a solid ink line; estimated dotted, quarantined hollow, missing hatched.

    `suspect` readings are not in `power_kw`; they stand beside the line at the height that they claim.
    """
    style = {**MEASURED, "width": 1.1} if window.end - window.start > _LONG else MEASURED
    whole = line(power_kw, start=window.start, step=window.step, name="measured", unit="kW", line=style)
    traces = [whole]
    if estimated is not None and len(estimated):
        traces = _parted(power_kw, estimated, window, style)
    if suspect is not None and suspect.notna().any():
        traces.append(_quarantined(suspect.dropna(), window, _top(power_kw)))
    gaps = missing_trace(missing_spans(power_kw, window.step), start=window.start)
    clock = clock_trace(pd.DatetimeIndex(power_kw.index), 0, start=window.start, beside=whole)
    has_weather = temperature_c is not None and bool(temperature_c.notna().any())
    legend = bool(gaps) or len(traces) > 1 or has_weather
    layout = time_frame(window, title=title, unit="kW", legend=legend)
    layout["yaxis"] |= {"rangemode": "tozero"}
    if temperature_c is not None and has_weather:
        layout |= _weather_axis()
        traces.insert(0, _weather(temperature_c, window))
    return {"data": [clock, *gaps, *traces], "layout": layout}


def overview_strip(power_kw: pd.Series, window: Window) -> Figure:
    """The whole period in a strip, to drag over: the script shows in it which part the curve above has."""
    style = {"color": "@muted", "width": 1}
    trace = line(power_kw, start=window.start, step=window.step, name="", unit="kW", line=style)
    layout = time_frame(window, title="The whole period; drag over a part to see it above", unit="kW", legend=False)
    layout["yaxis"] = {"visible": False, "rangemode": "tozero", "fixedrange": True}
    layout["xaxis"] |= {"showticklabels": False, "ticks": "", "fixedrange": False, "showline": False}
    trace |= {"hoverinfo": "skip", "fill": "tozeroy", "fillcolor": "rgba(100,116,139,0.16)"}
    trace.pop("hovertemplate")
    return {"data": [trace], "layout": {**layout, "dragmode": "zoom", "hovermode": False, "margin": _STRIP_MARGIN}}


def _parted(power_kw: pd.Series, estimated: pd.DatetimeIndex, window: Window, style: Figure) -> list[Figure]:
    """Measured and estimated apart; the dotted line starts and ends on its measured neighbours."""
    guessed = pd.Series(power_kw.index.isin(estimated), index=power_kw.index)
    reach = guessed | guessed.shift(1, fill_value=False) | guessed.shift(-1, fill_value=False)
    place: Figure = {"start": window.start, "step": window.step, "unit": "kW"}
    solid = line(power_kw.mask(guessed), name="measured", line=style, **place)
    dotted = line(power_kw.where(reach), name="estimated", line=_ESTIMATED, **place)
    return [solid, {**dotted, "hoverinfo": "skip", "hovertemplate": None}]


def _top(power_kw: pd.Series) -> float:
    """How high a quarantined reading is drawn at most: 24 MW between 2 kW must not flatten what was measured."""
    return float(power_kw.max()) * 1.2 if power_kw.notna().any() else float("inf")


def _quarantined(suspect: "pd.Series[float]", window: Window, top: float) -> Figure:
    """Hollow diamonds at what the readings claim; at the top edge, pointing up, where they claim too much."""
    length = window.end - window.start
    trace = line(suspect.clip(upper=top), start=window.start, step=length, name="quarantined", unit="kW")
    claimed = suspect.to_numpy(dtype=float)
    symbols = ["triangle-up-open" if value > top else "diamond-open" for value in claimed]
    hover = "quarantined, claims %{customdata:.2f}\u2009kW<extra></extra>"
    marker = {**_HOLLOW, "symbol": symbols}
    return {**trace, "mode": "markers", "marker": marker, "customdata": claimed.tolist(), "hovertemplate": hover}


def _weather(temperature_c: "pd.Series[float]", window: Window) -> Figure:
    known = temperature_c.dropna()
    name, step = "temperature", timedelta(hours=3)  # observations may be sparse; a longer hole is one
    if window.end - window.start > _LONG:
        known = known.tz_convert(window.zone).resample("D").mean().tz_convert("UTC")
        known.index += pd.Timedelta(hours=12)
        name, step = "temperature, daily mean", timedelta(hours=25)
    style = {"color": SECOND, "width": 1.5}
    trace = line(known, start=window.start, step=step, name=name, unit="°C", line=style, digits=1)
    return {**trace, "yaxis": "y3", "opacity": 0.85}


def _weather_axis() -> Figure:
    title = {"text": "°C", "font": {"color": "@muted", "size": 12}, "standoff": 8}
    font = {"color": "@muted", "size": 11}
    return {
        "yaxis3": {
            "overlaying": "y",
            "side": "right",
            "showgrid": False,
            "zeroline": False,
            "fixedrange": True,
            "automargin": True,
            "tickmode": "auto",
            "nticks": 6,
            "title": title,
            "tickfont": font,
        }
    }
