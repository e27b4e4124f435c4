"""The fan: bands, frozen past runs, gaps; checked by plotly's own validators."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
import plotly.graph_objects as go
import pytest

from forecasting.charts import bands, cover, day_strip, forecast_figure
from forecasting.domain.quantiles import QUANTILES
from twin_project.kit.figures import Figure, Window, decode
from twin_project.kit.theme import paint

STEP = timedelta(minutes=15)
START = datetime(2026, 11, 16, 23, tzinfo=UTC)
NOW = START + timedelta(days=2)
WINDOW = Window(START, START + timedelta(days=4), ZoneInfo("Europe/Paris"), STEP)


def run(start: datetime, hours: int = 48) -> pd.DataFrame:
    index = pd.date_range(start, periods=hours * 4, freq=STEP)
    wave = 2 + np.sin(np.arange(len(index)) / 15)
    return pd.DataFrame({level: wave * (0.5 + level) for level in QUANTILES}, index=index)


@pytest.fixture
def history() -> pd.Series:
    index = pd.date_range(START, NOW, freq=STEP, inclusive="left")
    values = pd.Series(2.0, index=index)
    values.iloc[10:20] = np.nan
    return values


def trace(figure: Figure, name: str) -> Figure:
    return next(one for one in figure["data"] if one["name"] == name)


def test_plotly_accepts_the_fan_and_the_strip_in_both_themes(history: pd.Series) -> None:
    fan = forecast_figure(history, run(NOW), window=WINDOW, now=NOW, past=[run(START, 24)])
    strip = day_strip(run(NOW, 24), window=Window(NOW, NOW + timedelta(days=1), WINDOW.zone, STEP))
    for figure in (fan, strip):
        go.Figure(paint(figure, "light"))
        go.Figure(paint(figure, "dark"))


def test_the_twin_is_dashed_sky_over_two_tints_and_the_history_solid_ink(history: pd.Series) -> None:
    figure = forecast_figure(history, run(NOW), window=WINDOW, now=NOW)
    assert trace(figure, "twin")["line"] == {"color": "@twin", "width": 1.8, "dash": "6px,4px"}
    assert trace(figure, "measured")["line"]["dash"] == "solid"
    tints = [one["fillcolor"] for one in figure["data"] if one.get("fill") == "toself" and "cases" in one["name"]]
    assert tints == ["@band-outer", "@band-inner"]


def test_the_bands_are_those_nearest_to_80_and_45_per_cent() -> None:
    assert [cover(pair) for pair in bands(QUANTILES)] == ["80\u2009%", "40\u2009%"]
    assert bands([0.1, 0.5, 0.9]) == [(0.1, 0.9)]
    assert bands([0.5]) == []


def test_past_runs_are_drawn_as_they_were_issued_in_dots_with_one_entry_in_the_legend(history: pd.Series) -> None:
    past = [run(START, 24), run(START + timedelta(days=1), 24)]
    figure = forecast_figure(history, run(NOW), window=WINDOW, now=NOW, past=past)
    dotted = [one for one in figure["data"] if one["name"] == "past forecasts"]
    assert [one["showlegend"] for one in dotted] == [True, False]
    assert decode(dotted[0]["y"])[:3] == pytest.approx(past[0][0.5].iloc[:3].to_numpy(), rel=1e-6)


def test_a_run_is_cut_to_the_days_shown(history: pd.Series) -> None:
    short = Window(START, NOW + timedelta(hours=6), WINDOW.zone, STEP)
    figure = forecast_figure(history, run(NOW), window=short, now=NOW)
    assert decode(trace(figure, "twin")["x"]).max() < (short.end - short.start).total_seconds() / 60


def test_now_and_the_end_of_the_data_are_marked_only_where_they_differ(history: pd.Series) -> None:
    late = forecast_figure(history, None, window=WINDOW, now=NOW, data_through=NOW - timedelta(hours=30))
    assert [note["text"] for note in late["layout"]["annotations"]] == ["now", "data through"]
    fresh = forecast_figure(history, None, window=WINDOW, now=NOW, data_through=NOW)
    assert [note["text"] for note in fresh["layout"]["annotations"]] == ["now"]


def test_missing_readings_are_hatched_even_under_a_forecast(history: pd.Series) -> None:
    figure = forecast_figure(history, run(NOW), window=WINDOW, now=NOW)
    assert decode(trace(figure, "missing")["x"])[:4].tolist() == [150, 150, 300, 300]


def test_a_long_run_is_drawn_in_buckets_whose_band_is_as_wide_as_its_widest_step(history: pd.Series) -> None:
    long = run(START, 24 * 30)
    wide = Window(START, START + timedelta(days=30), WINDOW.zone, STEP)
    figure = forecast_figure(history, long, window=wide, now=NOW)
    band = decode(trace(figure, "80\u2009% of cases")["y"])
    assert len(band) <= 1500
    assert band.max() == pytest.approx(long[0.9].max(), rel=1e-6)
    assert band.min() == pytest.approx(long[0.1].min(), rel=1e-6)


def test_without_any_reading_or_run_there_is_an_empty_figure_and_no_error() -> None:
    empty = pd.Series(dtype=float, index=pd.DatetimeIndex([], tz="UTC"))
    figure = forecast_figure(empty, None, window=WINDOW, now=NOW)
    assert figure["layout"]["meta"]["zone"] == "Europe/Paris"
