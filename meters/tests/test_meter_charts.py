"""Figures of readings, checked by plotly's own validators."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
import plotly.graph_objects as go
import pytest

from meters.charts import Band, grid_sparkline, load_figure, voltage_figure
from twin_project.kit.figures import Figure, Window, decode
from twin_project.kit.theme import paint

STEP = timedelta(minutes=15)
START = datetime(2026, 10, 24, 22, tzinfo=UTC)
WINDOW = Window(START, START + timedelta(hours=25), ZoneInfo("Europe/Paris"), STEP)
BAND = Band(207, 253)


@pytest.fixture
def voltage() -> pd.Series:
    index = pd.date_range(WINDOW.start, WINDOW.end, freq=STEP, inclusive="left")
    values = pd.Series(230 + np.sin(np.arange(len(index)) / 9) * 8, index=index)
    values.iloc[20:30] = np.nan
    values.iloc[[50, 51]] = [256.0, 201.5]
    return values


def names(figure: Figure) -> list[str]:
    return [trace["name"] for trace in figure["data"]]


def trace(figure: Figure, name: str) -> Figure:
    return next(one for one in figure["data"] if one["name"] == name)


def test_plotly_accepts_every_figure_in_both_themes(voltage: pd.Series) -> None:
    for figure in (
        load_figure(voltage / 100, WINDOW),
        voltage_figure({"voltage": voltage}, BAND, WINDOW),
        grid_sparkline(voltage, BAND, WINDOW),
    ):
        go.Figure(paint(figure, "light"))
        go.Figure(paint(figure, "dark"))


def test_what_was_measured_is_a_solid_ink_line_and_what_is_missing_is_hatched(voltage: pd.Series) -> None:
    figure = load_figure(voltage, WINDOW)
    assert trace(figure, "measured")["line"] == {"color": "@measured", "width": 1.8, "dash": "solid"}
    assert trace(figure, "missing")["fillpattern"]["shape"] == "/"
    assert decode(trace(figure, "missing")["x"])[:4].tolist() == [300, 300, 450, 450]
    assert trace(figure, "measured")["connectgaps"] is False


def test_a_whole_series_has_no_hatching(voltage: pd.Series) -> None:
    assert "missing" not in names(load_figure(voltage.fillna(230), WINDOW))


def test_voltages_outside_the_band_carry_a_ring_as_a_second_cue(voltage: pd.Series) -> None:
    figure = voltage_figure({"L1": voltage}, BAND, WINDOW)
    rings = trace(figure, "L1, out of band")
    assert decode(rings["y"]).tolist() == [256.0, 201.5]
    assert rings["marker"]["symbol"] == "circle-open"
    assert (figure["layout"]["shapes"][0]["y0"], figure["layout"]["shapes"][0]["y1"]) == (207, 253)


def test_three_phases_have_three_lines_of_three_colours(voltage: pd.Series) -> None:
    figure = voltage_figure({f"L{i}": voltage + i for i in (1, 2, 3)}, None, WINDOW)
    lines = [one for one in figure["data"] if one["name"] in ("L1", "L2", "L3")]
    assert len({one["line"]["color"] for one in lines}) == 3


def test_the_x_of_a_figure_is_minutes_so_the_repeated_hour_does_not_run_back(voltage: pd.Series) -> None:
    x = decode(trace(load_figure(voltage, WINDOW), "measured")["x"])
    assert (np.diff(x) > 0).all()
    assert x[-1] == 25 * 60 - 15


def test_a_year_of_quarter_hours_is_at_most_two_thousand_points() -> None:
    index = pd.date_range(START, periods=35_040, freq=STEP)
    window = Window(START, START + timedelta(days=365), WINDOW.zone, STEP)
    figure = load_figure(pd.Series(1.0, index=index), window)
    assert max(len(decode(one["x"])) for one in figure["data"]) <= 2000


def test_nothing_measured_still_gives_a_figure_with_its_title() -> None:
    empty = pd.Series(dtype=float, index=pd.DatetimeIndex([], tz="UTC"))
    assert load_figure(empty, WINDOW)["layout"]["meta"]["title"] == "Mean power, kW"
    voltage_figure({"voltage": empty}, BAND, WINDOW)
