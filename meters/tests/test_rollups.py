"""Roll-ups: equal to a rebuild whatever came in whichever order, on every clock."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd
import pytest
from django.db import transaction
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from meters.models import Meter, Reading, Rollup, RollupKind, Source
from meters.selectors import load_rollups
from meters.services import StoreReport, ensure_meter, ensure_site, prune_readings, rebuild_rollups, store_readings

Frame = Callable[..., pd.DataFrame]
Store = Callable[..., StoreReport]
NOW = datetime(2026, 6, 1, tzinfo=UTC)
ZONES = (
    "Europe/Paris", "Asia/Kolkata", "Asia/Kathmandu", "Australia/Lord_Howe",
    "America/Chicago", "America/St_Johns", "Pacific/Apia", "UTC",
)  # fmt: skip
QUICK = settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture], derandomize=True
)
Given = list[tuple[int, float | None, float | None, int]]
# hours after the start, energy, voltage, quality
readings_given = st.lists(
    st.tuples(
        st.integers(0, 400),
        st.one_of(st.none(), st.floats(0, 9).map(lambda value: round(value, 3))),
        st.one_of(st.none(), st.floats(200, 260).map(lambda value: round(value, 1))),
        st.sampled_from([0, 0, 0, 1, 2]),
    ),
    min_size=1,
    max_size=40,
)
WHOLE: Given = [(step, step / 7, 230.0 + step % 5, 0) for step in range(110)]


def all_buckets(meter: Meter) -> list[tuple[Any, ...]]:
    fields = [field.attname for field in Rollup._meta.concrete_fields if field.attname not in ("pk", "meter_id")]
    return list(Rollup.objects.filter(meter=meter).order_by("kind", "start_at").values_list(*fields))


def as_frame(start: datetime, given_rows: Given, interval_s: int) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "start_at": pd.DatetimeIndex([start + timedelta(seconds=interval_s * step) for step, *_ in given_rows]),
            "interval_s": interval_s,
            "energy_kwh": pd.array([energy for _, energy, *_ in given_rows], dtype="Float64").astype("float64"),
            "voltage_v": pd.array([volts for _, _, volts, _ in given_rows], dtype="Float64").astype("float64"),
            "quality": [quality for *_, quality in given_rows],
        }
    )


def meter_in(zone: str, interval_s: int) -> Meter:
    return ensure_meter(site=ensure_site(name=zone, zone=zone), reference=f"{interval_s}", interval_s=interval_s)


@pytest.mark.django_db
@QUICK
@given(
    zone=st.sampled_from(ZONES),
    start=st.sampled_from(["2025-10-25T12:00Z"]),
    some=readings_given,
    cut=st.integers(0, 40),
)
@example(zone="Europe/Paris", start="2025-10-25T12:00Z", some=WHOLE, cut=60)  # 25 hours
@example(zone="Europe/Paris", start="2026-03-28T12:00Z", some=WHOLE, cut=60)  # 23 hours
@example(zone="Australia/Lord_Howe", start="2026-04-04T04:00Z", some=WHOLE, cut=50)  # 24.5 hours
@example(zone="Australia/Lord_Howe", start="2025-10-04T04:00Z", some=WHOLE, cut=50)  # 23.5 hours
@example(zone="Asia/Kathmandu", start="2026-01-31T12:00Z", some=WHOLE, cut=3)  # +5:45, and a month's end
@example(zone="Asia/Kolkata", start="2025-12-31T12:00Z", some=WHOLE, cut=3)  # +5:30, and a year's end
def test_roll_ups_equal_a_rebuild(source: Source, zone: str, start: str, some: Given, cut: int) -> None:
    with transaction.atomic():
        meter = meter_in(zone, 900)
        frame = as_frame(datetime.fromisoformat(start), some, 900)
        for portion in (frame.iloc[cut:], frame.iloc[:cut], frame.iloc[cut // 2 : cut]):
            store_readings(meter=meter, readings=portion, source=source, now=NOW)
        kept = all_buckets(meter)
        assert rebuild_rollups(meter=meter, dry_run=True).written == 0
        Rollup.objects.all().delete()
        rebuild_rollups(meter=meter)
        assert all_buckets(meter) == kept
        transaction.set_rollback(True)


@pytest.mark.django_db
def test_the_hours_of_a_first_store_are_to_the_last_bit_those_of_a_rebuild(frame: Frame, source: Source) -> None:
    random, n = np.random.default_rng(5), 60 * 30
    phases = {f"voltage_l{phase}_v": random.normal(231, 4, n) for phase in (1, 2, 3)}
    phases |= {f"current_l{phase}_a": random.gamma(2, 3, n) for phase in (1, 2, 3)}
    given_rows = frame("2026-03-28T12:07Z", n=n, interval_s=60, energy_kwh=random.gamma(2, 0.01, n), **phases)
    for name in ("energy_kwh", *phases):
        given_rows.loc[random.random(n) < 0.2, name] = np.nan
    given_rows["quality"] = random.choice([0, 0, 0, 1, 2], n)
    meter = meter_in("Asia/Kathmandu", 60)
    store_readings(meter=meter, readings=given_rows, source=source, now=NOW)
    kept = all_buckets(meter)
    assert len([bucket for bucket in kept if bucket[0] == RollupKind.HOUR]) == 31
    Rollup.objects.all().delete()
    rebuild_rollups(meter=meter)
    assert all_buckets(meter) == kept


@pytest.mark.parametrize("zone", ZONES)
def test_sums_of_local_hours_days_and_months_equal_the_sum_in_utc(frame: Frame, source: Source, zone: str) -> None:
    meter = meter_in(zone, 1800)
    n = 48 * 220
    readings = frame("2025-09-01T00:00Z", n=n, interval_s=1800, energy_kwh=np.arange(n) / 100)
    store_readings(meter=meter, readings=readings, source=source, now=NOW)
    for kind in RollupKind:
        buckets = Rollup.objects.filter(meter=meter, kind=kind)
        sums = buckets.values_list("energy_kwh", "covered_s", "readings_n")
        energy, covered, count = (sum(column) for column in zip(*sums, strict=True))
        assert energy == pytest.approx(readings["energy_kwh"].sum(), rel=1e-12)
        assert (covered, count) == (n * 1800, n)
        lengths = sorted(buckets.order_by("start_at").values_list("start_at", "length_s"))
        assert all(earlier + timedelta(seconds=length) == later for (earlier, length), (later, _) in pairwise(lengths))
        inside = lengths[1:-1]
        full = dict(buckets.values_list("start_at", "covered_s"))
        assert all(full[start] == length for start, length in inside)


@pytest.mark.parametrize(
    ("zone", "day", "hours"),
    [
        ("Europe/Paris", "2026-03-29", 23),
        ("Europe/Paris", "2025-10-26", 25),
        ("Australia/Lord_Howe", "2026-04-05", 24.5),
        ("Australia/Lord_Howe", "2025-10-05", 23.5),
        ("Asia/Kathmandu", "2026-03-29", 24),
        ("Asia/Kolkata", "2026-03-29", 24),
    ],
)
def test_a_local_day_is_as_long_as_its_clock_says(
    frame: Frame, source: Source, zone: str, day: str, hours: float
) -> None:
    meter = meter_in(zone, 900)
    start = pd.Timestamp(day, tz=zone).tz_convert("UTC")
    n = int(hours * 4)
    readings = frame(start.isoformat(), n=n, energy_kwh=np.ones(n))
    store_readings(meter=meter, readings=readings, source=source, now=NOW)
    days = load_rollups(meter=meter, kind="day", start=start, end=start + pd.Timedelta(days=2))
    assert days[["length_s", "energy_kwh", "completeness"]].to_numpy().tolist() == [[hours * 3600, n, 1.0]]
    found = load_rollups(meter=meter, kind="hour", start=start, end=start + pd.Timedelta(days=2))
    assert len(found) == int(np.ceil(hours))
    assert found["completeness"].eq(1.0).all()


def test_power_voltage_and_current_are_told_by_their_least_mean_and_highest(
    frame: Frame, store: Store, meter: Meter
) -> None:
    nan = float("nan")
    store(
        frame(
            energy_kwh=[0.25, 0.5, 0.75, 9.0],
            voltage_v=[230, nan, 234, 1.0],
            current_a=[1, 2, 3, 4.0],
            quality=[0, 1, 0, 2],
        )
    )
    hour = load_rollups(meter=meter, kind="hour", start=NOW - timedelta(days=40), end=NOW).iloc[0]
    assert hour["energy_kwh"] == 1.5
    assert hour[["power_min_kw", "power_mean_kw", "power_max_kw"]].tolist() == [1.0, 2.0, 3.0]
    assert hour[["voltage_min_v", "voltage_mean_v", "voltage_max_v"]].tolist() == [230.0, 232.0, 234.0]
    assert hour[["current_min_a", "current_mean_a", "current_max_a"]].tolist() == [1.0, 2.0, 3.0]
    assert (hour["completeness"], hour["suspect_s"]) == (0.75, 900)
    assert hour["estimated_share"] == pytest.approx(1 / 3)


def test_three_phases_are_rolled_up_into_one_voltage_and_one_current(
    frame: Frame, store: Store, indian_meter: Meter
) -> None:
    volts = {f"voltage_l{n}_v": [238.0 + n] for n in (1, 2, 3)}
    amperes = {f"current_l{n}_a": [float(n)] for n in (1, 2, 3)}
    store(frame(n=1, interval_s=3600, **volts, **amperes), into=indian_meter)
    day = load_rollups(meter=indian_meter, kind="day", start=NOW - timedelta(days=40), end=NOW).iloc[0]
    assert day[["voltage_min_v", "voltage_mean_v", "voltage_max_v", "current_mean_a"]].tolist() == [239, 240, 241, 6]


def test_the_same_readings_again_write_no_bucket(frame: Frame, store: Store, meter: Meter) -> None:
    store(frame(n=200))
    before = all_buckets(meter)
    store(frame(n=200))
    assert rebuild_rollups(meter=meter).written == 0
    assert all_buckets(meter) == before


def test_a_correction_changes_only_its_own_buckets(frame: Frame, store: Store, meter: Meter) -> None:
    store(frame(n=96 * 3, energy_kwh=np.ones(96 * 3)))
    before = set(all_buckets(meter))
    store(frame("2026-05-02T10:00Z", n=1, energy_kwh=[3.0]))
    changed = set(all_buckets(meter)) - before
    assert sorted(bucket[0] for bucket in changed) == [RollupKind.HOUR, RollupKind.DAY, RollupKind.MONTH]


def test_a_reading_longer_than_an_hour_is_in_days_and_in_no_hour(frame: Frame, source: Source, meter: Meter) -> None:
    day = frame("2026-05-01T22:00Z", n=2, interval_s=86400, energy_kwh=[24.0, 48.0])
    store_readings(meter=meter, readings=day, source=source, now=NOW)
    period = {"start": NOW - timedelta(days=40), "end": NOW}
    assert load_rollups(meter=meter, kind="hour", **period).empty
    assert load_rollups(meter=meter, kind="day", **period)["energy_kwh"].tolist() == [24.0, 48.0]


def test_retention_never_touches_a_roll_up_and_old_readings_are_refused(
    frame: Frame, store: Store, meter: Meter
) -> None:
    store(frame("2026-03-20T00:00Z", n=96 * 60, energy_kwh=np.ones(96 * 60)))
    before = all_buckets(meter)
    told = prune_readings(meter=meter, before=datetime(2026, 5, 9, tzinfo=UTC), dry_run=True)
    report = prune_readings(meter=meter, before=datetime(2026, 5, 9, tzinfo=UTC))
    assert told == report
    assert report.kept_from_at == datetime(2026, 4, 30, 22, tzinfo=UTC)  # the local month's first midnight
    assert Reading.objects.filter(meter=meter).count() == 96 * 60 - report.deleted
    late = store(frame("2026-03-20T00:00Z", n=1, energy_kwh=[7.0]))
    assert "Readings of that time were pruned" in late.refused[0].reason
    assert rebuild_rollups(meter=meter).written == 0
    assert all_buckets(meter) == before
