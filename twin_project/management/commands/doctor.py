"""`./twin doctor`: is everything there that the twin needs?"""

import dataclasses
import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from twin_project.doctor import examine


class Command(BaseCommand):
    """Exit 0 where everything needed is there, 1 otherwise."""

    help = "Check browser, driver, database, workers, ports, disk, versions and plug-ins."
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Options."""
        parser.add_argument("--json", action="store_true", help="print one JSON list")

    def handle(self, *args: Any, **options: Any) -> None:
        """Look and say."""
        findings = []
        for finding in examine():
            findings.append(finding)
            if not options["json"]:
                mark = "ok  " if finding.ok else ("MISS" if finding.needed else "off ")
                self.stdout.write(f"{mark}  {finding.name:<18} {finding.sentence}")
        if options["json"]:
            self.stdout.write(json.dumps([dataclasses.asdict(finding) for finding in findings]))
        missing = [finding.name for finding in findings if finding.needed and not finding.ok]
        if missing:
            raise CommandError(f"Not everything is there: {', '.join(missing)}.")
