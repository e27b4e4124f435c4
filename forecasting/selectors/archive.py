"""Runs and trainings as they were kept."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import pandas as pd

from forecasting.domain.contract import QUANTILES
from forecasting.models import QUANTILE_FIELDS, ForecastPoint, ForecastRun, TrainedForecaster
from forecasting.registry import forecasters
from forecasting.selectors.care import in_charge

if TYPE_CHECKING:
    from meters.models import Meter


def latest_run(meter: "Meter", *, forecaster: str | None = None) -> ForecastRun | None:
    """The newest run, of the given forecaster or of the one in charge."""
    key = forecaster or in_charge(meter)
    runs = ForecastRun.objects.filter(meter=meter, rehearsed=False).select_related("trained")
    return runs.filter(forecaster=key).first() if key else runs.first()


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


def trained_forecasters(meter: "Meter") -> list[TrainedForecaster]:
    """Every training of the meter, newest first."""
    return list(TrainedForecaster.objects.filter(meter=meter))


def latest_trained(meter: "Meter", forecaster: str) -> TrainedForecaster | None:
    """The newest training in use."""
    own = TrainedForecaster.objects.filter(meter=meter, forecaster=forecaster, retired=False)
    return own.order_by("-version").first()


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


def title_of(key: str) -> str:
    """The title of a forecaster, its key where its file is gone."""
    plugin = forecasters.all().get(key)
    return plugin.title if plugin else key
