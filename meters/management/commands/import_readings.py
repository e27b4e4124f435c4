"""Read a file of readings into a meter, or into the meters of a site."""

import dataclasses
import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from tqdm import tqdm

from meters.models import Meter, Site
from meters.models.sites import validate_zone
from meters.selectors import UnknownMeter, UnknownSite, meter_named, site_named
from meters.services import BadAnswer, BadTable, ImportReport, NotReady, ensure_site, import_readings
from twin_project.kit.jobs.services import announce

SHOWN = 20
ANSWERS = {
    "zone": "whose clock stamps without an offset show; by default the site's",
    "stamp_at": "start or end: what a stamp is of its interval; of a column `timestamp` the start",
    "unit": "of values whose title names none: Wh, kWh, MWh, W, kW, MW",
    "kind": "interval, register (a count that only rises; its steps become readings) or reads (only to check against)",
    "order": "day or month: which comes first in 03/04/2026",
    "decimal": "comma or point, where 1,234 may be either",
    "interval_s": "seconds of an interval; by default as the stamps follow each other",
    "once": "first or second: an hour that the clock repeats, where it stands once",
}


class Command(BaseCommand):
    """Exit 0 where the file was stored, 1 where it was not, 2 where bad rows were skipped."""

    help = (
        "Store the readings of a CSV, Excel, Parquet or Green Button file. What the file says of itself is used; "
        "what it cannot say is an option here. Nothing is stored if one row is bad."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Which file, for which meters, and what it does not say itself."""
        parser.add_argument("file", type=Path)
        target = parser.add_mutually_exclusive_group(required=True)
        target.add_argument("--meter", help="the short name of the meter that all rows belong to")
        target.add_argument("--site", help="short name or name of the site whose meters the file names")
        parser.add_argument("--make-meters", action="store_true", help="make meters (and, with --zone, the site) anew")
        for name, words in ANSWERS.items():
            parser.add_argument(f"--{name.replace('_', '-')}", help=words)
        parser.add_argument("--skip-bad", action="store_true", help="store the good rows of a file with bad ones")
        parser.add_argument("--dry-run", action="store_true", help="check everything, store nothing")
        parser.add_argument("--json", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        """Import, tell, and let whoever waits for readings know."""
        now = timezone.now()
        try:
            if options["zone"]:
                validate_zone(options["zone"])
            meter, site = self._target(**options)
            with tqdm(unit=" rows", disable=options["json"] or None) as bar:
                report, batch = import_readings(
                    path=options["file"],
                    now=now,
                    meter=meter,
                    site=site,
                    make_meters=options["make_meters"],
                    answers={name: options[name] or "" for name in ANSWERS},
                    dry_run=options["dry_run"],
                    skip_bad=options["skip_bad"],
                    progress=lambda done, of: _advance(bar, done, of),
                )
        except (BadTable, BadAnswer, UnknownMeter, UnknownSite, NotReady) as error:
            raise CommandError(_with_options(str(error))) from error
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from error
        self._tell(report, **options)
        if report.stored is None:
            raise CommandError(f"Nothing was stored: {report.faults_n} bad rows. --skip-bad stores the others.")
        for meter_id in batch.touched if batch else ():
            announce(announcement="readings_stored", params={"meter_id": int(meter_id)})
        if report.faults_n:
            raise SystemExit(2)

    def _target(self, **options: Any) -> tuple[Meter | None, Site | None]:
        if options["meter"]:
            return meter_named(options["meter"]), None
        try:
            return None, site_named(options["site"])
        except UnknownSite:
            if not (options["make_meters"] and options["zone"]):
                raise
            return None, ensure_site(name=options["site"], zone=options["zone"])

    def _tell(self, report: ImportReport, **options: Any) -> None:
        if options["json"]:
            self.stdout.write(json.dumps(dataclasses.asdict(report), default=str))
            return
        for fault in report.faults[:SHOWN]:
            self.stderr.write(str(fault))
        if report.faults_n > SHOWN:
            self.stderr.write(f"... and {report.faults_n - SHOWN} more bad rows.")
        if report.stored is not None:
            told = f"{report.stored.new} new, {report.stored.changed} corrected, {report.stored.same} known readings"
            period = ""
            if report.first_at and report.last_at:
                period = f" from {report.first_at:%Y-%m-%d %H:%M} to {report.last_at:%Y-%m-%d %H:%M} UTC"
            gaps = f", {report.empty_n} rows without a value" if report.empty_n else ""
            verb = "Would store" if options["dry_run"] else "Stored"
            meters = f" of {len(report.meters)} meters" if len(report.meters) > 1 else ""
            reads = f", and {report.reads_n} register reads" if report.reads_n else ""
            self.stdout.write(f"{verb} {told}{meters}{period}{gaps}{reads}; {report.energy_kwh:,.1f} kWh in the file.")
        for note in report.notes:
            self.stderr.write(note)


def _with_options(sentence: str) -> str:
    """Where the file leaves something open, name the options that say it."""
    if not sentence.startswith("The file does not say"):
        return sentence
    hints = {
        "whose clock": "--zone", "start or the end": "--stamp-at", "unit of": "--unit", "register": "--kind",
        "month comes": "--order", "comma": "--decimal", "how long": "--interval-s",
    }  # fmt: skip
    named = [option for words, option in hints.items() if words in sentence]
    return f"{sentence[:-1]} with {', '.join(named)}."


def _advance(bar: "tqdm[Any]", done: int, of: int) -> None:
    if done < bar.n:  # the second pass, which stores
        bar.reset()
    bar.total = of
    bar.update(done - bar.n)
