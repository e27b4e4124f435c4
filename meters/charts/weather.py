"""The temperature at a site: what was observed, and the newest forecast of it."""

import pandas as pd

from meters.charts.frame import time_frame
from twin_project.kit.figures import Figure, Window, line
from twin_project.kit.theme import MEASURED, TWIN
from twin_project.kit.time_axis import clock_trace, marker_line


def temperature_figure(observed_c: "pd.Series[float]", ahead_c: "pd.Series[float]", window: Window) -> Figure:
    """Observed as a solid line, forecast dashed in the twin's colour, `now` where the second begins."""
    traces = [
        line(series, start=window.start, step=window.step, name=name, unit="°C", digits=1, line=style)
        for name, series, style in (("observed", observed_c, MEASURED), ("forecast", ahead_c, TWIN))
        if series.notna().any()
    ]
    index = pd.DatetimeIndex(observed_c.index.append(ahead_c.index))
    level = float(pd.concat([observed_c, ahead_c]).min()) if len(index) else 0.0
    layout = time_frame(window, title="Temperature, °C", unit="°C", legend=len(traces) > 1)
    if len(ahead_c):
        shape, note = marker_line(ahead_c.index[0].to_pydatetime(), "forecast", start=window.start)
        layout |= {"shapes": [shape], "annotations": [note]}
    return {"data": [clock_trace(index, level, start=window.start), *traces], "layout": layout}
