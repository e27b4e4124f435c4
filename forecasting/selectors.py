"""What the pages ask about forecasts."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import pandas as pd
from django.db.models import Count, F, Q, Sum

from forecasting.domain.contract import QUANTILES
from forecasting.models import QUANTILE_FIELDS, ForecastPoint, ForecastRun, ForecastScore, TrainedForecaster
from forecasting.registry import forecasters

if TYPE_CHECKING:
    from meters.models import Meter

NAIVE = "seasonal_naive"
ENOUGH_POINTS = 24  # below, a leaderboard is luck


@dataclass(frozen=True)
class Accuracy:
    """How the past runs of one forecaster turned out, weighted by their intervals."""

    forecaster: str
    title: str
    runs_n: int
    rehearsed_n: int
    points_n: int
    mae_kw: float
    pinball_kw: float
    coverage80: float
    skill: float | None


def latest_run(meter: "Meter", *, forecaster: str | None = None) -> ForecastRun | None:
    """The newest run, of the given forecaster or of the one in charge."""
    key = forecaster or in_charge(meter)
    runs = ForecastRun.objects.filter(meter=meter, rehearsed=False).select_related("trained")
    return runs.filter(forecaster=key).first() if key else runs.first()


def in_charge(meter: "Meter") -> str | None:
    """The forecaster whose word counts: the best of the past runs; until a day of them is scored, not the naive.

    Without a single run there is none.
    """
    issued = set(
        ForecastRun.objects.filter(meter=meter, rehearsed=False).values_list("forecaster", flat=True).distinct()
    )
    if not issued:
        return None
    better = [row.forecaster for row in accuracy(meter) if row.forecaster in issued and row.points_n >= ENOUGH_POINTS]
    if better:
        return better[0]
    return next((key for key in sorted(issued) if key != NAIVE), NAIVE)


def past_runs(meter: "Meter", *, start: datetime, end: datetime, forecaster: str) -> list[ForecastRun]:
    """Runs of one forecaster that touch the period, oldest first."""
    runs = ForecastRun.objects.filter(meter=meter, forecaster=forecaster, ends_at__gt=start, data_cutoff_at__lt=end)
    return list(runs.order_by("data_cutoff_at"))


def quantiles_of(run: ForecastRun) -> pd.DataFrame:
    """UTC interval starts by QUANTILES, in kW."""
    rows = ForecastPoint.objects.filter(meter_id=run.meter_id, run=run).order_by("start_at")
    values = list(rows.values_list("start_at", *QUANTILE_FIELDS))
    index = pd.DatetimeIndex([row[0] for row in values], tz="UTC", name="start_at")
    return pd.DataFrame([row[1:] for row in values], index=index, columns=list(QUANTILES), dtype=float)


def quantiles_of_runs(runs: Sequence[ForecastRun]) -> dict[int, pd.DataFrame]:
    """`quantiles_of` of many runs of one meter, by the run's key, in one query."""
    if not runs:
        return {}
    points = ForecastPoint.objects.filter(meter_id=runs[0].meter_id, run__in=runs).order_by("run_id", "start_at")
    frame = pd.DataFrame.from_records(
        points.values_list("run_id", "start_at", *QUANTILE_FIELDS), columns=["run_id", "start_at", *QUANTILES]
    )
    return {int(str(key)): part.drop(columns="run_id").set_index("start_at") for key, part in frame.groupby("run_id")}


def accuracy(meter: "Meter", *, since: datetime | None = None) -> list[Accuracy]:
    """The leaderboard of past runs, the best first; `skill` is 1 - pinball / pinball of the naive."""
    scores = ForecastScore.objects.filter(run__meter=meter)
    if since is not None:
        scores = scores.filter(run__issued_at__gte=since)
    rows = list(
        scores.values(key=F("run__forecaster")).annotate(
            runs=Count("pk"),
            rehearsed=Count("pk", filter=Q(run__rehearsed=True)),
            points=Sum("points_n"),
            mae=Sum(F("mae_kw") * F("points_n")) / Sum("points_n"),
            pinball=Sum(F("pinball_kw") * F("points_n")) / Sum("points_n"),
            coverage=Sum(F("coverage80") * F("points_n")) / Sum("points_n"),
        )
    )
    naive = next((row["pinball"] for row in rows if row["key"] == NAIVE), None)
    board = [
        Accuracy(
            forecaster=row["key"],
            title=_title(row["key"]),
            runs_n=row["runs"],
            rehearsed_n=row["rehearsed"],
            points_n=row["points"],
            mae_kw=row["mae"],
            pinball_kw=row["pinball"],
            coverage80=row["coverage"],
            skill=None if not naive else 1 - row["pinball"] / naive,
        )
        for row in rows
    ]
    return sorted(board, key=lambda row: row.pinball_kw)


def trained_forecasters(meter: "Meter") -> list[TrainedForecaster]:
    """Every training of the meter, newest first."""
    return list(TrainedForecaster.objects.filter(meter=meter))


def peak_of(quantiles: pd.DataFrame, *, start: datetime, end: datetime) -> tuple[datetime, "pd.Series[float]"] | None:
    """When the median peaks in `[start, end)`, with that interval's quantiles; None where the run does not reach."""
    inside = quantiles[(quantiles.index >= start) & (quantiles.index < end)]
    if inside.empty:
        return None
    at = int(inside[0.5].to_numpy().argmax())
    return inside.index[at].to_pydatetime(), inside.iloc[at]


def is_stale(run: ForecastRun, *, now: datetime) -> bool:
    """More than a day past its cut-off."""
    return now - run.data_cutoff_at > timedelta(days=1)


def _title(key: str) -> str:
    plugin = forecasters.all().get(key)
    return plugin.title if plugin else key
