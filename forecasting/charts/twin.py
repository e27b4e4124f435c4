"""Reality less the twin: what the forecast did not know."""

import numpy as np
import pandas as pd

from twin_project.kit.figures import Figure, Window, encode, line, minutes
from twin_project.kit.time_axis import clock_trace, time_layout

_LINE = {"color": "@measured", "width": 1.4}


def residual_figure(actual: "pd.Series[float]", forecast: pd.DataFrame, *, window: Window) -> Figure:
    """Measured less the median, over the 80 % band laid flat; what leaves the band is what the twin did not expect.

    Both by UTC interval start; `forecast` has the columns 0.1, 0.5, 0.9, one row an interval.
    """
    both = forecast[[0.1, 0.5, 0.9]].join(actual.rename("actual"), how="left").sort_index()
    index = pd.DatetimeIndex(both.index)
    place: Figure = {"start": window.start, "step": window.step, "unit": "kW"}
    x = minutes(index, window.start)
    low, high = (both[level] - both[0.5] for level in (0.1, 0.9))
    band = {
        "type": "scatter",
        "mode": "lines",
        "name": "80\u2009% of cases",
        "x": encode(np.concatenate([x, x[::-1]])),
        "y": encode(np.concatenate([high.to_numpy(), low.to_numpy()[::-1]])),
        "fill": "toself",
        "fillcolor": "@band-outer",
        "line": {"width": 0, "color": "@band-outer"},
        "hoverinfo": "skip",
    }
    residual = line(both["actual"] - both[0.5], name="measured less twin", line=_LINE, **place)
    layout = time_layout(window.start, window.end, window.zone, showlegend=True)
    layout["meta"]["title"] = "Measured less the twin’s median, kW"
    layout["yaxis"] = {"title": {"text": "kW"}, "zeroline": True, "zerolinecolor": "@twin", "zerolinewidth": 1}
    layout["xaxis"]["unifiedhovertitle"] = {"text": "Measured less twin, kW"}
    return {"data": [clock_trace(index, 0, start=window.start), band, residual], "layout": layout}
