"""After an ingest the rules that need neighbours run by themselves."""

import pandas as pd
import pytest
from django.utils import timezone

from meters.models import Meter, Quality, Reading, ValidationFinding
from meters.services import ensure_meter, ensure_source, store_readings
from meters.tasks import validate_readings
from twin_project.kit.jobs.context import RunningJob
from twin_project.kit.jobs.services import announce

pytestmark = pytest.mark.django_db


def test_storing_asks_for_validation_and_a_spike_goes_into_quarantine(house: Meter) -> None:
    jobs = {job.kind: job for job in announce(announcement="readings_stored", params={"meter_id": house.pk})}
    spike = Reading.objects.filter(meter=house).order_by("start_at")[700]
    Reading.objects.filter(pk=spike.pk).update(power_kw=90.0, energy_kwh=22.5)
    found = validate_readings(RunningJob(jobs["validate_readings"]), meter_id=house.pk)
    assert found["spike"] == 1
    assert Reading.objects.get(pk=spike.pk).quality == Quality.SUSPECT
    assert ValidationFinding.objects.filter(meter=house, rule="spike").exists()


def test_energy_that_a_source_left_out_of_one_row_stays_missing(house: Meter) -> None:
    meter = ensure_meter(site=house.site, reference="0009", name="Barn", interval_s=900)
    now = timezone.now()
    end = now.replace(minute=0, second=0, microsecond=0)
    starts = pd.date_range(end - pd.Timedelta(hours=1), end, freq="15min", inclusive="left")
    frame = pd.DataFrame({"start_at": starts, "interval_s": 900, "power_kw": 2.0, "energy_kwh": [None, 0.5, 0.5, 0.5]})
    source = ensure_source(kind="import", label="barn.csv", now=now)
    store_readings(meter=meter, readings=frame, source=source, now=now)
    stored = Reading.objects.filter(meter=meter).order_by("start_at").values_list("power_kw", "energy_kwh")
    assert list(stored) == [(2.0, None), (2.0, 0.5), (2.0, 0.5), (2.0, 0.5)]
