"""Figures of what a meter measured: series in, plain Plotly figures out."""

from meters.charts.frame import Band
from meters.charts.load import load_figure, overview_strip
from meters.charts.pairs import compare_figure, response_figure
from meters.charts.quality import calendar_figure
from meters.charts.shapes import brightest, duration_figure, heatmap_figure, week_figure
from meters.charts.spread import histogram_figure, outside_figure, spread_figure
from meters.charts.supply import grid_sparkline, voltage_figure

__all__ = [
    "Band",
    "brightest",
    "calendar_figure",
    "compare_figure",
    "duration_figure",
    "grid_sparkline",
    "heatmap_figure",
    "histogram_figure",
    "load_figure",
    "outside_figure",
    "overview_strip",
    "response_figure",
    "spread_figure",
    "voltage_figure",
    "week_figure",
]
