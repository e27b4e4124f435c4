"""List the times without a reading that counts."""

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from meters.management.asking import ask_for_meters, meters_asked, with_bar
from meters.selectors import open_gaps

SHOWN = 20


class Command(BaseCommand):
    """Exit 0 without a gap, 1 with some, 2 where the question cannot be answered."""

    help = "List the gaps of the meters' readings, less those that are ignored. Suspect readings do not count."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Of which meters."""
        ask_for_meters(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        """Meter by meter, oldest gap first."""
        meters = with_bar(meters_asked(options["meter"]), unit="meters", json=options["json"])
        found = {meter.slug: open_gaps(meter) for meter in meters}
        if options["json"]:
            listed = {
                slug: [{"start_at": a.isoformat(), "end_at": b.isoformat()} for a, b in gaps]
                for slug, gaps in found.items()
            }
            self.stdout.write(json.dumps(listed))
        else:
            self._tell(found)
        if any(found.values()):
            raise SystemExit(1)

    def _tell(self, found: dict[str, list[Any]]) -> None:
        for slug, gaps in found.items():
            hours = sum((end - start).total_seconds() for start, end in gaps) / 3600
            word = "gap" if len(gaps) == 1 else "gaps"
            self.stdout.write(f"{slug}: {len(gaps)} {word}, {hours:,.1f} hours")
            for start, end in gaps[:SHOWN]:
                self.stdout.write(f"  {start:%Y-%m-%d %H:%M} to {end:%Y-%m-%d %H:%M} UTC")
            if len(gaps) > SHOWN:
                self.stdout.write(f"  ... and {len(gaps) - SHOWN} more; --json lists all.")
