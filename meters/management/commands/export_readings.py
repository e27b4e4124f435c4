"""Write readings to a file."""

import json
from argparse import ArgumentParser
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from django.core.management.base import BaseCommand, CommandError
from tqdm import tqdm

from meters.models import Meter
from meters.selectors import UnknownMeter, UnknownSite, all_meters, meter_named, site_named
from meters.services import BadTable
from meters.services.exporting import export_formats, export_readings

ALWAYS = (datetime(1970, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC))
ENDINGS = {".csv": "csv", ".parquet": "parquet", ".pq": "parquet", ".xlsx": "excel"}


class Command(BaseCommand):
    """Exit 0 where the file was written, 1 where it was not."""

    help = (
        "Write readings with local and UTC stamps, quality and source to CSV, Parquet or Excel, by the file's ending."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Which readings, and where to."""
        parser.add_argument("file", type=Path)
        target = parser.add_mutually_exclusive_group(required=True)
        target.add_argument("--meter", action="append", help="its short name; may be given several times")
        target.add_argument("--site", help="all meters of the site")
        parser.add_argument("--from", dest="first", type=date.fromisoformat, help="first local day, like 2026-01-31")
        parser.add_argument("--to", dest="last", type=date.fromisoformat, help="last local day, itself included")
        parser.add_argument("--format", help="where the ending does not say it")
        parser.add_argument("--dry-run", action="store_true", help="count, write nothing")
        parser.add_argument("--json", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        """Write beside the file first, so that a broken-off export leaves no half one."""
        path: Path = options["file"]
        key = options["format"] or ENDINGS.get(path.suffix.lower(), "")
        if not key:
            known = ", ".join(export_formats())
            raise CommandError(f"The ending of {path.name} is not known. Say the format with --format: {known}.")
        half = Path("/dev/null") if options["dry_run"] else path.with_name(f".{path.name}.half")
        try:
            meters = self._meters(**options)
            start, end = _period(meters, options["first"], options["last"])
            with half.open("wb") as target, tqdm(unit=" readings", disable=options["json"] or None) as bar:
                count = export_readings(
                    meters=meters,
                    start=start,
                    end=end,
                    format=key,
                    target=target,
                    progress=lambda done: _advance(bar, done),
                )
            if not options["dry_run"]:
                half.replace(path)
        except (UnknownMeter, UnknownSite, BadTable) as error:
            half.unlink(missing_ok=True) if not options["dry_run"] else None
            raise CommandError(str(error)) from error
        except OSError as error:
            raise CommandError(f"{path} cannot be written: {error.strerror}.") from error
        verb = "Would write" if options["dry_run"] else "Wrote"
        told = (
            json.dumps({"file": str(path), "readings": count})
            if options["json"]
            else f"{verb} {count} readings to {path}."
        )
        self.stdout.write(told)

    def _meters(self, **options: Any) -> list[Meter]:
        if options["site"]:
            return list(all_meters().filter(site=site_named(options["site"])))
        return [meter_named(slug) for slug in options["meter"]]


def _advance(bar: "tqdm[Any]", done: int) -> None:
    bar.update(done - bar.n)


def _period(meters: list[Meter], first: date | None, last: date | None) -> tuple[datetime, datetime]:
    """Whole local days of the first meter's site."""
    zone = ZoneInfo(meters[0].site.zone) if meters else ZoneInfo("UTC")
    start = datetime.combine(first, time(), zone).astimezone(UTC) if first else ALWAYS[0]
    end = datetime.combine(last + timedelta(days=1), time(), zone).astimezone(UTC) if last else ALWAYS[1]
    return start, end
