"""Simulate one event on one meter, in this process; nothing is kept."""

import json
from argparse import ArgumentParser
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from meters.selectors import UnknownMeter, meter_named
from simulations.domain.contract import Span
from simulations.domain.errors import BadScenario, SimulationError
from simulations.services import Wish, answer, placed_of, series_of, summary_of
from simulations.services.pricing import money


class Command(BaseCommand):
    """Exit 0 with the change in energy, peak, cost and CO2; 1 with a sentence on what is wrong."""

    help = (
        "Simulate an event on a meter: simulate_event --meter M --event heatwave --param delta_c=6 --start .. --end .."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """What, on what, when."""
        parser.add_argument("--meter", required=True, help="its short name")
        parser.add_argument("--event", required=True, help="as list_events names it")
        parser.add_argument("--param", nargs="+", action="extend", default=[], metavar="NAME=VALUE")
        parser.add_argument("--start", required=True, help="local day or moment, 2026-01-31 or 2026-01-31T14:00")
        parser.add_argument("--end", required=True, help="likewise; a day is included")
        parser.add_argument("--from", dest="first", help="the period's first day, by default that of the event")
        parser.add_argument("--to", dest="last", help="the period's last day, by default that of the event")
        parser.add_argument("--forecaster", default="", help="by default the best that knows the weather")
        parser.add_argument("--seed", type=int, default=0)
        parser.add_argument("--json", action="store_true", help="with every interval")

    def handle(self, *args: Any, **options: Any) -> None:
        """Answer it."""
        try:
            meter = meter_named(options["meter"])
            zone = ZoneInfo(meter.site.zone)
            span = Span(_moment(options["start"], zone, "start"), _moment(options["end"], zone, "end", after=True))
            first = _moment(options["first"] or options["start"][:10], zone, "from")
            last = _moment(options["last"] or options["end"][:10], zone, "to", after=True)
            period = Span(first, last)
            placed = placed_of([Wish(options["event"], _params(options["param"]), span.start, span.end)], period)
            found = answer(
                meter=meter, period=period, placed=placed, now=timezone.now(), forecaster=options["forecaster"],
                seed=options["seed"],
            )  # fmt: skip
        except BadScenario as error:
            raise CommandError(f"{error.field}: {error.sentence}") from error
        except (SimulationError, UnknownMeter) as error:
            raise CommandError(str(error)) from error
        cost = money(book=found.book, outcome=found.outcome, placed=placed)
        summary = summary_of(found.outcome, cost)
        if options["json"]:
            told = {"meter": meter.slug, "trained": str(found.trained), "weather": found.material.weather}
            self.stdout.write(json.dumps({**told, "summary": summary, "series": series_of(found.outcome)}))
            return
        self._strip(summary, cost)
        for words in (*summary["warnings"], *summary["assumptions"]):
            self.stdout.write(words)

    def _strip(self, summary: dict[str, Any], cost: dict[str, Any]) -> None:
        for name, unit in (("energy_kwh", "kWh"), ("peak_kw", "kW")):
            part = summary[name]
            low, middle, high = part["change"]
            worlds = f"{part['base'][1]:>12.2f} -> {part['scenario'][1]:.2f} {unit}"
            self.stdout.write(f"{name.split('_')[0]:<8}{worlds}  {middle:+.2f} (80 %: {low:+.2f} to {high:+.2f})")
        if cost.get("change"):
            change = cost["scenario"]["total"] - cost["base"]["total"]
            example = ", example prices" if cost["is_example"] else ""
            self.stdout.write(f"{'cost':<8}{change:+.2f} {cost['currency']}{example}")


def _params(given: list[str]) -> dict[str, str]:
    wrong = next((text for text in given if "=" not in text), None)
    if wrong is not None:
        raise BadScenario("param", f"Write NAME=VALUE, not {wrong!r}.")
    return dict(text.split("=", 1) for text in given)


def _moment(text: str, zone: ZoneInfo, field: str, *, after: bool = False) -> datetime:
    """A local day's midnight, that after it with `after`; or a local moment."""
    try:
        if len(text) == len("2026-01-31"):
            day = date.fromisoformat(text) + timedelta(days=int(after))
            return datetime.combine(day, time(), tzinfo=zone)
        at = datetime.fromisoformat(text)
    except ValueError:
        raise BadScenario(
            field, f"Write a day like 2026-01-31 or a moment like 2026-01-31T14:00, not {text!r}."
        ) from None
    return at if at.tzinfo else at.replace(tzinfo=zone)
