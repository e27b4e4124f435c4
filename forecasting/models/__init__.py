"""Rows of the forecaster: the archive, who is in charge and why, and backtests."""

from forecasting.models.archive import QUANTILE_FIELDS, ForecastPoint, ForecastRun, ForecastScore, TrainedForecaster
from forecasting.models.backtests import Backtest, BacktestFold
from forecasting.models.care import Decision, ForecastCare

__all__ = [
    "QUANTILE_FIELDS",
    "Backtest",
    "BacktestFold",
    "Decision",
    "ForecastCare",
    "ForecastPoint",
    "ForecastRun",
    "ForecastScore",
    "TrainedForecaster",
]
