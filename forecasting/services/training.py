"""Train a forecaster on a meter and keep it as a new version."""

import time
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.db.models import Max

from forecasting.models import TrainedForecaster
from forecasting.registry import forecasters
from forecasting.services.artifacts import save_files
from forecasting.services.inputs import Inputs, inputs_of
from twin_project.kit import params as kit_params

if TYPE_CHECKING:
    from meters.models import Meter


def train_forecaster(
    *,
    meter: "Meter",
    forecaster: str,
    now: datetime,
    params: dict[str, Any] | None = None,
    seed: int = 0,
    inputs: Inputs | None = None,
    retired: bool = False,
) -> TrainedForecaster:
    """Fit on all that the meter has (or on `inputs`); raises NoReadings, NotEnoughHistory, BadParams, UnknownPlugin.

    A row exists only once its files do; a training that is killed leaves neither.
    """
    plugin = forecasters.get(forecaster)
    wanted = kit_params.read(plugin.Params, params or {})
    given = inputs or inputs_of(meter=meter, horizon=timedelta(days=2))
    began = time.perf_counter()
    fitted = plugin(wanted, seed=seed).fit(given.load, given.known)
    seconds = time.perf_counter() - began
    with transaction.atomic():
        type(meter).objects.select_for_update().get(pk=meter.pk)  # versions of one meter are counted one at a time
        last = TrainedForecaster.objects.filter(meter=meter, forecaster=forecaster).aggregate(last=Max("version"))
        trained = TrainedForecaster(
            meter=meter,
            forecaster=forecaster,
            version=(last["last"] or 0) + 1,
            params=kit_params.dump(wanted),
            seed=seed,
            trained_at=now,
            data_from_at=given.load.index[0].to_pydatetime(),
            data_through_at=given.cutoff_at,
            readings_n=int(given.load.notna().sum()),
            with_weather=given.known.weather is not None,
            seconds=seconds,
            retired=retired,
            drivers=[[driver.words, driver.share] for driver in fitted.drivers()],
        )
        trained.sha256 = save_files(forecaster=fitted, trained=trained)
        trained.save()
    return trained
