"""What the pages ask about forecasts: runs, how they turned out, who is in charge and why."""

from forecasting.domain.ladder import NAIVE
from forecasting.selectors.archive import (
    is_stale,
    latest_run,
    latest_trained,
    past_runs,
    peak_of,
    quantiles_of,
    quantiles_of_runs,
    title_of,
    trained_forecasters,
)
from forecasting.selectors.backtests import backtest_points, backtests_of, get_backtest
from forecasting.selectors.board import ENOUGH_POINTS, Accuracy, Duel, accuracy, duel, rolling_error
from forecasting.selectors.care import care_of, days_of_readings, decisions_of, in_charge, ladder
from forecasting.selectors.points import archive_points

__all__ = [
    "ENOUGH_POINTS",
    "NAIVE",
    "Accuracy",
    "Duel",
    "accuracy",
    "archive_points",
    "backtest_points",
    "backtests_of",
    "care_of",
    "days_of_readings",
    "decisions_of",
    "duel",
    "get_backtest",
    "in_charge",
    "is_stale",
    "ladder",
    "latest_run",
    "latest_trained",
    "past_runs",
    "peak_of",
    "quantiles_of",
    "quantiles_of_runs",
    "rolling_error",
    "title_of",
    "trained_forecasters",
]
