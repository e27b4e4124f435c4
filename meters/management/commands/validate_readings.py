"""Run the validation rules over what is stored."""

import dataclasses
import json
from argparse import ArgumentParser
from datetime import datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from tqdm import tqdm

from meters.registry import rules
from meters.selectors import UnknownMeter, all_meters, meter_named
from meters.services import RuleReport, validate_readings


class Command(BaseCommand):
    """Exit 0 where no rule found anything new, 1 where one did."""

    help = "Validate readings by every rule, or by those named; doubtful ones become suspect, findings say why."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Which meters, rules and period."""
        parser.add_argument("--meter", help="its short name; all by default")
        parser.add_argument("--rule", action="append", help="a rule's key, repeatable; all by default")
        parser.add_argument("--start", type=datetime.fromisoformat, help="2026-01-01T00:00Z; from the first by default")
        parser.add_argument("--end", type=datetime.fromisoformat, help="to the last reading by default")
        parser.add_argument("--dry-run", action="store_true", help="report, change nothing")
        parser.add_argument("--json", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        """A report by meter and rule."""
        unknown = set(options["rule"] or []) - set(rules.keys())
        if unknown:
            raise CommandError(f"There is no rule {', '.join(sorted(unknown))}; there are: {', '.join(rules.keys())}.")
        if any(at is not None and at.tzinfo is None for at in (options["start"], options["end"])):
            raise CommandError("Give --start and --end with a UTC offset, as 2026-01-01T00:00Z.")
        try:
            meters = [meter_named(options["meter"])] if options["meter"] else list(all_meters())
        except UnknownMeter as error:
            raise CommandError(str(error)) from error
        told: dict[str, list[RuleReport]] = {}
        for meter in tqdm(meters, unit=" meters", disable=options["json"] or None):
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
