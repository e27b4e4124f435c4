"""List the events, their parameters and what kind of effect each has."""

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from simulations.registry import events
from twin_project.kit import params as kit_params


class Command(BaseCommand):
    """Exit 0; 1 where a file of simulations/events/ gives no usable event."""

    help = "List the events that a scenario can hold, with their parameters."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """How it is written."""
        parser.add_argument("--json", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        """Write them."""
        if options["json"]:
            self.stdout.write(json.dumps({key: _told(plugin) for key, plugin in events.all().items()}, default=str))
        else:
            for key, plugin in events.all().items():
                self.stdout.write(f"\n{key}  ({plugin.effect}, version {plugin.version})\n  {plugin.summary}")
                for info in kit_params.describe(plugin.Params):
                    bounds = f" [{info.minimum:g} to {info.maximum:g}]" if info.maximum is not None else ""
                    choices = f" [{' | '.join(info.choices)}]" if info.choices else ""
                    self.stdout.write(
                        f"  --param {info.name}={info.default} {info.unit}{bounds}{choices}  {info.label}"
                    )
        for key, reason in events.broken().items():
            self.stderr.write(f"{key}: {reason}")
        if events.broken():
            raise SystemExit(1)


def _told(plugin: Any) -> dict[str, Any]:
    infos = kit_params.describe(plugin.Params)
    return {
        "title": plugin.title,
        "summary": plugin.summary,
        "effect": plugin.effect,
        "version": plugin.version,
        "params": {info.name: {"default": info.default, "unit": info.unit, "minimum": info.minimum,
                               "maximum": info.maximum, "choices": info.choices} for info in infos},
    }  # fmt: skip
