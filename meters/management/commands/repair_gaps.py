"""Estimate what is missing."""

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from meters.management.asking import ask_for_meters, meters_asked, with_bar
from meters.services import estimate_gaps
from twin_project.kit.jobs.services import announce


class Command(BaseCommand):
    """Exit 0 where nothing is missing any more, 1 where something is, 2 where the question cannot be answered."""

    help = (
        "Fill gaps with estimates: up to 2 hours by a straight line, up to 7 days from like days. What was measured "
        "is not touched, and takes the estimate's place whenever it comes. Visit the portal again first."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Of which meters."""
        ask_for_meters(parser)
        parser.add_argument("--dry-run", action="store_true", help="say what would be filled, store nothing")

    def handle(self, *args: Any, **options: Any) -> None:
        """Meter by meter; forecasts follow as after any readings."""
        told = []
        for meter in with_bar(meters_asked(options["meter"]), unit="meters", json=options["json"]):
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
