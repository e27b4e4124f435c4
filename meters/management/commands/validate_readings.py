"""Run the validation rules over what is stored."""

import dataclasses
import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from meters.management.asking import ask_for_meters, instant, meters_asked, with_bar, wrongly
from meters.registry import rules
from meters.services import RuleReport, validate_readings


class Command(BaseCommand):
    """Exit 0 where no rule found anything new, 1 where one did, 2 where the question cannot be answered."""

    help = "Validate readings by every rule, or by those named; doubtful ones become suspect, findings say why."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Which meters, rules and period."""
        ask_for_meters(parser)
        parser.add_argument("--rule", nargs="+", action="extend", help="rules by their keys; all by default")
        parser.add_argument("--start", type=instant, help="like 2026-01-31T00:00Z; from the first by default")
        parser.add_argument("--end", type=instant, help="to the last reading by default")
        parser.add_argument("--dry-run", action="store_true", help="report, change nothing")

    def handle(self, *args: Any, **options: Any) -> None:
        """A report by meter and rule."""
        unknown = set(options["rule"] or []) - set(rules.keys())
        if unknown:
            raise wrongly(f"There is no rule {', '.join(sorted(unknown))}; there are: {', '.join(rules.keys())}.")
        if options["start"] and options["end"] and options["start"] >= options["end"]:
            raise wrongly("The end is not after the start. Give the earlier instant as --start.")
        told: dict[str, list[RuleReport]] = {}
        for meter in with_bar(meters_asked(options["meter"]), unit="meters", json=options["json"]):
            told[meter.slug] = validate_readings(
                meter=meter,
                now=timezone.now(),
                start=options["start"],
                end=options["end"],
                keys=options["rule"],
                dry_run=options["dry_run"],
            )
        self._tell(told, as_json=options["json"])
        if any(report.new for reports in told.values() for report in reports):
            raise SystemExit(1)

    def _tell(self, told: dict[str, list[RuleReport]], *, as_json: bool) -> None:
        if as_json:
            listed = {slug: [dataclasses.asdict(report) for report in reports] for slug, reports in told.items()}
            self.stdout.write(json.dumps(listed, default=str))
            return
        for slug, reports in told.items():
            self.stdout.write(slug)
            for report in reports:
                if report.found:
                    new = f", {report.new} new" if report.new else ""
                    self.stdout.write(f"  {report.rule:<20}{report.found:>7,} found,{report.hours:>10,.1f} h{new}")
                    self.stdout.write(
                        f"  {'':<20}e.g. {report.worst[0].start_at:%Y-%m-%d %H:%M}: {report.worst[0].sentence}"
                    )
