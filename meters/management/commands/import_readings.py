"""Read a tidy CSV or Parquet file into a meter."""

import dataclasses
import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from tqdm import tqdm

from meters.models.sites import validate_zone
from meters.selectors import UnknownMeter, meter_named
from meters.services import BadTable, ImportReport, import_readings
from twin_project.kit.jobs.services import announce

SHOWN = 20


class Command(BaseCommand):
    """Exit 0 where the file was stored, 1 where it was not, 2 where bad rows were skipped."""

    help = (
        "Store the readings of a file with one row for each interval: a column timestamp (its start) and any of "
        "kwh, energy_kwh, power_kw, voltage_v, current_a, ... Nothing is stored if one row is bad."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Which file, for which meter."""
        parser.add_argument("file", type=Path)
        parser.add_argument("--meter", required=True, help="its short name")
        parser.add_argument("--zone", help="whose clock stamps without an offset show; by default the site's")
        parser.add_argument("--skip-bad", action="store_true", help="store the good rows of a file with bad ones")
        parser.add_argument("--dry-run", action="store_true", help="check everything, store nothing")
        parser.add_argument("--json", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        """Import, tell, and let whoever waits for readings know."""
        try:
            meter = meter_named(options["meter"])
            if options["zone"]:
                validate_zone(options["zone"])
            with tqdm(unit=" readings", disable=options["json"] or None) as bar:
                report = import_readings(
                    path=options["file"],
                    meter=meter,
                    now=timezone.now(),
                    zone=options["zone"],
                    dry_run=options["dry_run"],
                    skip_bad=options["skip_bad"],
                    progress=lambda done, of: _advance(bar, done, of),
                )
        except (BadTable, UnknownMeter) as error:
            raise CommandError(str(error)) from error
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from error
        self._tell(report, **options)
        if report.stored is None:
            raise CommandError(f"Nothing was stored: {len(report.faults)} bad rows. --skip-bad stores the others.")
        if not options["dry_run"] and (report.stored.new or report.stored.changed):
            announce(announcement="readings_stored", params={"meter_id": meter.pk})
        if report.faults:
            raise SystemExit(2)

    def _tell(self, report: ImportReport, **options: Any) -> None:
        if options["json"]:
            self.stdout.write(json.dumps(dataclasses.asdict(report), default=str))
            return
        for fault in report.faults[:SHOWN]:
            self.stderr.write(str(fault))
        if len(report.faults) > SHOWN:
            self.stderr.write(f"... and {len(report.faults) - SHOWN} more bad rows.")
        if report.stored is not None:
            told = f"{report.stored.new} new, {report.stored.changed} corrected, {report.stored.same} known readings"
            period = f" from {report.first_at:%Y-%m-%d %H:%M} to {report.last_at:%Y-%m-%d %H:%M} UTC"
            gaps = f", {report.empty_n} rows without a value" if report.empty_n else ""
            verb = "Would store" if options["dry_run"] else "Stored"
            self.stdout.write(f"{verb} {told}{period}{gaps}.")


def _advance(bar: "tqdm[Any]", done: int, of: int) -> None:
    bar.total = of
    bar.update(done - bar.n)
