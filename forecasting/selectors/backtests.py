"""Backtests of the panel: what was asked for, and the answers so far."""

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from forecasting.domain.contract import QUANTILES
from forecasting.models import Backtest, BacktestFold

if TYPE_CHECKING:
    from meters.models import Meter

COLUMNS = (*QUANTILES, "actual")


def backtests_of(meter: "Meter", *, limit: int = 8) -> list[Backtest]:
    """The latest ones of a meter, the newest first."""
    return list(Backtest.objects.filter(meter=meter)[:limit])


def get_backtest(pk: int) -> Backtest | None:
    """One of them with its meter and site."""
    return Backtest.objects.select_related("meter__site").filter(pk=pk).first()


def backtest_points(backtest: Backtest) -> tuple[dict[str, pd.DataFrame], dict[str, str]]:
    """By forecaster: `points` as forecasting.domain.accuracy wants them; and why origins were left out, by origin.

    An origin at which one forecaster could not answer is left out for all, so that all are judged on the same.
    """
    folds = list(BacktestFold.objects.filter(backtest=backtest))
    skipped = {fold.origin_at: f"{fold.forecaster}: {fold.problem}" for fold in folds if fold.problem}
    frames: dict[str, list[pd.DataFrame]] = {key: [] for key in backtest.forecasters}
    for fold in folds:
        if fold.origin_at not in skipped and fold.forecaster in frames:
            frames[fold.forecaster].append(frame_of(fold))
    points = {key: pd.concat(parts) for key, parts in frames.items() if parts}
    return points, {f"{at:%Y-%m-%d %H:%M} UTC": why for at, why in skipped.items()}


def frame_of(fold: BacktestFold) -> pd.DataFrame:
    """One answer: interval starts in UTC by QUANTILES, `actual` and `lead_h`."""
    values = np.frombuffer(fold.answer, dtype="<f8").reshape(-1, len(COLUMNS))
    step = pd.Timedelta(seconds=fold.interval_s)
    starts = pd.date_range(fold.origin_at, periods=len(values), freq=step, tz="UTC", name="start_at")
    frame = pd.DataFrame(values, index=starts, columns=list(COLUMNS))
    return frame.assign(lead_h=np.arange(len(values)) * (fold.interval_s / 3600))
