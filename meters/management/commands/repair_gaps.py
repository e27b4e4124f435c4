"""Estimate what is missing."""

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from tqdm import tqdm

from meters.selectors import UnknownMeter, all_meters, meter_named
from meters.services import estimate_gaps
from twin_project.kit.jobs.services import announce


class Command(BaseCommand):
    """Exit 0 where nothing is missing any more, 1 where something is."""

    help = (
        "Fill gaps with estimates: up to 2 hours by a straight line, up to 7 days from like days. What was measured "
        "is not touched, and takes the estimate's place whenever it comes. Visit the portal again first."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Of which meters."""
        parser.add_argument("--meter", help="its short name; all by default")
        parser.add_argument("--dry-run", action="store_true", help="say what would be filled, store nothing")
        parser.add_argument("--json", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        """Meter by meter; forecasts follow as after any readings."""
        try:
            meters = [meter_named(options["meter"])] if options["meter"] else list(all_meters())
        except UnknownMeter as error:
            raise CommandError(str(error)) from error
        told = []
        for meter in tqdm(meters, unit=" meters", disable=options["json"] or None):
            report = estimate_gaps(meter=meter, now=timezone.now(), dry_run=options["dry_run"])
            told.append({"meter": meter.slug, "estimated": report.by_method, "left_hours": report.left_hours})
            if report.by_method and not options["dry_run"]:
                announce(announcement="readings_stored", params={"meter_id": meter.pk})
            if not options["json"]:
                filled = ", ".join(f"{n} by {method}" for method, n in report.by_method.items()) or "nothing"
                verb = "would estimate" if options["dry_run"] else "estimated"
                self.stdout.write(f"{meter.slug}: {verb} {filled}; {report.left_hours:,.1f} hours are still missing")
        if options["json"]:
            self.stdout.write(json.dumps({"dry_run": options["dry_run"], "meters": told}))
        if any(row["left_hours"] for row in told):
            raise SystemExit(1)
