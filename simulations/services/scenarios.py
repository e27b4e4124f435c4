"""Scenarios as people write them: read with a sentence for each field that is wrong, kept, copied."""

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction

from simulations.domain.contract import Event, Placed, Span, in_order
from simulations.domain.errors import BadScenario
from simulations.models import Scenario, ScenarioEvent
from simulations.registry import events
from twin_project.kit import params as kit_params
from twin_project.kit.registry import BrokenPlugin, UnknownPlugin

if TYPE_CHECKING:
    from meters.models import Meter

MOST_EVENTS = 8


@dataclass(frozen=True)
class Wish:
    """One event as it was asked for: the plug-in's key, its parameters as text or values, its span."""

    event: str
    params: dict[str, Any]
    start_at: datetime
    end_at: datetime


def place(wish: Wish) -> Placed:
    """The event at its place; raises BadScenario naming the parameter that is wrong."""
    try:
        plugin = events.get(wish.event)
        params = kit_params.read(plugin.Params, wish.params)
    except (UnknownPlugin, BrokenPlugin) as error:
        raise BadScenario("event", str(error)) from error
    except kit_params.BadParams as error:
        name, sentence = next(iter(error.errors.items()))
        raise BadScenario(name, f"{name} {sentence}") from error
    return Placed(plugin(params), Span(wish.start_at, wish.end_at))


def placed_of(wishes: list[Wish], period: Span) -> list[Placed]:
    """All of them, checked against one another and the period; raises BadScenario."""
    if len(wishes) > MOST_EVENTS:
        raise BadScenario("event", f"A scenario holds {MOST_EVENTS} events at most.")
    return in_order([place(wish) for wish in wishes], period)


def save_scenario(
    *,
    name: str,
    meters: "list[Meter]",
    period: Span,
    wishes: list[Wish],
    now: datetime,
    forecaster: str = "",
    note: str = "",
    by: AbstractBaseUser | None = None,
    scenario: Scenario | None = None,
) -> Scenario:
    """Keep a scenario, or change `scenario`; nothing is kept where something is wrong. Raises BadScenario."""
    if not name.strip():
        raise BadScenario("name", "Give the scenario a name.")
    if not meters:
        raise BadScenario("meters", "Choose at least one meter.")
    placed = placed_of(wishes, period)
    with transaction.atomic():
        row = scenario or Scenario(created_at=now, created_by_id=getattr(by, "pk", None))
        row.name, row.note, row.forecaster = name.strip()[:120], note, forecaster
        row.start_at, row.end_at, row.changed_at = period.start, period.end, now
        row.save()
        row.meters.set(meters)
        row.events.all().delete()
        ScenarioEvent.objects.bulk_create(
            ScenarioEvent(
                scenario=row,
                event=one.event.key,
                params=kit_params.dump(one.event.params),
                start_at=one.span.start,
                end_at=one.span.end,
            )
            for one in placed
        )
    return row


def clone_scenario(*, scenario: Scenario, now: datetime, by: AbstractBaseUser | None = None) -> Scenario:
    """A copy under a name of its own."""
    return save_scenario(
        name=f"{scenario.name[:110]} (copy)",
        meters=list(scenario.meters.all()),
        period=Span(scenario.start_at, scenario.end_at),
        wishes=wishes_of(scenario),
        now=now,
        forecaster=scenario.forecaster,
        note=scenario.note,
        by=by,
    )


def wishes_of(scenario: Scenario) -> list[Wish]:
    """Its events as they were asked for."""
    return [Wish(row.event, row.params, row.start_at, row.end_at) for row in scenario.events.all()]


def as_asked(scenario: Scenario) -> dict[str, Any]:
    """The scenario as JSON, with the versions of its events: what a run keeps to be made again."""
    return {
        "name": scenario.name,
        "start_at": scenario.start_at.isoformat(),
        "end_at": scenario.end_at.isoformat(),
        "forecaster": scenario.forecaster,
        "meters": sorted(scenario.meters.values_list("pk", flat=True)),
        "events": [
            {
                "event": row.event,
                "version": events.get(row.event).version,
                "params": row.params,
                "start_at": row.start_at.isoformat(),
                "end_at": row.end_at.isoformat(),
            }
            for row in scenario.events.all()
        ],
    }


def read_asked(asked: dict[str, Any]) -> tuple[Span, list[Wish]]:
    """The period and the wishes of a run; raises BadScenario where an event has another version by now."""
    period = Span(datetime.fromisoformat(asked["start_at"]), datetime.fromisoformat(asked["end_at"]))
    for one in asked["events"]:
        now = _version_of(one["event"])
        if now != one["version"]:
            told = (
                f"The event {one['event']} was version {one['version']} then and is {now} now; run the scenario anew."
            )
            raise BadScenario("event", told)
    times = datetime.fromisoformat
    return period, [Wish(e["event"], e["params"], times(e["start_at"]), times(e["end_at"])) for e in asked["events"]]


def _version_of(key: str) -> int:
    try:
        plugin: type[Event] = events.get(key)
    except (UnknownPlugin, BrokenPlugin) as error:
        raise BadScenario("event", str(error)) from error
    return plugin.version
