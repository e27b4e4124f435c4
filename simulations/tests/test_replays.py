"""Past events told again, by services, pages and commands."""

import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse

from meters.models import Meter
from meters.selectors import data_through
from simulations.models import Replay, Scorecard
from simulations.services import find_past_events, replay_past_events

pytestmark = pytest.mark.django_db


@pytest.fixture
def scored(house: Meter) -> list[Scorecard]:
    now = data_through(house)
    assert now is not None
    return replay_past_events(meter=house, now=now, forecaster="load_temperature", each=2)


def test_hot_spells_are_found_in_the_data_and_telling_them_helps(house: Meter, scored: list[Scorecard]) -> None:
    hot = next(card for card in scored if card.kind == "heatwave")
    assert hot.replays_n >= 1
    assert hot.ratio is not None
    assert hot.ratio < 0.8
    assert 0.05 <= hot.spread <= 0.6


def test_on_ordinary_days_telling_their_own_weather_changes_nothing(scored: list[Scorecard]) -> None:
    placebo = Replay.objects.filter(kind="placebo")
    assert placebo.exists()
    assert all(row.placebo_pct == 0 for row in placebo)


def test_a_twin_that_is_replayed_was_trained_before_the_event(scored: list[Scorecard]) -> None:
    assert all(row.trained_through_at <= row.start_at for row in Replay.objects.all())


def test_the_pages_show_scorecard_and_each_replay(admin_client: Client, house: Meter, scored: list[Scorecard]) -> None:
    page = admin_client.get(f"{reverse('simulations:replays')}?meter={house.pk}").content.decode()
    assert "Hot spells" in page
    assert "Ordinary days (placebo)" in page
    one = Replay.objects.filter(kind="heatwave").first()
    assert one is not None
    shown = admin_client.get(reverse("simulations:replay", args=[one.pk])).content.decode()
    assert "Told, not told, measured" in shown


def test_without_replays_the_page_lists_what_was_found(admin_client: Client, house: Meter) -> None:
    assert "not told again yet" in admin_client.get(reverse("simulations:replays")).content.decode()
    now = data_through(house)
    assert now is not None
    assert {one.kind for one in find_past_events(meter=house, now=now).events} >= {"heatwave", "cold_snap", "holiday"}


def test_the_commands_say_the_same(house: Meter, scored: list[Scorecard]) -> None:
    out = StringIO()
    call_command("score_scenarios", meter=house.slug, json=True, stdout=out)
    assert {row["kind"] for row in json.loads(out.getvalue())} == {card.kind for card in scored}
    out = StringIO()
    call_command("replay_event", meter=house.slug, dry_run=True, stdout=out)
    assert "heatwave" in out.getvalue()
    with pytest.raises(CommandError, match="There is no meter"):
        call_command("replay_event", meter="nowhere", stdout=StringIO())


def test_one_event_is_simulated_at_a_prompt(house: Meter, scored: list[Scorecard]) -> None:
    out = StringIO()
    words = {"meter": house.slug, "event": "heatwave", "forecaster": "load_temperature", "stdout": out}
    call_command("simulate_event", param=["delta_c=6"], start="2025-08-10", end="2025-08-12", json=True, **words)
    told = json.loads(out.getvalue())
    assert told["summary"]["energy_kwh"]["change"][1] > 0
    assert len(told["series"]["change"][1]) == 72
    with pytest.raises(CommandError, match="delta_c"):
        call_command("simulate_event", param=["delta_c=60"], start="2025-08-10", end="2025-08-12", **words)
    with pytest.raises(CommandError, match="NAME=VALUE"):
        call_command("simulate_event", param=["6"], start="2025-08-10", end="2025-08-12", **words)


def test_every_event_is_listed() -> None:
    out = StringIO()
    call_command("list_events", json=True, stdout=out)
    told = json.loads(out.getvalue())
    assert told["heatwave"]["effect"] == "learned"
    assert told["battery"]["params"]["capacity_kwh"]["unit"] == "kWh"
    out = StringIO()
    call_command("list_events", stdout=out)
    assert "--param delta_c=6.0 °C" in out.getvalue()
