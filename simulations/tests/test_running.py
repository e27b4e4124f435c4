"""Runs: whole or not at all, and the same again."""

from datetime import timedelta
from typing import Any

import pytest

from meters.models import Meter
from meters.services import ensure_example_prices
from simulations.domain.contract import Span
from simulations.domain.errors import BadScenario
from simulations.models import Scenario, SimulationPart, SimulationPoint, SimulationRun
from simulations.services import Wish, ask_simulation, clone_scenario, end_lost_runs, run_simulation, save_scenario
from simulations.tasks import run_simulation as job_body
from twin_project.kit.jobs.models import Job

pytestmark = pytest.mark.django_db


@pytest.fixture
def period(house: Meter) -> Span:
    from meters.selectors import data_through

    through = data_through(house)
    assert through is not None
    return Span(through - timedelta(days=10), through - timedelta(days=3))


@pytest.fixture
def heatwave(house: Meter, period: Span) -> Scenario:
    wish = Wish("heatwave", {"delta_c": 6}, period.start + timedelta(days=1), period.end - timedelta(days=2))
    return save_scenario(
        name="Hot", meters=[house], period=period, wishes=[wish], now=period.end, forecaster="load_temperature"
    )


def test_a_heatwave_on_a_cooled_house_takes_more_and_says_how_sure_it_is(heatwave: Scenario, period: Span) -> None:
    run = run_simulation(run=ask_simulation(scenario=heatwave, now=period.end), now=period.end)
    assert run.state == SimulationRun.State.DONE
    low, middle, high = run.summary["energy_kwh"]["change"]
    assert 0 < low < middle < high
    # 0.3 kW for a degree, four days, warmer by about 5 in the mean of the hours above 20: the truth is near 110 kWh
    assert 50 < middle < 180
    assert SimulationPoint.objects.filter(run=run).count() == 7 * 24
    part = SimulationPart.objects.get(run=run)
    assert part.weather == "observed"
    assert part.trained.forecaster == "load_temperature"
    before = SimulationPoint.objects.filter(run=run, start_at__lt=period.start + timedelta(days=1))
    assert all(point.change_p50_kw == 0 for point in before)


def test_the_same_question_gives_the_same_answer(heatwave: Scenario, period: Span) -> None:
    def figures() -> Any:
        run = run_simulation(run=ask_simulation(scenario=heatwave, now=period.end), now=period.end)
        return run.summary, list(
            SimulationPoint.objects.filter(run=run).order_by("start_at").values_list("change_p50_kw")
        )

    assert figures() == figures()


def test_an_open_run_is_not_asked_for_twice(heatwave: Scenario, period: Span) -> None:
    first = ask_simulation(scenario=heatwave, now=period.end)
    assert ask_simulation(scenario=heatwave, now=period.end) == first
    heatwave.events.update(params={"delta_c": 2})
    assert ask_simulation(scenario=heatwave, now=period.end) != first


def test_a_run_keeps_what_it_was_asked_when_the_scenario_changes(heatwave: Scenario, period: Span) -> None:
    run = ask_simulation(scenario=heatwave, now=period.end)
    heatwave.events.all().delete()
    run = run_simulation(run=run, now=period.end)
    assert run.summary["energy_kwh"]["change"][1] > 0
    assert run.asked["events"][0] == {**run.asked["events"][0], "event": "heatwave", "version": 1}


def test_a_bill_stands_beside_the_energy(heatwave: Scenario, period: Span, house: Meter) -> None:
    ensure_example_prices(site=house.site, currency="EUR", valid_from=(period.start - timedelta(days=40)).date())
    cost = run_simulation(run=ask_simulation(scenario=heatwave, now=period.end), now=period.end).summary["cost"]
    low, middle, high = cost["change"]
    assert cost["is_example"]
    assert cost["scenario"]["total"] > cost["base"]["total"] > 0
    assert low <= middle <= high
    assert abs((cost["scenario"]["total"] - cost["base"]["total"]) - middle) < middle


def test_a_failed_run_says_why_and_has_no_result(house: Meter, heatwave: Scenario, period: Span) -> None:
    from meters.models import WeatherObservation

    WeatherObservation.objects.filter(site=house.site).delete()
    run = ask_simulation(scenario=heatwave, now=period.end)
    with pytest.raises(BadScenario, match="No temperature is known"):
        run_simulation(run=run, now=period.end)
    assert not SimulationPoint.objects.filter(run=run).exists()
    assert job_body is not None


@pytest.mark.parametrize(
    ("event", "params", "field"),
    [
        ("heatwave", {"delta_c": 60}, "delta_c"),
        ("battery", {"capacity_kwh": -5}, "capacity_kwh"),
        ("heatwave", {"strength": 3}, "strength"),
        ("earthquake", {}, "event"),
    ],
)
def test_what_is_wrong_is_told_by_its_field_and_nothing_is_kept(
    event: str, params: dict[str, Any], field: str, house: Meter, period: Span
) -> None:
    wish = Wish(event, params, period.start, period.end)
    with pytest.raises(BadScenario) as told:
        save_scenario(name="Wrong", meters=[house], period=period, wishes=[wish], now=period.end)
    assert told.value.field == field
    assert not Scenario.objects.exists()


def test_shutdowns_that_overlap_and_events_beyond_the_period_are_refused(house: Meter, period: Span) -> None:
    day = timedelta(days=1)
    two = [
        Wish("shutdown", {}, period.start, period.start + 2 * day),
        Wish("shutdown", {}, period.start + day, period.end),
    ]
    with pytest.raises(BadScenario, match="overlap"):
        save_scenario(name="Two", meters=[house], period=period, wishes=two, now=period.end)
    beyond = [Wish("shutdown", {}, period.end + day, period.end + 2 * day)]
    with pytest.raises(BadScenario, match="outside the period"):
        save_scenario(name="Late", meters=[house], period=period, wishes=beyond, now=period.end)


@pytest.mark.parametrize(("state", "ends"), [("cancelled", "cancelled"), ("failed", "failed")])
def test_a_run_whose_job_is_over_ends_with_its_reason(state: str, ends: str, heatwave: Scenario, period: Span) -> None:
    run = ask_simulation(scenario=heatwave, now=period.end)
    assert end_lost_runs() == 0
    Job.objects.filter(pk__in=[run.job]).update(state=state, error_message="its process was lost three times")
    assert end_lost_runs() == 1
    run.refresh_from_db()
    assert run.state == ends
    assert run.error == ("" if state == "cancelled" else "its process was lost three times")
    assert ask_simulation(scenario=heatwave, now=period.end) != run


def test_a_copy_is_a_scenario_of_its_own(heatwave: Scenario, period: Span) -> None:
    copy = clone_scenario(scenario=heatwave, now=period.end)
    copy.events.update(params={"delta_c": 1})
    assert copy.name == "Hot (copy)"
    assert heatwave.events.get().params["delta_c"] == 6
