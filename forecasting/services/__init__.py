"""What can be done with forecasters: train, issue, score, put in charge, watch, backtest."""

from forecasting.services.artifacts import CorruptArtifact, open_trained
from forecasting.services.backtesting import BadBacktest, ask_backtest, run_backtest
from forecasting.services.care import CannotServe, ensure_care, promote, restore, retire, set_rules, settle
from forecasting.services.drift import (
    due_trainings,
    enqueue_due_trainings,
    plan_training,
    training_is_planned,
    watch_drift,
)
from forecasting.services.fleet import FleetReport, issue_fleet
from forecasting.services.guarding import ForecasterFailed
from forecasting.services.inputs import Inputs, NoReadings, inputs_of
from forecasting.services.issuing import Issued, NotTrained, issue_forecast, issue_forecasts, keys_at_ingest
from forecasting.services.scoring import score_runs
from forecasting.services.training import train_forecaster

__all__ = [
    "BadBacktest",
    "CannotServe",
    "CorruptArtifact",
    "FleetReport",
    "ForecasterFailed",
    "Inputs",
    "Issued",
    "NoReadings",
    "NotTrained",
    "ask_backtest",
    "due_trainings",
    "enqueue_due_trainings",
    "ensure_care",
    "inputs_of",
    "issue_fleet",
    "issue_forecast",
    "issue_forecasts",
    "keys_at_ingest",
    "open_trained",
    "plan_training",
    "promote",
    "restore",
    "retire",
    "run_backtest",
    "score_runs",
    "set_rules",
    "settle",
    "train_forecaster",
    "training_is_planned",
    "watch_drift",
]
