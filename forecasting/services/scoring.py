"""Score past runs against the readings that have come since."""

from datetime import datetime
from typing import TYPE_CHECKING

import pandas as pd

from forecasting.domain import metrics
from forecasting.models import ForecastRun, ForecastScore
from forecasting.selectors import quantiles_of
from meters.selectors import data_through, load_series

if TYPE_CHECKING:
    from meters.models import Meter


def score_runs(*, meter: "Meter", now: datetime, again_from: datetime | None = None) -> int:
    """Score every run whose period has new readings; returns how many.

    A run is scored anew while readings still come for it, and from `again_from` on where the past was corrected.
    """
    through = data_through(meter)
    if through is None:
        return 0
    scored = 0
    for run in ForecastRun.objects.filter(meter=meter, data_cutoff_at__lt=through).select_related("score"):
        done_to = run.score.data_through_at if hasattr(run, "score") else run.data_cutoff_at
        corrected = again_from is not None and run.ends_at > again_from
        if corrected or done_to < min(through, run.ends_at):
            scored += _score(run, through, now)
    return scored


def _score(run: ForecastRun, through: datetime, now: datetime) -> bool:
    quantiles = quantiles_of(run)
    actual = load_series(meter=run.meter, start=run.data_cutoff_at, end=run.ends_at).reindex(quantiles.index)
    met = actual.notna()
    if not met.any():
        return False
    values: dict[str, float] = _figures(actual[met], quantiles[met])
    ForecastScore.objects.update_or_create(
        run=run,
        defaults={
            "scored_at": now,
            "data_through_at": min(through, run.ends_at),
            "points_n": int(met.sum()),
            **values,
        },
    )
    return True


def _figures(actual: "pd.Series[float]", quantiles: pd.DataFrame) -> dict[str, float]:
    median = quantiles[0.5]
    return {
        "mae_kw": metrics.mae(actual, median),
        "rmse_kw": metrics.rmse(actual, median),
        "pinball_kw": metrics.pinball(actual, quantiles),
        "coverage80": metrics.coverage(actual, quantiles, 0.8),
        "bias_kw": float((median - actual).mean()),
    }
