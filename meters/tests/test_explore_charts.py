"""The figures of Explore and Quality, checked by plotly's own validators."""

import base64
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
import plotly.graph_objects as go
import pytest

from meters.charts import (
    Band,
    brightest,
    calendar_figure,
    compare_figure,
    duration_figure,
    heatmap_figure,
    histogram_figure,
    load_figure,
    outside_figure,
    overview_strip,
    response_figure,
    spread_figure,
    week_figure,
)
from meters.domain.duration import load_duration
from meters.domain.profiles import hour_by_day, typical_week
from meters.domain.response import binned, load_by_temperature
from meters.domain.spread import extremes, histogram, minutes_by_day, outside, spread
from twin_project.kit.figures import Figure, Window, decode
from twin_project.kit.theme import paint
from twin_project.kit.time_axis import zoomable

ZONE = ZoneInfo("Europe/Paris")
START, END = datetime(2026, 10, 11, 22, tzinfo=UTC), datetime(2026, 11, 1, 23, tzinfo=UTC)
WINDOW = Window(START, END, ZONE, timedelta(minutes=15))
BAND = Band(207, 253)


@pytest.fixture
def power() -> "pd.Series[float]":
    index = pd.date_range(START, END, freq="15min", inclusive="left")
    values = pd.Series(2 + np.sin(np.arange(len(index)) / 15), index=index)
    values.iloc[300:500] = np.nan
    return values


def accept(figure: Figure) -> None:
    for mode in ("light", "dark"):
        painted = paint(figure, mode)
        go.Figure({key: painted[key] for key in ("data", "layout")})


def trace(figure: Figure, name: str) -> Figure:
    return next(one for one in figure["data"] if one["name"] == name)


def test_plotly_accepts_every_figure_in_both_themes(power: "pd.Series[float]") -> None:
    phases = pd.DataFrame({"voltage": power * 20 + 190})
    weather = pd.Series(10.0, index=power.index[::4]) + np.arange(len(power) // 4) / 50
    grid = hour_by_day(power, first=date(2026, 10, 12), after=date(2026, 11, 2), zone=ZONE)
    points = load_by_temperature(power, weather, rule="h")
    found, levels = load_duration(power), histogram(phases)
    assert found is not None
    assert levels is not None
    out = outside(phases, low=207, high=253)
    days = pd.DataFrame(
        {"completeness": 1.0, "estimated_share": 0.1, "suspect_share": [0.0] * 364 + [0.5]},
        index=pd.date_range("2026-01-01", "2026-12-31"),
    )
    for figure in (
        load_figure(power, WINDOW, temperature_c=weather, suspect=pd.Series([9e6], index=[power.index[310]])),
        zoomable(load_figure(power, WINDOW, estimated=pd.DatetimeIndex(power.index[40:50])), "/there", WINDOW),
        overview_strip(power, WINDOW),
        heatmap_figure(grid, day_address="?date="),
        week_figure(typical_week(power, ZONE)),
        duration_figure(found),
        compare_figure(pd.Series([1.0, 2.0]), pd.Series([1.0]), names=("a", "b"), labels=["x", "y"], bars=True),
        compare_figure(pd.Series([1.0, 2.0]), pd.Series([1.0]), names=("a", "b"), labels=["x", "y"], bars=False),
        response_figure(points, binned(points), each="hour"),
        spread_figure(spread(extremes(phases), zone=ZONE, rule="D"), BAND, WINDOW, quantity="voltage", unit="V"),
        histogram_figure(levels, BAND, quantity="voltage", unit="V"),
        outside_figure(minutes_by_day(out, step=WINDOW.step, zone=ZONE), WINDOW),
        calendar_figure(days, day_address="?date="),
    ):
        accept(figure)
        assert figure["layout"]["meta"]["title"]


def test_estimated_is_dotted_and_touches_its_neighbours_while_measured_leaves_it_out(power: "pd.Series[float]") -> None:
    few = power.iloc[:1000]
    figure = load_figure(few, WINDOW, estimated=pd.DatetimeIndex(few.index[40:50]))
    dotted, solid = trace(figure, "estimated"), trace(figure, "measured")
    assert dotted["line"]["dash"] == "2px,3px"
    assert np.count_nonzero(~np.isnan(decode(dotted["y"]))) == 12
    assert np.isnan(decode(solid["y"])[40:50]).all()


def test_a_reading_in_quarantine_is_hollow_and_does_not_flatten_the_line(power: "pd.Series[float]") -> None:
    suspect = pd.Series([24_000.0, 2.5], index=power.index[[310, 320]])
    marks = trace(load_figure(power, WINDOW, suspect=suspect), "quarantined")
    assert marks["marker"]["symbol"] == ["triangle-up-open", "diamond-open"]
    assert decode(marks["y"]).max() < 4
    assert marks["customdata"] == [24_000.0, 2.5]


def test_a_second_axis_stands_only_where_there_is_weather(power: "pd.Series[float]") -> None:
    nothing = pd.Series(dtype=float, index=pd.DatetimeIndex([], tz="UTC"))
    assert "yaxis3" not in load_figure(power, WINDOW, temperature_c=nothing)["layout"]
    weather = pd.Series(10.0, index=power.index[::4])
    assert "yaxis3" in load_figure(power, WINDOW, temperature_c=weather)["layout"]


def test_the_heatmap_is_hours_by_days_in_cividis_and_one_spike_does_not_set_its_scale(
    power: "pd.Series[float]",
) -> None:
    power.iloc[0:4] = 1000
    grid = hour_by_day(power, first=date(2026, 10, 12), after=date(2026, 11, 2), zone=ZONE)
    cells = heatmap_figure(grid, day_address="?date=")["data"][0]
    assert cells["z"]["shape"] == "24, 21"
    assert len(base64.b64decode(cells["z"]["bdata"])) == 24 * 21 * 4
    assert cells["colorscale"] == "Cividis"
    assert brightest(grid) == cells["zmax"] < 10


def test_a_tint_never_spans_what_was_not_measured() -> None:
    index = pd.date_range("2026-06-01", periods=10, freq="h", tz="UTC")
    lines = pd.DataFrame({"low": 1.0, "mean": 2.0, "high": 3.0}, index=index)
    lines.iloc[4:6] = np.nan
    window = Window(index[0].to_pydatetime(), index[-1].to_pydatetime(), ZONE, timedelta(hours=1))
    x = decode(trace(spread_figure(lines, None, window, quantity="current", unit="A"), "")["x"])
    assert np.count_nonzero(np.isnan(x)) == 2
    assert not ((x > 3 * 60) & (x < 6 * 60)).any()


def test_bars_outside_the_band_are_hatched_as_a_second_cue() -> None:
    levels = histogram(pd.DataFrame({"voltage": np.linspace(200, 260, 400)}))
    assert levels is not None
    bars = histogram_figure(levels, BAND, quantity="voltage", unit="V")["data"][0]
    shapes, colours = bars["marker"]["pattern"]["shape"], bars["marker"]["color"]
    assert [shape == "/" for shape in shapes] == [colour == "@bad" for colour in colours]
    assert shapes[0] == shapes[-1] == "/"
    assert shapes[20] == ""


def test_the_calendar_puts_each_day_under_its_weekday_and_marks_quarantine() -> None:
    days = pd.DataFrame(
        {"completeness": np.nan, "estimated_share": 0.0, "suspect_share": 0.0},
        index=pd.date_range("2026-01-01", "2026-12-31"),
    )
    days.loc["2026-03-29", ["completeness", "suspect_share"]] = [0.5, 0.1]
    figure = calendar_figure(days, day_address="?date=")
    z = decode(figure["data"][0]["z"]).reshape(7, -1)
    assert z[6, 12] == 50
    assert np.count_nonzero(~np.isnan(z)) == 1
    assert (decode(figure["data"][1]["x"])[0], decode(figure["data"][1]["y"])[0]) == (12, 6)
