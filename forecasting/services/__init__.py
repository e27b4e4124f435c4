"""What can be done with forecasters: train, issue, score."""

from forecasting.services.artifacts import CorruptArtifact, open_trained
from forecasting.services.inputs import Inputs, NoReadings, inputs_of
from forecasting.services.issuing import issue_forecast, issue_forecasts
from forecasting.services.rehearsing import rehearse
from forecasting.services.scoring import score_runs
from forecasting.services.training import train_forecaster

__all__ = [
    "CorruptArtifact",
    "Inputs",
    "NoReadings",
    "inputs_of",
    "issue_forecast",
    "issue_forecasts",
    "open_trained",
    "rehearse",
    "score_runs",
    "train_forecaster",
]
