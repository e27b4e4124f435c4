"""Delete old single readings; their sums stay."""

import json
from argparse import ArgumentParser
from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from tqdm import tqdm

from meters.selectors import UnknownMeter, all_meters, meter_named
from meters.services import prune_readings


class Command(BaseCommand):
    """Exit 0; the answer says what went."""

    help = "Delete readings older than so many days, whole months at a time. Roll-ups, revisions and findings stay."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """How old, of which meters."""
        parser.add_argument("--older-than-days", type=int, required=True)
        parser.add_argument("--meter", help="its short name; all by default")
        parser.add_argument("--dry-run", action="store_true", help="say what would go, delete nothing")
        parser.add_argument("--json", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        """Meter by meter, each in its own transaction."""
        if options["older_than_days"] < 31:
            raise CommandError("Keep 31 days at least: portals correct the last month.")
        try:
            meters = [meter_named(options["meter"])] if options["meter"] else list(all_meters())
        except UnknownMeter as error:
            raise CommandError(str(error)) from error
        before = timezone.now() - timedelta(days=options["older_than_days"])
        told = []
        for meter in tqdm(meters, unit=" meters", disable=options["json"] or None):
            report = prune_readings(meter=meter, before=before, dry_run=options["dry_run"])
            told.append({"meter": meter.slug, "deleted": report.deleted, "kept_from": report.kept_from_at.isoformat()})
        if options["json"]:
            self.stdout.write(json.dumps({"dry_run": options["dry_run"], "meters": told}))
            return
        verb = "would be deleted" if options["dry_run"] else "were deleted"
        for row in told:
            self.stdout.write(f"{row['meter']}: {row['deleted']} readings before {row['kept_from']} {verb}.")
