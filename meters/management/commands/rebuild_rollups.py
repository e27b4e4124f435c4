"""Compute roll-ups anew from the readings."""

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from meters.management.asking import ask_for_meters, meters_asked, with_bar
from meters.services import rebuild_rollups


class Command(BaseCommand):
    """Exit 0 where every roll-up was right, or is now; 1 where a dry run found some that are not; 2 where it cannot."""

    help = "Compute the roll-ups by hour, local day and month anew. They are kept up to date by every store."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Of which meters."""
        ask_for_meters(parser)
        parser.add_argument("--dry-run", action="store_true", help="say what differs, write nothing")

    def handle(self, *args: Any, **options: Any) -> None:
        """Meter by meter, each in its own transaction."""
        meters = meters_asked(options["meter"])
        told, wrong = [], 0
        for meter in with_bar(meters, unit="meters", json=options["json"]):
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
