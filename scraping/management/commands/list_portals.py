"""The portals that can be read, and the accounts at each."""

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from scraping.registry import portals
from scraping.selectors import accounts
from twin_project.kit.params import describe


class Command(BaseCommand):
    """Exit 0; 1 where a file of scraping/portals/ gives no usable portal."""

    help = "List the portal plug-ins with their parameters and accounts."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """How to print."""
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        """No secret is printed, and no parameter's value."""
        found, broken = [_about(key) for key in portals.all()], portals.broken()
        if options["json"]:
            self.stdout.write(json.dumps({"portals": found, "broken": broken}, indent=2))
        else:
            for portal in found:
                self.stdout.write(f"{portal['key']}: {portal['title']}. {portal['summary']}")
                self.stdout.write(f"  asks for: {', '.join(portal['params'])}")
                for account in portal["accounts"]:
                    self.stdout.write(f"  account {account['name']}: {account['state']}")
        if broken:
            reasons = "; ".join(f"{key}: {reason}" for key, reason in broken.items())
            raise CommandError(f"These files of scraping/portals/ give no usable portal. {reasons}")


def _about(key: str) -> dict[str, Any]:
    plugin = portals.get(key)
    own = [
        {"name": row.name, "state": "on schedule" if row.enabled else row.stopped_because or "stopped"}
        for row in accounts().filter(portal=key)
    ]
    params = [info.name for info in describe(plugin.Params)]
    return {"key": key, "title": plugin.title, "summary": plugin.summary, "params": params, "accounts": own}
