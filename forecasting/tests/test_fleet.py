"""A fleet forecast at once says what each meter alone would say, and one bad meter stops no other."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pandas as pd
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from forecasting.domain.ladder import NAIVE, RIVAL
from forecasting.models import ForecastRun
from forecasting.selectors import quantiles_of
from forecasting.services import issue_fleet, issue_forecast, train_forecaster
from forecasting.services.artifacts import folder_of
from meters.models import Meter

END = datetime(2026, 5, 20, tzinfo=UTC)  # where make_meter's readings end
DAY = timedelta(days=1)
MakeMeter = Callable[..., Meter]


@pytest.fixture
def fleet(make_meter: MakeMeter) -> list[Meter]:
    """Five meters of three zones and two intervals, one of them ending earlier."""
    return [
        make_meter(30, name="A"),
        make_meter(30, name="B", zone="Asia/Kolkata"),
        make_meter(20, name="C", zone="America/Chicago", interval_s=1800),
        make_meter(20, name="D", until=END - 2 * DAY),
        make_meter(12, name="E"),
    ]


@pytest.mark.parametrize("key", [NAIVE, RIVAL, "cnn_lstm"])
def test_a_fleet_gets_the_numbers_that_each_meter_alone_would_get(fleet: list[Meter], key: str) -> None:
    trained = {
        meter.pk: train_forecaster(meter=meter, forecaster=key, now=END, trial=False)
        for meter in fleet
    }  # fmt: skip
    told = issue_fleet(forecaster=key, now=END, meters=fleet)
    assert (told.runs_n, told.reasons) == (5, {})
    assert told.points_n == 24 * 4 + 48
    for meter in fleet:
        whole = quantiles_of(ForecastRun.objects.get(meter=meter))
        ForecastRun.objects.filter(meter=meter).delete()
        alone = issue_forecast(meter=meter, trained=trained[meter.pk], now=END, horizon=DAY)
        pd.testing.assert_frame_equal(whole, quantiles_of(alone), check_freq=False, rtol=1e-5)


def test_asked_twice_a_fleet_is_written_once(fleet: list[Meter]) -> None:
    for meter in fleet:
        train_forecaster(meter=meter, forecaster=RIVAL, now=END, trial=False)
    assert issue_fleet(forecaster=RIVAL, now=END).runs_n == 5
    assert issue_fleet(forecaster=RIVAL, now=END).runs_n == 0
    assert ForecastRun.objects.count() == 5


def test_a_meter_without_training_readings_or_whole_files_gets_a_sentence_and_stops_no_other(
    fleet: list[Meter], make_meter: MakeMeter
) -> None:
    for meter in fleet[:4]:
        damaged = train_forecaster(meter=meter, forecaster=RIVAL, now=END, trial=False)
    next(folder_of(damaged).glob("*.json")).write_text("{}")
    bare = make_meter(0, name="F")
    told = issue_fleet(forecaster=RIVAL, now=END)
    assert told.runs_n == 3
    assert "missing or were changed" in told.reasons[fleet[3].pk]
    assert told.reasons[fleet[4].pk] == told.reasons[bare.pk].replace("F yet", "E yet")
    assert "has not been trained on E yet" in told.reasons[fleet[4].pk]


def test_the_number_of_queries_does_not_grow_with_the_fleet(fleet: list[Meter]) -> None:
    for meter in fleet:
        train_forecaster(meter=meter, forecaster=RIVAL, now=END, trial=False)
    counts = []
    for some in (fleet[:2], fleet[2:]):
        with CaptureQueriesContext(connection) as queries:
            issue_fleet(forecaster=RIVAL, now=END, meters=some)
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 9
