"""How long readings usually take to come: learned from visits, blind to backfills, corrections and one outage."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pandas as pd
import pytest
from django.test import Client
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from meters.domain.lag import Arrival, Lag, learned_lag
from meters.models import Meter, Reading, Source
from meters.selectors import all_meters, usual_lag
from meters.services import learn_lag, store_readings
from meters.views.cards import freshness_of

Frame = Callable[..., pd.DataFrame]
MAY = datetime(2026, 5, 1, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def daily(n: int, *, lag: timedelta = 30 * HOUR, start: datetime = MAY) -> list[Arrival]:
    """A visit a day, each up to what is `lag` old."""
    return [Arrival(start + k * DAY, start + k * DAY - lag) for k in range(n)]


def test_data_of_daily_visits_are_between_their_lag_and_a_day_more_old() -> None:
    lag = learned_lag(daily(15))
    assert lag == Lag(usual=42 * HOUR, longest=54 * HOUR, visits_n=14)
    assert lag.late_after == 54 * HOUR * 1.1


def test_two_visits_teach_nothing() -> None:
    assert learned_lag([]) is None
    assert learned_lag(daily(3)) is None  # the first has nothing before it
    assert learned_lag(daily(4)) is not None


def test_the_first_load_of_years_in_portions_does_not_count() -> None:
    years = [Arrival(MAY - DAY + k * timedelta(seconds=20), MAY - (200 - k) * 7 * DAY) for k in range(200)]
    assert learned_lag([*years, *daily(8, start=MAY)]) == learned_lag([*years[-1:], *daily(8, start=MAY)])
    assert learned_lag(years) is None


def test_a_visit_that_brings_its_days_one_by_one_is_one_visit() -> None:
    whole = daily(12)
    parts = [
        Arrival(one.at - (3 - part) * timedelta(seconds=30), one.through - (3 - part) * 8 * HOUR)
        for one in whole
        for part in (1, 2, 3)
    ]
    assert learned_lag(parts) == learned_lag(whole)


def test_readings_that_come_every_quarter_of_an_hour_are_not_one_visit() -> None:
    quarter = timedelta(minutes=15)
    lag = learned_lag(Arrival(MAY + k * quarter, MAY + (k - 1) * quarter) for k in range(100))
    assert lag is not None
    assert (lag.usual, lag.longest, lag.visits_n) == (quarter * 1.5, quarter * 2, 99)
    assert lag.late_after == quarter * 2 + HOUR


def test_an_old_reading_that_comes_later_is_a_backfill() -> None:
    some = daily(9)
    late = [Arrival(one.at + HOUR, one.through - 40 * DAY) for one in some]
    assert learned_lag(sorted([*some, *late], key=lambda one: one.at)) == learned_lag(some)


@given(at=st.integers(1, 18), days=st.integers(3, 30))
def test_one_outage_changes_next_to_nothing(at: int, days: int) -> None:
    before, after = daily(at), daily(20 - at, start=MAY + (at + days) * DAY)
    assert learned_lag([*before, *after]) == Lag(42 * HOUR, 54 * HOUR, 19)


@pytest.fixture
def portal(db: None, now: datetime) -> Source:
    return Source.objects.create(kind="scrape", label="Portal account of the flat", created_at=now)


@pytest.fixture
def visited(frame: Frame, meter: Meter, portal: Source, now: datetime) -> Meter:
    """A visit at noon of each of ten days up to `now` brings all up to the midnight before."""
    for back in range(10, -1, -1):
        at = now - back * DAY
        first = (at - timedelta(hours=60)).isoformat()
        store_readings(meter=meter, readings=frame(first, n=48, interval_s=3600), source=portal, now=at)
    return meter


def test_what_visits_bring_teaches_the_lag(visited: Meter, now: datetime) -> None:
    assert usual_lag(visited) is None
    assert learn_lag(meter=visited, now=now) == Lag(24 * HOUR, 36 * HOUR, 10)
    assert usual_lag(Meter.objects.get(pk=visited.pk)) == Lag(24 * HOUR, 36 * HOUR, 10)
    assert usual_lag(all_meters().get(pk=visited.pk)) == Lag(24 * HOUR, 36 * HOUR, 10)


def test_corrections_estimates_and_backfills_change_nothing(
    visited: Meter, portal: Source, frame: Frame, now: datetime
) -> None:
    newest = Reading.objects.filter(meter=visited).latest("start_at").start_at
    corrected = frame((newest - 30 * HOUR).isoformat(), n=31, interval_s=3600, energy_kwh=[9.0] * 31)
    store_readings(meter=visited, readings=corrected, source=portal, now=now + HOUR)
    old = frame((newest - 50 * DAY).isoformat(), n=200, interval_s=3600)
    store_readings(meter=visited, readings=old, source=portal, now=now + HOUR)
    guess = Source.objects.create(kind="estimate", label="like day", created_at=now)
    ahead = frame((newest + HOUR).isoformat(), n=5, interval_s=3600, quality=1, energy_kwh=[1.0] * 5)
    store_readings(meter=visited, readings=ahead, source=guess, now=now + 2 * HOUR)
    assert learn_lag(meter=visited, now=now + 2 * HOUR) == Lag(24 * HOUR, 36 * HOUR, 10)


def test_a_meter_without_visits_keeps_the_rule_of_thumb(meter: Meter, now: datetime) -> None:
    assert learn_lag(meter=meter, now=now) is None
    assert usual_lag(meter) is None


def test_data_are_late_when_they_are_older_than_ever(visited: Meter, now: datetime) -> None:
    learn_lag(meter=visited, now=now)
    through = now.replace(hour=0)
    fresh = freshness_of(visited, now=through + 39 * HOUR)
    assert (fresh.late, fresh.usual_s) == (False, 86_400)
    assert freshness_of(visited, now=through + 40 * HOUR).late


def test_pages_say_the_usual_lag_and_how_late_it_is(as_viewer: Client, visited: Meter, now: datetime) -> None:
    learn_lag(meter=visited, now=now)
    for name in ("meters:meter", "meters:explore", "meters:quality"):
        page = as_viewer.get(reverse(name, args=[visited.slug])).content.decode()
        assert "late: usual lag 24\u2009h, now " in page
    assert "usual lag 24\u2009h, now " in as_viewer.get(reverse("meters:meter_list")).content.decode()
    assert "late: usual lag 24\u2009h, now " in as_viewer.get(f"/?meter={visited.pk}").content.decode()


def test_the_page_data_lists_sources_with_their_lag(as_viewer: Client, visited: Meter, now: datetime) -> None:
    assert "not known yet" in as_viewer.get("/data/").content.decode()
    learn_lag(meter=visited, now=now)
    page = as_viewer.get("/data/").content.decode()
    assert "Portal account of the flat" in page
    assert '<td class="number">24\u2009h</td>' in page
