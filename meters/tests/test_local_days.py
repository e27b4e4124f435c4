"""Days on the site's clock add up to what stands in UTC, in eight zones, whatever came in.

The days are counted out a second time here, reading by reading with zoneinfo, apart from what the roll-ups do.
"""

from collections import defaultdict
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
import pytest
from django.db import transaction
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from meters.models import Meter, Source
from meters.selectors import load_rollups, load_series
from meters.services import ensure_meter, ensure_site, store_readings

ZONES = (
    "Europe/Paris", "Asia/Kolkata", "Asia/Kathmandu", "Australia/Lord_Howe",
    "America/Chicago", "America/St_Johns", "Pacific/Apia", "UTC",
)  # fmt: skip
NOW = datetime(2026, 6, 1, tzinfo=UTC)
FIRST, LAST = datetime(2025, 1, 1, tzinfo=UTC), datetime(2026, 5, 30, tzinfo=UTC)
QUICK = settings(
    max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture], derandomize=True
)
Steps = dict[int, float]  # readings by their number after the start: any may be missing
WHOLE: Steps = {step: 1 + step % 7 / 8 for step in range(220)}
starts_at = st.integers(0, 500 * 24).map(lambda hours: FIRST + timedelta(hours=hours))
some_readings = st.dictionaries(st.integers(0, 400), st.floats(0, 9, allow_subnormal=False), min_size=1, max_size=60)


def meter_in(zone: str, interval_s: int) -> Meter:
    return ensure_meter(site=ensure_site(name=zone, zone=zone), reference=f"{interval_s}", interval_s=interval_s)


def counted_by_hand(start: datetime, some: Steps, interval_s: int, zone: str) -> dict[date, float]:
    days: dict[date, float] = defaultdict(float)
    for step in sorted(some):
        days[(start + timedelta(seconds=interval_s * step)).astimezone(ZoneInfo(zone)).date()] += some[step]
    return days


@pytest.mark.django_db
@QUICK
@given(zone=st.sampled_from(ZONES), interval_s=st.sampled_from([900, 1800, 3600]), start=starts_at, some=some_readings)
@example(zone="Europe/Paris", interval_s=900, start=datetime(2026, 3, 28, 9, tzinfo=UTC), some=WHOLE)
@example(zone="Europe/Paris", interval_s=900, start=datetime(2025, 10, 25, 9, tzinfo=UTC), some=WHOLE)
@example(zone="Australia/Lord_Howe", interval_s=900, start=datetime(2026, 4, 4, 2, tzinfo=UTC), some=WHOLE)
@example(zone="Australia/Lord_Howe", interval_s=1800, start=datetime(2025, 10, 4, 2, tzinfo=UTC), some=WHOLE)
@example(zone="America/Chicago", interval_s=900, start=datetime(2026, 3, 7, 20, tzinfo=UTC), some=WHOLE)
@example(zone="America/Chicago", interval_s=1800, start=datetime(2025, 11, 1, 20, tzinfo=UTC), some=WHOLE)
@example(zone="America/St_Johns", interval_s=900, start=datetime(2026, 3, 7, 20, tzinfo=UTC), some=WHOLE)
@example(zone="Asia/Kolkata", interval_s=3600, start=datetime(2026, 3, 28, 0, tzinfo=UTC), some=WHOLE)
@example(zone="Asia/Kathmandu", interval_s=900, start=datetime(2025, 10, 25, 0, tzinfo=UTC), some=WHOLE)
def test_local_days_add_up_to_what_stands_in_utc(
    source: Source, zone: str, interval_s: int, start: datetime, some: Steps
) -> None:
    with transaction.atomic():
        meter = meter_in(zone, interval_s)
        steps = sorted(some)
        frame = pd.DataFrame({"start_at": [start + timedelta(seconds=interval_s * step) for step in steps]})
        frame = frame.assign(interval_s=interval_s, energy_kwh=[some[step] for step in steps])
        report = store_readings(meter=meter, readings=frame, source=source, now=NOW)
        assert report.new == len(some)
        days = load_rollups(meter=meter, kind="day", start=FIRST - timedelta(days=2), end=LAST + timedelta(days=2))
        hours = load_rollups(meter=meter, kind="hour", start=FIRST - timedelta(days=2), end=LAST + timedelta(days=2))
        transaction.set_rollback(True)
    expected = counted_by_hand(start, some, interval_s, zone)
    found = dict(zip(pd.DatetimeIndex(days.index).tz_convert(zone).date, days["energy_kwh"], strict=True))
    assert found.keys() == expected.keys()
    np.testing.assert_allclose([found[day] for day in expected], list(expected.values()), rtol=1e-12)
    total = frame["energy_kwh"].sum()
    assert days["energy_kwh"].sum() == pytest.approx(total, rel=1e-12)
    assert hours["energy_kwh"].sum() == pytest.approx(total, rel=1e-12)
    assert (days["completeness"] <= 1).all()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("zone", "day", "quarters"),
    [
        ("Europe/Paris", date(2026, 3, 29), 92),
        ("Europe/Paris", date(2025, 10, 26), 100),
        ("America/Chicago", date(2026, 3, 8), 92),
        ("America/Chicago", date(2025, 11, 2), 100),
        ("America/St_Johns", date(2025, 11, 2), 100),
        ("Australia/Lord_Howe", date(2025, 10, 5), 94),
        ("Australia/Lord_Howe", date(2026, 4, 5), 98),
        ("Asia/Kolkata", date(2026, 3, 29), 96),
        ("Asia/Kathmandu", date(2026, 3, 29), 96),
        ("Pacific/Apia", date(2026, 4, 5), 96),
        ("UTC", date(2026, 3, 29), 96),
    ],
)
def test_a_day_has_as_many_quarter_hours_as_its_clock(source: Source, zone: str, day: date, quarters: int) -> None:
    """A kilowatt-hour each quarter of an hour: the day's sum is its length, and the neighbours have theirs."""
    meter = meter_in(zone, 900)
    begin = datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(zone)).astimezone(UTC)
    frame = pd.DataFrame({"start_at": pd.date_range(begin - timedelta(hours=30), periods=400, freq="15min")})
    store_readings(meter=meter, readings=frame.assign(interval_s=900, energy_kwh=1.0), source=source, now=NOW)
    days = load_rollups(meter=meter, kind="day", start=begin, end=begin + timedelta(hours=26))
    assert days["energy_kwh"].tolist()[0] == quarters
    assert days["completeness"].iloc[0] == 1.0
    after = days.index[0] + timedelta(minutes=15 * quarters)
    assert after.tz_convert(zone).date() == day + timedelta(days=1)
    series = load_series(meter=meter, start=begin, end=after.to_pydatetime(), column="energy_kwh")
    assert (len(series), series.sum()) == (quarters, quarters)
