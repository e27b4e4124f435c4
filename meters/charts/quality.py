"""How complete each day of a year is, as a calendar."""

from datetime import date, timedelta

import numpy as np
import pandas as pd

from meters.charts.frame import plain_frame
from twin_project.kit.figures import Figure, encode

# Whole days are pale, so that the eye falls on what is missing; told apart by lightness alone.
_SCALE = [[0, "@measured"], [0.5, "@muted"], [0.97, "@missing"], [1, "@hairline"]]
_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


def calendar_figure(days: pd.DataFrame, *, day_address: str) -> Figure:
    """Weeks by weekdays, darker where less was measured; an open diamond marks a day with readings in quarantine.

    `days`: an index of dates; `completeness`, `estimated_share` and `suspect_share` 0 to 1, NaN where no day is
    expected. `day_address` and a date open that day.
    """
    dates = [stamp.date() for stamp in pd.DatetimeIndex(days.index)]
    monday = dates[0] - timedelta(days=dates[0].weekday())
    week = np.array([(day - monday).days // 7 for day in dates])
    weekday = np.array([day.weekday() for day in dates])
    weeks = int(week.max()) + 1
    z = np.full((7, weeks), np.nan)
    z[weekday, week] = days["completeness"].to_numpy(dtype=float) * 100
    about: list[list[list[object]]] = [[["", 0, 0]] * weeks for _ in range(7)]
    shares = days[["estimated_share", "suspect_share"]].fillna(0.0).to_numpy(dtype=float) * 100
    for day, column, row, (estimated, suspect) in zip(dates, week, weekday, shares, strict=True):
        about[row][column] = [day.isoformat(), round(estimated, 1), round(suspect, 1)]
    cells = {
        "type": "heatmap",
        "name": "",
        "z": {**encode(z.ravel()), "shape": f"7, {weeks}"},
        "customdata": about,
        "zmin": 0,
        "zmax": 100,
        "xgap": 1.5,
        "ygap": 1.5,
        "colorscale": _SCALE,
        "hoverongaps": False,
        "colorbar": _bar(),
        "hovertemplate": "%{customdata[0]}: %{z:.1f}\u2009% complete<br>%{customdata[1]}\u2009% estimated, "
        "%{customdata[2]}\u2009% in quarantine<extra></extra>",
    }
    doubted = shares[:, 1] > 0
    marks = {
        "type": "scatter",
        "mode": "markers",
        "name": "in quarantine",
        "x": encode(week[doubted]),
        "y": encode(weekday[doubted]),
        "marker": {"symbol": "diamond-open", "size": 8, "color": "@bad", "line": {"width": 2}},
        "hoverinfo": "skip",
    }
    firsts = [date(dates[0].year, month, 1) for month in range(1, 13)]
    at = [(day - monday).days // 7 for day in firsts]
    x = {
        "tickmode": "array",
        "tickvals": at,
        "ticktext": [f"{day:%b}" for day in firsts],
        "showline": False,
        "ticks": "",
    }
    y = {
        "range": [6.5, -0.5],
        "tickmode": "array",
        "tickvals": list(range(7)),
        "ticktext": list(_DAYS),
        "showgrid": False,
    }
    layout = plain_frame(title=f"Completeness of each day of {dates[0].year}", x=x, y=y)
    layout["meta"]["day_address"] = day_address
    return {"data": [cells, *([marks] if doubted.any() else [])], "layout": {**layout, "hovermode": "closest"}}


def _bar() -> Figure:
    font = {"color": "@muted", "size": 11}
    bare = {"thickness": 10, "outlinewidth": 0, "len": 1, "ticklen": 0, "xpad": 6}
    return {**bare, "tickvals": [0, 50, 100], "ticksuffix": "\u2009%", "tickfont": font}
