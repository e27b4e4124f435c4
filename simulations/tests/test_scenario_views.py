"""The pages of what-if, on a house that is cooled."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from meters.models import Meter
from meters.selectors import data_through
from simulations.domain.contract import Span
from simulations.models import Scenario, SimulationRun
from simulations.services import Wish, ask_simulation, run_simulation, save_scenario
from twin_project.kit.jobs.models import Job

pytestmark = pytest.mark.django_db
FORECASTER = "load_temperature"


@pytest.fixture
def period(house: Meter) -> Span:
    through = data_through(house)
    assert through is not None
    midnight = through.replace(hour=22)  # of Paris in summer
    return Span(midnight - timedelta(days=11), midnight - timedelta(days=4))


@pytest.fixture
def heatwave(house: Meter, period: Span) -> Scenario:
    wish = Wish("heatwave", {"delta_c": 6}, period.start + timedelta(days=1), period.end - timedelta(days=2))
    words: dict[str, Any] = {"now": period.end, "forecaster": FORECASTER}
    return save_scenario(name="Hot week", meters=[house], period=period, wishes=[wish], **words)


@pytest.fixture
def done(heatwave: Scenario, period: Span) -> SimulationRun:
    return run_simulation(run=ask_simulation(scenario=heatwave, now=period.end), now=period.end)


def posted(house: Meter, period: Span, **more: str) -> dict[str, Any]:
    first, last = period.start + timedelta(hours=2), period.end - timedelta(hours=2)
    return {
        "name": "Hot", "meters": [str(house.pk)], "first": f"{first:%Y-%m-%d}", "last": f"{last:%Y-%m-%d}",
        "forecaster": FORECASTER, "events": ["0"], "e0-event": "heatwave", "e0-delta_c": "6", "e0-ramp_h": "12",
        "e0-shape": "nights too", "e0-humidity_pct": "0", "e0-start": f"{first + timedelta(days=1):%Y-%m-%dT00:00}",
        "e0-end": f"{last:%Y-%m-%dT00:00}", **more,
    }  # fmt: skip


def test_the_list_offers_every_event_and_shows_what_came_of_each_scenario(
    admin_client: Client, done: SimulationRun
) -> None:
    page = admin_client.get(reverse("simulations:scenario_list")).content.decode()
    assert "Hot week" in page
    assert all(title in page for title in ("Heatwave", "Battery", "Solar panels", "Shutdown", "Tariff change"))
    assert "+" in page


@pytest.mark.usefixtures("house")
def test_the_builder_begins_with_the_event_that_was_clicked(admin_client: Client) -> None:
    page = admin_client.get(f"{reverse('simulations:new')}?event=heatwave").content.decode()
    assert 'name="e0-delta_c"' in page
    assert "Warmer by, °C" in page


def test_an_event_joins_and_leaves_without_anything_being_kept(
    admin_client: Client, house: Meter, period: Span
) -> None:
    joined = admin_client.post(
        reverse("simulations:new"), posted(house, period, add="battery", join="1")
    ).content.decode()
    assert 'name="e1-capacity_kwh"' in joined
    assert 'value="6' in joined
    left = admin_client.post(reverse("simulations:new"), posted(house, period, remove="0")).content.decode()
    assert 'name="e0-delta_c"' not in left
    assert not Scenario.objects.exists()


def test_keep_and_run_keeps_it_and_asks_for_its_answer(admin_client: Client, house: Meter, period: Span) -> None:
    answer = admin_client.post(reverse("simulations:new"), posted(house, period, run="1"))
    row = Scenario.objects.get()
    assert answer["Location"] == reverse("simulations:scenario", args=[row.pk])
    assert row.events.get().params["delta_c"] == 6
    assert Job.objects.get(kind="run_simulation").params == {"run_id": row.runs.get().pk}
    assert "Waiting for a free worker" in admin_client.get(answer["Location"]).content.decode()


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"e0-delta_c": "60"}, "must be 20 °C or less, not 60"),
        ({"e0-delta_c": "warm"}, "Enter a number"),
        ({"e0-end": "2001-01-01T00:00"}, "must come after the start"),
        ({"last": "2001-01-01"}, "must not come before the first"),
        ({"meters": ""}, "required"),
    ],
)
def test_what_is_wrong_stands_at_its_field_and_nothing_is_kept(
    change: dict[str, str], sentence: str, admin_client: Client, house: Meter, period: Span
) -> None:
    answer = admin_client.post(reverse("simulations:new"), posted(house, period, run="1", **change))
    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    assert not Scenario.objects.exists()


def test_the_preview_draws_what_a_trained_twin_says_and_keeps_nothing(
    admin_client: Client, house: Meter, period: Span, done: SimulationRun
) -> None:
    page = admin_client.post(reverse("simulations:preview"), posted(house, period)).content.decode()
    assert 'data-figure="figure-preview"' in page
    assert "sure to rise" in page
    assert Scenario.objects.count() == 1


def test_the_preview_says_that_nothing_is_trained_yet(admin_client: Client, house: Meter, period: Span) -> None:
    page = admin_client.post(reverse("simulations:preview"), posted(house, period)).content.decode()
    assert "it is when the scenario is run" in page


def test_a_result_shows_the_change_with_its_range_and_its_ground(admin_client: Client, done: SimulationRun) -> None:
    page = admin_client.get(reverse("simulations:scenario", args=[done.scenario_id])).content.decode()
    for words in ("Energy", "Peak", "80", "What it rests on", "learned", "version 1", "As a table"):
        assert words in page
    lines = b"".join(admin_client.get(reverse("simulations:points_csv", args=[done.pk])).streaming_content)  # type: ignore[attr-defined]
    assert len(lines.splitlines()) == 1 + 7 * 24
    assert b"change_p50_kw" in lines
    report = admin_client.get(reverse("simulations:report", args=[done.pk])).content.decode()
    assert "courses of chance" in report


def test_scenarios_are_compared_copied_and_deleted(admin_client: Client, done: SimulationRun) -> None:
    assert "Hot week" in admin_client.get(f"{reverse('simulations:compare')}?of={done.scenario_id}").content.decode()
    copied = admin_client.post(reverse("simulations:clone", args=[done.scenario_id]))
    assert "Hot week (copy)" in admin_client.get(copied["Location"]).content.decode()
    admin_client.post(reverse("simulations:delete", args=[done.scenario_id]))
    assert list(Scenario.objects.values_list("name", flat=True)) == ["Hot week (copy)"]


def test_a_failed_run_says_why(admin_client: Client, heatwave: Scenario, period: Span) -> None:
    run = ask_simulation(scenario=heatwave, now=period.end)
    SimulationRun.objects.filter(pk=run.pk).update(state="failed", error="The moon was in the way.")
    assert (
        "The moon was in the way."
        in admin_client.get(reverse("simulations:scenario", args=[heatwave.pk])).content.decode()
    )


def test_home_runs_a_heatwave_in_two_clicks(admin_client: Client, house: Meter) -> None:
    page = admin_client.get("/").content.decode()
    assert "What if?" in page
    answer = admin_client.post(reverse("simulations:quick"), {"meter": house.pk, "event": "heatwave"})
    row = Scenario.objects.get()
    assert answer["Location"] == reverse("simulations:scenario", args=[row.pk])
    assert row.runs.count() == 1
    assert "under way" in admin_client.get("/").content.decode()


def test_a_viewer_may_look_and_not_run(client: Client, heatwave: Scenario, django_user_model: Any) -> None:
    client.force_login(django_user_model.objects.create_user("viewer"))
    assert client.get(reverse("simulations:scenario", args=[heatwave.pk])).status_code == 200
    assert client.post(reverse("simulations:run", args=[heatwave.pk])).status_code == 403
