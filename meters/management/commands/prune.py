"""Delete old single readings, whose sums stay, and old weather forecasts."""

import json
from argparse import ArgumentParser
from datetime import datetime, timedelta
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from meters.management.asking import ask_for_meters, meters_asked, with_bar, wrongly
from meters.selectors.imports import all_sites
from meters.services import prune_readings, prune_vintages

LEAST_DAYS = 31


class Command(BaseCommand):
    """Exit 0 where all went that should; 2 where the command cannot do what was asked. The answer says what went."""

    help = (
        "Delete readings older than so many days, whole months at a time (roll-ups, revisions and findings stay), and "
        "weather forecasts that were issued so long ago (observations stay)."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """How old, of which meters."""
        ask_for_meters(parser)
        parser.add_argument("--older-than-days", type=int, help="readings, at least 31 days")
        parser.add_argument(
            "--weather-vintages-days", type=int, help="forecasts of all sites by their time of issue, at least 31 days"
        )
        parser.add_argument("--dry-run", action="store_true", help="say what would go, delete nothing")

    def handle(self, *args: Any, **options: Any) -> None:
        """Meter by meter and site by site, each in its own transaction."""
        readings, vintages = options["older_than_days"], options["weather_vintages_days"]
        if readings is None and vintages is None:
            raise wrongly("Say what is old: --older-than-days for readings, --weather-vintages-days for forecasts.")
        now, dry_run = timezone.now(), options["dry_run"]
        told: dict[str, Any] = {"dry_run": dry_run, "meters": [], "sites": []}
        read_before = _before(readings, now, "portals correct the last month")
        issued_before = _before(vintages, now, "backtests look at the last month")
        if read_before is not None:
            for meter in with_bar(meters_asked(options["meter"]), unit="meters", json=options["json"]):
                report = prune_readings(meter=meter, before=read_before, dry_run=dry_run)
                kept_from = report.kept_from_at.isoformat()
                told["meters"].append({"meter": meter.slug, "deleted": report.deleted, "kept_from": kept_from})
        if issued_before is not None:
            for site in with_bar(all_sites(), unit="sites", json=options["json"]):
                gone = prune_vintages(site=site, before=issued_before, dry_run=dry_run)
                told["sites"].append({"site": site.slug, "deleted": gone, "kept_from": issued_before.isoformat()})
        self._tell(told, as_json=options["json"])

    def _tell(self, told: dict[str, Any], *, as_json: bool) -> None:
        if as_json:
            self.stdout.write(json.dumps(told))
            return
        verb = "would be deleted" if told["dry_run"] else "were deleted"
        for row in told["meters"]:
            self.stdout.write(f"{row['meter']}: {row['deleted']} readings before {row['kept_from']} {verb}.")
        for row in told["sites"]:
            self.stdout.write(f"{row['site']}: {row['deleted']} forecasts issued before {row['kept_from']} {verb}.")


def _before(days: int | None, now: datetime, why: str) -> datetime | None:
    if days is None:
        return None
    if days < LEAST_DAYS:
        raise wrongly(f"Keep {LEAST_DAYS} days at least: {why}.")
    try:
        return now - timedelta(days=days)
    except OverflowError as error:
        raise wrongly(f"{days} days reach back before the calendar begins.") from error
