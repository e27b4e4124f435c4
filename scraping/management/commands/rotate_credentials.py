"""Seal every secret of every portal account anew under the newest key."""

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from scraping.services import rotate_credentials

HOW = "To rotate: put a new key in front of TWIN_FIELD_KEYS (or of var/secrets/field_keys, comma-separated), restart, "
HOW += "run this command, then take the old keys away."


class Command(BaseCommand):
    """Exit 0 where every secret is under the newest key now, 1 where some opens with none of the keys."""

    help = f"Encrypt passwords, seeds and sessions of portal accounts with the newest key. {HOW}"

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Whether to do it."""
        parser.add_argument("--dry-run", action="store_true", help="say what could be done, change nothing")
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        """All of it in one transaction; no secret is printed."""
        told = rotate_credentials(dry_run=options["dry_run"])
        if options["json"]:
            about = {"rotated": told.rotated, "failed": told.failed, "dry_run": options["dry_run"]}
            self.stdout.write(json.dumps(about))
        else:
            done = "can be sealed" if options["dry_run"] else "are sealed"
            self.stdout.write(f"{told.rotated} secrets {done} under the newest key.")
        if told.failed:
            raise CommandError(
                f"None of the keys opens: {', '.join(told.failed)}. Put the old key back, or enter them again."
            )
