"""Score past runs against the readings that have come since."""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import pandas as pd

from forecasting.domain import accuracy, metrics
from forecasting.models import ForecastRun, ForecastScore
from forecasting.selectors import quantiles_of_runs
from meters.selectors import data_through
from meters.selectors.columns import load_columns

if TYPE_CHECKING:
    from meters.models import Meter

SCALE_FROM = timedelta(days=28)
DAY = timedelta(days=1)
AT_ONCE = 100  # runs whose points are in memory at a time
_WRITTEN = (
    "scored_at", "data_through_at", "points_n", "mae_kw", "rmse_kw", "pinball_kw", "coverage80", "coverage90",
    "bias_kw", "mean_kw", "scale_kw", "peaks_n", "peak_hits_n", "peak_error_kw",
)  # fmt: skip


def score_runs(*, meter: "Meter", now: datetime, again_from: datetime | None = None) -> int:
    """Score every run whose period has new readings; returns how many. Estimated readings do not count.

    A run is scored anew while readings still come for it, and from `again_from` on where the past was corrected.
    """
    through = data_through(meter)
    if through is None:
        return 0
    runs = ForecastRun.objects.filter(meter=meter, data_cutoff_at__lt=through).select_related("score")
    due = [run for run in runs.order_by("data_cutoff_at") if _is_due(run, through, again_from)]
    if not due:
        return 0
    load = _measured(meter, due[0].data_cutoff_at - SCALE_FROM, min(through, max(run.ends_at for run in due)))
    scored = 0
    for first in range(0, len(due), AT_ONCE):
        some = due[first : first + AT_ONCE]
        frames = quantiles_of_runs(some)
        rows = [_score(run, frames[run.pk], load, meter.site.zone) for run in some if run.pk in frames]
        scores = [
            ForecastScore(scored_at=now, data_through_at=min(through, row.pop("ends_at")), **row) for row in rows if row
        ]
        ForecastScore.objects.bulk_create(
            scores, update_conflicts=True, unique_fields=["run"], update_fields=list(_WRITTEN)
        )
        scored += len(scores)
    return scored


def _is_due(run: ForecastRun, through: datetime, again_from: datetime | None) -> bool:
    done_to = run.score.data_through_at if hasattr(run, "score") else run.data_cutoff_at
    corrected = again_from is not None and run.ends_at > again_from
    return corrected or done_to < min(through, run.ends_at)


def _measured(meter: "Meter", start: datetime, end: datetime) -> "pd.Series[float]":
    recorded = load_columns(meter=meter, start=start, end=end, columns=("power_kw",))
    power = recorded.values["power_kw"].astype(float)
    power[power.index.isin(recorded.estimated)] = float("nan")
    return power


def _score(run: ForecastRun, quantiles: pd.DataFrame, load: "pd.Series[float]", zone: str) -> dict[str, Any]:
    """The figures of one run; empty where none of its readings has come."""
    actual = load.reindex(quantiles.index)
    met = actual.notna().to_numpy()
    if not met.any():
        return {}
    came, told = actual[met], quantiles[met]
    median = told[0.5]
    peaks = accuracy.peaks(actual, quantiles[0.5], zone)
    before = load.loc[run.data_cutoff_at - SCALE_FROM : run.data_cutoff_at]
    scale = metrics.naive_scale(before, max(1, round(DAY / timedelta(seconds=run.interval_s))))
    return {
        "run": run,
        "ends_at": run.ends_at,
        "points_n": int(met.sum()),
        "mae_kw": metrics.mae(came, median),
        "rmse_kw": metrics.rmse(came, median),
        "pinball_kw": metrics.pinball(came, told),
        "coverage80": metrics.coverage(came, told, 0.8),
        "coverage90": metrics.coverage(came, told, 0.9),
        "bias_kw": float((median - came).mean()),
        "mean_kw": float(came.mean()),
        "scale_kw": scale if scale > 0 else None,
        "peaks_n": peaks.days_n,
        "peak_hits_n": peaks.hits_n,
        "peak_error_kw": peaks.error_kw,
    }
