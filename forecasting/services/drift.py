"""Drift: the error of the last week against the error that was promised at the training; and retraining when due."""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from forecasting.models import Decision, ForecastCare
from forecasting.registry import forecasters
from forecasting.selectors import ladder, latest_trained, rolling_error, title_of
from forecasting.services.care import ensure_care
from twin_project.kit.jobs.services import announce, enqueue

if TYPE_CHECKING:
    from meters.models import Meter

WATCHED = timedelta(days=7)
FEWEST_DAYS = 2  # of intervals: below, a bad afternoon is no drift
DRIFTED = "forecast_drifted"
TRIED_AGAIN_AFTER = timedelta(days=1)


def watch_drift(*, meter: "Meter", now: datetime) -> ForecastCare:
    """Compare the champion's truly issued runs of the last week with its trial; say and announce what changed.

    Drift asks for a retraining, once; it is over when the error is back under the limit.
    """
    care = ensure_care(meter)
    trained = latest_trained(meter, care.champion) if care.champion else None
    if trained is None or not trained.trial_mae_kw:
        return care
    rolling = rolling_error(meter, care.champion, since=now - WATCHED)
    if rolling is None or rolling[0] * meter.interval_s < FEWEST_DAYS * 86_400:
        return care
    above = rolling[1] / trained.trial_mae_kw - 1
    words = (
        f"{title_of(care.champion)} erred {rolling[1]:.3f}\u2009kW in the last {WATCHED.days} days, "
        f"{abs(above) * 100:.0f}\u2009% {'more' if above >= 0 else 'less'} than when it was trained "
        f"({trained.trial_mae_kw:.3f}\u2009kW)."
    )
    drifts = above * 100 > care.drift_pct
    if drifts != (care.drifted_at is not None):
        care.drifted_at = now if drifts else None
        care.next_training_at = now if drifts else care.next_training_at
        what = Decision.What.DRIFTED if drifts else Decision.What.SETTLED
        Decision.objects.create(meter=meter, what=what, forecaster=care.champion, at=now, why=words)
        if drifts:
            announce(announcement=DRIFTED, params={"meter_id": meter.pk})
    care.drift_words = words
    care.save(update_fields=["drifted_at", "drift_words", "next_training_at"])
    return care


def due_trainings(*, meter: "Meter", now: datetime) -> list[str]:
    """Forecasters with days enough and no training, or one that is as old as the meter's care allows."""
    care, due = ensure_care(meter), []
    oldest = now - timedelta(days=care.retrain_days)
    for rung in ladder(meter):
        if rung.state in ("waits", "retired", "broken"):
            continue
        trained = latest_trained(meter, rung.forecaster)
        drifted = care.drifted_at is not None and rung.forecaster == care.champion
        limit = max(oldest, care.drifted_at) if drifted and care.drifted_at else oldest
        if rung.state == "untried":  # a day more may be enough for a trial
            limit = now - TRIED_AGAIN_AFTER / 2
        if trained is None or trained.trained_at <= limit:
            due.append(rung.forecaster)
    return due


def enqueue_due_trainings(*, now: datetime) -> int:
    """Ask for the trainings of every meter whose time has come; returns how many meters.

    `next_training_at` moves on first, so that a tick in a second place does nothing.
    """
    asked = 0
    for care in ForecastCare.objects.filter(next_training_at__lte=now).select_related("meter")[:50]:
        own = ForecastCare.objects.filter(pk=care.pk, next_training_at=care.next_training_at)
        if own.update(next_training_at=now + TRIED_AGAIN_AFTER):
            enqueue(kind="train_forecasters", params={"meter_id": care.meter_id})
            asked += 1
    return asked


def plan_training(*, meter: "Meter", now: datetime) -> None:
    """Set when the meter's forecasters are trained next: when the oldest training reaches its age.

    Tomorrow where one waits for days of readings, or could not be trained today.
    """
    care = ensure_care(meter)
    ages = [trained.trained_at for key in forecasters.all() if (trained := latest_trained(meter, key)) is not None]
    due = min(ages, default=now) + timedelta(days=care.retrain_days)
    if any(rung.state in ("waits", "untrained", "untried") for rung in ladder(meter)):
        due = min(due, now + TRIED_AGAIN_AFTER)
    care.next_training_at = max(due, now + TRIED_AGAIN_AFTER)
    care.save(update_fields=["next_training_at"])


def training_is_planned(*, meter: "Meter", now: datetime) -> bool:
    """Whether the next trainings were looked at and lie ahead."""
    at = ensure_care(meter).next_training_at
    return at is not None and at > now
