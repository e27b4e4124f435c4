"""Compute roll-ups anew from the readings."""

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from tqdm import tqdm

from meters.selectors import UnknownMeter, all_meters, meter_named
from meters.services import rebuild_rollups


class Command(BaseCommand):
    """Exit 0 where every roll-up was right, or is now; 1 where a dry run found some that are not."""

    help = "Compute the roll-ups by hour, local day and month anew. They are kept up to date by every store."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Of which meters."""
        parser.add_argument("--meter", help="its short name; all by default")
        parser.add_argument("--dry-run", action="store_true", help="say what differs, write nothing")
        parser.add_argument("--json", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        """Meter by meter, each in its own transaction."""
        try:
            meters = [meter_named(options["meter"])] if options["meter"] else list(all_meters())
        except UnknownMeter as error:
            raise CommandError(str(error)) from error
        told, wrong = [], 0
        for meter in tqdm(meters, unit=" meters", disable=options["json"] or None):
            report = rebuild_rollups(meter=meter, dry_run=options["dry_run"])
            wrong += report.written + report.removed
            told.append({"meter": meter.slug, "written": report.written, "removed": report.removed})
        if options["json"]:
            self.stdout.write(json.dumps({"dry_run": options["dry_run"], "meters": told}))
        else:
            verb = "would be" if options["dry_run"] else "were"
            self.stdout.write(f"{wrong} roll-ups of {len(meters)} meters {verb} written or removed.")
        if options["dry_run"] and wrong:
            raise SystemExit(1)
