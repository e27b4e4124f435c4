"""The ladder: which forecaster may serve a meter, by the days it has and by how its trial went. Pure."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

NAIVE, RIVAL = "seasonal_naive", "persistence_ensemble"
BASELINES = (RIVAL, NAIVE)  # they serve without a trial, the better one first
TRIAL_DAYS, LEAST_TRIAL_DAYS = 28, 7

State = Literal["serves", "ready", "waits", "untrained", "untried", "loses", "retired", "broken"]


@dataclass(frozen=True)
class Trial:
    """How a forecaster did on the last days, not having seen them, beside its rival on the same intervals."""

    days: int
    points_n: int
    mae_kw: float
    pinball_kw: float
    rival_mae_kw: float
    rival_pinball_kw: float

    @property
    def ratio(self) -> float:
        """Its error over that of the rival; below 1 it is better."""
        return self.mae_kw / self.rival_mae_kw if self.rival_mae_kw > 0 else 1.0


@dataclass(frozen=True)
class Rung:
    """One forecaster on one meter, and why it serves or does not, as a sentence."""

    forecaster: str
    title: str
    state: State
    sentence: str
    days: int
    needed: int
    trial: Trial | None = None

    @property
    def may_serve(self) -> bool:
        """Whether it could be in charge."""
        return self.state in ("serves", "ready")


def needed_days(forecaster: str, min_history: timedelta, *, pretrained: bool = False) -> int:
    """Days of readings before it can serve: what it learns from, and a week to try it on.

    Baselines need no trial; what was learned on other meters may serve untried while nothing else can.
    """
    own = -(-min_history // timedelta(days=1))
    return own if pretrained or forecaster in BASELINES else own + LEAST_TRIAL_DAYS


def verdict(title: str, trial: Trial, *, rival: str, serving: str) -> str:
    """The trial in one sentence; `serving` is the title of what serves where the trial was lost."""
    pair = f"MAE {figure(trial.mae_kw)} against {figure(trial.rival_mae_kw)}\u2009kW of {rival} on {trial.days} days"
    if trial.mae_kw < trial.rival_mae_kw:
        return f"{title}: {pair}."
    return f"{title}: {pair}; {serving} serves meanwhile." if serving else f"{title}: {pair}."


def figure(value: float) -> str:
    """Three significant digits, as an error is read."""
    return f"{value:.3f}" if value < 1 else f"{value:.2f}" if value < 100 else f"{value:.0f}"
