"""Find a meter's past events, and tell them again to a twin that was trained before them."""

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from tqdm import tqdm

from meters.selectors import UnknownMeter, meter_named
from simulations.domain.errors import SimulationError
from simulations.models import Replay
from simulations.services import find_past_events, replay_past_events


class Command(BaseCommand):
    """Exit 0 with a line for each past event; 1 with a sentence where none can be told again."""

    help = "Tell the hot and cold spells, holidays and shutdowns of a meter's last year again."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Which meter, which forecaster."""
        parser.add_argument("--meter", required=True, help="its short name")
        parser.add_argument("--forecaster", default="", help="by default the best that knows the weather")
        parser.add_argument("--each", type=int, default=5, help="past events of a kind")
        parser.add_argument("--dry-run", action="store_true", help="only say which were found")
        parser.add_argument("--json", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        """Find, tell, keep, say."""
        try:
            meter, now = meter_named(options["meter"]), timezone.now()
            if options["dry_run"]:
                self._found(
                    find_past_events(meter=meter, now=now, each=options["each"]).events, as_json=options["json"]
                )
                return
            with tqdm(desc="Past events", unit="event", file=self.stderr, disable=None) as bar:
                replay_past_events(
                    meter=meter, now=now, forecaster=options["forecaster"], each=options["each"],
                    progress=lambda done, of: _show(bar, done, of),
                )  # fmt: skip
        except (SimulationError, UnknownMeter) as error:
            raise CommandError(str(error)) from error
        rows = list(Replay.objects.filter(meter=meter).order_by("kind", "start_at"))
        if options["json"]:
            names = ("kind", "words", "forecaster", "told_mae_kw", "untold_mae_kw", "peak_error_pct", "coverage80_pct")
            told = [
                {"start_at": row.start_at.isoformat(), **{name: getattr(row, name) for name in names}} for row in rows
            ]
            self.stdout.write(json.dumps(told))
            return
        for row in rows:
            self.stdout.write(
                f"{row.kind:<10}{row.start_at:%Y-%m-%d}  told {row.told_mae_kw:8.3f} kW  "
                f"untold {row.untold_mae_kw:8.3f} kW  inside {row.coverage80_pct:3.0f} %  {row.words}"
            )

    def _found(self, events: list[Any], *, as_json: bool) -> None:
        if as_json:
            told = [{"kind": one.kind, "days": [str(day) for day in one.days], "words": one.words} for one in events]
            self.stdout.write(json.dumps(told))
            return
        for one in events:
            self.stdout.write(f"{one.kind:<10}{one.days[0]} {len(one.days)} d  {one.words}")


def _show(bar: Any, done: int, of: int) -> None:
    bar.total = of
    bar.update(done - bar.n)
