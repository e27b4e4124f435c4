"""Whatever the order, the portions and the repetitions: the same readings stand in the end."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

import pandas as pd
import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from meters.models import Meter, Reading, ReadingRevision, Source
from meters.services import store_readings

START = datetime(2026, 3, 28, 22, 0, tzinfo=UTC)  # the night in which Paris puts its clocks forward
NOW = datetime(2026, 6, 1, tzinfo=UTC)
QUICK = settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture], derandomize=True
)

amounts = st.one_of(st.none(), st.floats(0, 50, allow_nan=False).map(lambda value: round(value, 3)))
rows = st.lists(st.tuples(st.integers(0, 30), amounts, amounts), min_size=1, max_size=25)
unique_rows = st.lists(
    st.tuples(st.integers(0, 30), amounts, amounts), min_size=1, max_size=25, unique_by=lambda row: row[0]
)


def as_frame(some: list[tuple[int, float | None, float | None]]) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "start_at": pd.DatetimeIndex([START + timedelta(minutes=15 * step) for step, *_ in some], tz="UTC"),
            "interval_s": 900,
            "energy_kwh": [energy for _, energy, _ in some],
            "voltage_v": [voltage for *_, voltage in some],
        }
    ).astype({"energy_kwh": "float64", "voltage_v": "float64"})


def stored_after(meter: Meter, source: Source, portions: list[pd.DataFrame]) -> tuple[list[Any], int]:
    """What stands after the portions, and how many revisions; undone before the next."""
    with transaction.atomic():
        for portion in portions:
            store_readings(meter=meter, readings=portion, source=source, now=NOW)
        found = list(
            Reading.objects.order_by("start_at").values_list("start_at", "energy_kwh", "power_kw", "voltage_v")
        )
        revisions = ReadingRevision.objects.count()
        transaction.set_rollback(True)
    return found, revisions


@pytest.mark.django_db
@QUICK
@given(some=rows, cuts=st.lists(st.integers(0, 25), max_size=4))
def test_portions_make_no_difference(
    meter: Meter, source: Source, some: list[tuple[int, float | None, float | None]], cuts: list[int]
) -> None:
    whole = as_frame(some)
    edges = [0, *sorted(min(cut, len(whole)) for cut in cuts), len(whole)]
    portions = [whole.iloc[first:last] for first, last in pairwise(edges)]
    assert stored_after(meter, source, portions)[0] == stored_after(meter, source, [whole])[0]


@pytest.mark.django_db
@QUICK
@given(some=unique_rows, seed=st.integers(0, 1000))
def test_the_order_makes_no_difference(
    meter: Meter, source: Source, some: list[tuple[int, float | None, float | None]], seed: int
) -> None:
    whole = as_frame(some)
    shuffled = whole.sample(frac=1, random_state=seed)
    apart = [shuffled.drop(columns="voltage_v"), shuffled.drop(columns="energy_kwh")]
    expected = stored_after(meter, source, [whole])[0]
    assert stored_after(meter, source, [shuffled])[0] == expected
    assert stored_after(meter, source, apart)[0] == expected
    assert stored_after(meter, source, apart[::-1])[0] == expected


@pytest.mark.django_db
@QUICK
@given(some=rows, times=st.integers(2, 4))
def test_repetition_makes_no_difference(
    meter: Meter, source: Source, some: list[tuple[int, float | None, float | None]], times: int
) -> None:
    whole = as_frame(some)
    found, revisions = stored_after(meter, source, [whole] * times)
    assert (found, revisions) == (stored_after(meter, source, [whole])[0], 0)
