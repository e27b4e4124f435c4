"""Figures of forecasts: series and quantiles in, plain Plotly figures out."""

from forecasting.charts.errors import calibration_figure, hours_figure, lead_figure, temperature_figure
from forecasting.charts.fan import bands, cover, day_strip, forecast_figure
from forecasting.charts.twin import residual_figure

__all__ = [
    "bands",
    "calibration_figure",
    "cover",
    "day_strip",
    "forecast_figure",
    "hours_figure",
    "lead_figure",
    "residual_figure",
    "temperature_figure",
]
