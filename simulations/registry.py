"""The events there are: every file of `simulations/events/`."""

from simulations.domain.contract import Event
from twin_project.kit.registry import Registry

events: Registry[Event] = Registry("simulations.events", Event)


def choices() -> list[tuple[str, str]]:
    """(key, title) pairs for a model field: a function, so that a new file needs no migration."""
    return events.choices()
