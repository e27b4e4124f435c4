"""store_readings against a real PostgreSQL: what it stores, keeps, counts and refuses."""

import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pandas as pd
import pytest
from django.core.exceptions import ObjectDoesNotExist
from django.db import connection

from meters.models import Meter, Reading, ReadingRevision, Site, Source
from meters.services import BadFrame, StoreReport, ensure_meter, store_readings, store_weather

Frame = Callable[..., pd.DataFrame]
Store = Callable[..., StoreReport]


def test_the_same_frame_again_writes_nothing(frame: Frame, store: Store) -> None:
    assert store(frame()) == StoreReport(new=4)
    before = list(Reading.objects.values_list("stored_at", flat=True))
    assert store(frame(), now=datetime(2026, 6, 2, tzinfo=UTC)) == StoreReport(same=4)
    assert list(Reading.objects.values_list("stored_at", flat=True)) == before
    assert not ReadingRevision.objects.exists()


def test_a_correction_keeps_what_it_replaces(frame: Frame, store: Store, now: datetime) -> None:
    store(frame(energy_kwh=[0.1, 0.2, 0.3, 0.4]))
    later = now + timedelta(days=1)
    assert store(frame(energy_kwh=[0.1, 0.25, 0.3, 0.4]), now=later) == StoreReport(changed=1, same=3)
    revision = ReadingRevision.objects.get()
    assert (revision.energy_kwh, revision.power_kw) == (0.2, 0.8)
    assert (revision.stored_at, revision.replaced_at) == (now, later)
    assert Reading.objects.get(start_at=revision.start_at).energy_kwh == 0.25


def test_two_corrections_at_one_instant_are_both_kept(frame: Frame, store: Store) -> None:
    for energy in (0.1, 0.2, 0.3):
        store(frame(n=1, energy_kwh=[energy]))
    kept = ReadingRevision.objects.order_by("replaced_at").values_list("energy_kwh", flat=True)
    assert list(kept) == [0.1, 0.2]


def test_energy_and_mean_power_are_filled_from_one_another(frame: Frame, store: Store) -> None:
    store(frame(n=1, energy_kwh=[0.5]))
    store(frame("2026-05-02T00:00Z", n=1, power_kw=[1.2]))
    assert list(Reading.objects.order_by("start_at").values_list("energy_kwh", "power_kw")) == [(0.5, 2.0), (0.3, 1.2)]


def test_columns_that_come_apart_are_joined_and_nothing_erases_a_value(frame: Frame, store: Store) -> None:
    store(frame(n=1, energy_kwh=[0.5]))
    assert store(frame(n=1, voltage_v=[231.0])) == StoreReport(changed=1)
    assert store(frame(n=1, energy_kwh=[float("nan")], voltage_v=[231.0])) == StoreReport(same=1)
    reading = Reading.objects.get()
    assert (reading.energy_kwh, reading.voltage_v, reading.current_a) == (0.5, 231.0, None)


def test_another_interval_length_carries_no_old_value_over(frame: Frame, store: Store) -> None:
    store(frame(n=1, energy_kwh=[0.5], voltage_v=[231.0]))
    store(frame(n=1, interval_s=1800, energy_kwh=[0.9]))
    reading = Reading.objects.get()
    assert (reading.interval_s, reading.energy_kwh, reading.voltage_v) == (1800, 0.9, None)


def test_of_two_rows_with_one_start_the_later_stands(frame: Frame, store: Store) -> None:
    twice = pd.concat([frame(n=2, energy_kwh=[0.1, 0.2]), frame(n=1, energy_kwh=[0.7])])
    assert store(twice) == StoreReport(new=2)
    assert Reading.objects.earliest("start_at").energy_kwh == 0.7


def test_a_bad_row_is_refused_with_a_sentence_and_the_others_are_stored(frame: Frame, store: Store) -> None:
    report = store(frame(energy_kwh=[0.1, -3.2, 0.3, float("inf")]))
    assert report.new == 2
    assert [(refusal.row, refusal.column) for refusal in report.refused] == [(2, "energy_kwh"), (4, "energy_kwh")]
    assert report.refused[0].reason == (
        "2026-05-01 00:15 UTC: The energy -3.2 is not possible (it must be 0 to 2.5e+07 kWh)."
    )


def test_a_frame_without_the_columns_of_readings_is_refused_whole(frame: Frame, store: Store) -> None:
    with pytest.raises(BadFrame, match="Readings do not have kwh; known are: energy_kwh"):
        store(frame(kwh=[1, 2, 3, 4]))
    with pytest.raises(BadFrame, match="need the columns interval_s"):
        store(frame().drop(columns="interval_s"))


def test_an_empty_frame_stores_nothing(frame: Frame, store: Store) -> None:
    assert store(frame(n=0)) == StoreReport()


def test_power_above_the_connections_capacity_is_kept_as_suspect(frame: Frame, store: Store, meter: Meter) -> None:
    meter.capacity_kw = 12.0
    store(frame(n=2, power_kw=[3.0, 96_000.0]))
    assert list(Reading.objects.order_by("start_at").values_list("quality", flat=True)) == [0, 2]


def test_a_source_that_was_deleted_stores_nothing(frame: Frame, meter: Meter, source: Source, now: datetime) -> None:
    Source.objects.all().delete()
    with pytest.raises(ObjectDoesNotExist, match=r"test\.csv has been deleted; nothing was stored"):
        store_readings(meter=meter, readings=frame(), source=source, now=now)
    assert not Reading.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_two_stores_of_one_meter_at_once_neither_deadlock_nor_double(
    frame: Frame, site: Site, source: Source, now: datetime
) -> None:
    meter = ensure_meter(site=site, reference="busy", interval_s=60)
    reports: list[StoreReport] = []

    def put(readings: pd.DataFrame) -> None:
        try:
            for _ in range(5):
                reports.append(store_readings(meter=meter, readings=readings, source=source, now=now))
        finally:
            connection.close()

    up = frame(n=3000, interval_s=60)
    threads = [threading.Thread(target=put, args=(one,)) for one in (up, up.iloc[::-1], up.sample(frac=1))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(reports) == 15
    assert sum(report.new for report in reports) == Reading.objects.count() == 3000
    assert not ReadingRevision.objects.exists()


def test_the_key_of_the_readings_covers_a_series(db: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT indexdef FROM pg_indexes WHERE indexname = 'meters_reading_pkey'")
        (definition,) = cursor.fetchone()
    assert "(meter_id, start_at) INCLUDE (interval_s, quality, power_kw, energy_kwh)" in definition


def test_weather_is_stored_once_and_corrected(site: Site, source: Source) -> None:
    hours = pd.date_range("2026-01-01", periods=3, freq="h", tz="UTC")
    observations = pd.DataFrame({"start_at": hours, "temperature_c": [1.0, 2.0, 999.0]})
    report = store_weather(site=site, observations=observations, source=source)
    assert (report.new, [refusal.row for refusal in report.refused]) == (2, [3])
    assert report.refused[0].reason == "2026-01-01 02:00 UTC: A temperature of 999 °C is not possible."
    observations["temperature_c"] = [1.0, 2.5, 3.0]
    assert store_weather(site=site, observations=observations, source=source) == StoreReport(new=1, changed=1, same=1)
