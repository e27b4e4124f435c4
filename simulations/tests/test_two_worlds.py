"""Paired worlds: what acts on both cancels, order is as it is said, and a forecaster of cents serves every event."""

from datetime import timedelta
from itertools import permutations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from forecasting.domain.contract import Known
from forecasting.forecasters.seasonal_naive import SeasonalNaive
from simulations.domain import conformance
from simulations.domain.contract import Event, Placed, Span, in_order
from simulations.domain.engine import Question, simulate
from simulations.domain.errors import BadScenario
from simulations.domain.outcome import Outcome
from simulations.events.heatwave import Heatwave
from simulations.events.load_growth import LoadGrowth
from simulations.events.occupancy_change import OccupancyChange
from simulations.events.shutdown import Shutdown
from simulations.events.voltage_reduction import VoltageReduction
from simulations.registry import events
from twin_project.kit import params as kit_params

DAY = timedelta(days=1)
FEW = settings(max_examples=25, deadline=None, derandomize=True)
WITH_STRENGTH = [key for key, plugin in events.all().items() if kit_params.describe(plugin.Params)]
percents = st.floats(-99, 200)


@pytest.fixture(scope="module")
def naive(load: "pd.Series[float]", known: Known) -> SeasonalNaive:
    return SeasonalNaive().fit(load.loc[: load.index[-24 * 10]], known)


@pytest.fixture(scope="module")
def week(load: "pd.Series[float]") -> Span:
    end = load.index[-1].to_pydatetime() + timedelta(hours=1) - 2 * DAY
    return Span(end - 7 * DAY, end)


def told(naive: SeasonalNaive, load: "pd.Series[float]", known: Known, week: Span, *placed: Placed) -> Outcome:
    return simulate(naive, Question(load, known, week, placed), draws=40, seed=4)


@pytest.mark.parametrize("key", WITH_STRENGTH)
def test_an_event_of_zero_strength_has_a_difference_of_exactly_nothing(
    key: str, naive: SeasonalNaive, load: "pd.Series[float]", known: Known, week: Span
) -> None:
    still = Placed(conformance.still(events.get(key)), Span(week.start + DAY, week.end - DAY))
    outcome = told(naive, load, known, week, still)
    assert set(outcome.energy_change_kwh()) == {0.0}
    assert set(outcome.peak_change_kw()) == {0.0}
    assert (outcome.difference_bands() == 0).all(axis=None)


@pytest.mark.parametrize("key", events.keys())
def test_a_forecaster_of_cents_serves_every_event(
    key: str, naive: SeasonalNaive, load: "pd.Series[float]", known: Known, week: Span
) -> None:
    event = events.get(key)()
    outcome = told(naive, load, known, week, Placed(event, Span(week.start + DAY, week.end - 3 * DAY)))
    assert np.isfinite(outcome.scenario.kw).all()
    reach = event.reach(Span(week.start + DAY, week.end - 3 * DAY))
    before = outcome.starts < pd.Timestamp(reach.start)
    assert np.array_equal(outcome.base.kw[:, before], outcome.scenario.kw[:, before])


@FEW
@given(percents, percents)
@pytest.mark.parametrize("kind", [LoadGrowth, OccupancyChange])
def test_two_percentages_of_a_kind_commute(kind: type[Event], one: float, other: float) -> None:
    name = {LoadGrowth: "growth_pct", OccupancyChange: "change_pct"}[kind]
    _, load = conformance.a_world()
    first, second = (kind(kit_params.read(kind.Params, {name: max(value, -99)})) for value in (one, other))
    span, later = conformance.SPAN, Span(conformance.SPAN.start + DAY, conformance.SPAN.end + DAY)
    ab = second.change_load(first.change_load(load, span), later)
    ba = first.change_load(second.change_load(load, later), span)
    assert np.allclose(ab.kw, ba.kw)


@FEW
@given(st.floats(0, 10), st.floats(0, 2), st.floats(0, 10), st.floats(0, 2))
def test_two_reductions_of_the_voltage_commute(one: float, factor: float, other: float, another: float) -> None:
    _, load = conformance.a_world()
    first = VoltageReduction(VoltageReduction.Params(one, factor))
    second = VoltageReduction(VoltageReduction.Params(other, another))
    ab = second.change_load(first.change_load(load, conformance.SPAN), conformance.SPAN)
    ba = first.change_load(second.change_load(load, conformance.SPAN), conformance.SPAN)
    assert np.allclose(ab.kw, ba.kw)


def test_humid_heatwaves_may_not_overlap_as_their_order_matters() -> None:
    period = Span(conformance.FIRST, conformance.FIRST + 9 * DAY)
    humid, dry = Heatwave(Heatwave.Params(humidity_pct=20)), Heatwave()
    with pytest.raises(BadScenario, match="overlap"):
        in_order([Placed(humid, conformance.SPAN), Placed(dry, conformance.SPAN)], period)
    assert len(in_order([Placed(dry, conformance.SPAN), Placed(dry, conformance.SPAN)], period)) == 2


def test_shutdowns_that_overlap_are_found_also_with_another_event_between_them() -> None:
    period = Span(conformance.FIRST, conformance.FIRST + 9 * DAY)
    placed = [
        Placed(Shutdown(), Span(period.start + DAY, period.start + 5 * DAY)),
        Placed(LoadGrowth(), Span(period.start + 2 * DAY, period.start + 3 * DAY)),
        Placed(Shutdown(), Span(period.start + 4 * DAY, period.start + 6 * DAY)),
    ]
    with pytest.raises(BadScenario, match="overlap"):
        in_order(placed, period)


def test_the_order_of_writing_makes_no_difference() -> None:
    period = Span(conformance.FIRST, conformance.FIRST + 9 * DAY)
    placed = [Placed(events.get(key)(), conformance.SPAN) for key in ("battery", "occupancy_change", "heatwave")]
    written = [[one.event.key for one in in_order(list(some), period)] for some in permutations(placed)]
    assert all(keys == ["heatwave", "occupancy_change", "battery"] for keys in written)
