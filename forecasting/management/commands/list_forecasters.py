"""List the forecasters there are, and where each stands on a meter."""

import json
from argparse import ArgumentParser
from dataclasses import asdict
from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from forecasting.registry import forecasters
from forecasting.selectors import care_of, ladder
from meters.selectors import UnknownMeter, meter_named


class Command(BaseCommand):
    """Exit 0; 1 with a sentence for an unknown meter, or where a forecaster's file is broken."""

    help = "Every forecaster with the days it needs; with --meter whether it serves that meter, and if not, why not."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Which meter."""
        parser.add_argument("--meter", help="its short name")
        parser.add_argument("--json", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        """List them."""
        rows = self._on(options["meter"]) if options["meter"] else _all()
        if options["json"]:
            self.stdout.write(json.dumps(rows))
        else:
            for row in rows:
                self.stdout.write(f"{row['forecaster']:<22}{row.get('state', ''):<11}{row['sentence']}")
        if broken := forecasters.broken():
            raise CommandError(" ".join(f"{key}.py is broken: {why}." for key, why in broken.items()))

    def _on(self, slug: str) -> list[dict[str, Any]]:
        try:
            meter = meter_named(slug)
        except UnknownMeter as error:
            raise CommandError(str(error)) from error
        champion = care_of(meter).champion
        return [{**asdict(rung), "in_charge": rung.forecaster == champion} for rung in ladder(meter)]


def _all() -> list[dict[str, Any]]:
    return [
        {
            "forecaster": key,
            "title": plugin.title,
            "sentence": f"{plugin.title}. {plugin.summary}",
            "min_history_days": plugin.min_history // timedelta(days=1),
            "pretrained": plugin.pretrained,
        }
        for key, plugin in forecasters.all().items()
    ]
