"""`run_demo_portal`: the demo utility's web portal, as a process of its own."""

import os
import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from twin_project.kit.env import ROOT


class Command(BaseCommand):
    """Replace this process by the portal's: it has settings of its own and needs no database."""

    help = "Run the demo utility's web portal until it is told to stop."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        """As `python -m scraping.demo_portal --help` tells them."""
        parser.add_argument("--host", default="127.0.0.1")
        parser.add_argument("--port", default="8600", help="0 takes a free one (default %(default)s)")
        parser.add_argument("--now", default="", help="stop the portal's clock at this time, with an offset")

    def handle(self, *args: Any, **options: Any) -> None:
        """Never returns."""
        command = [sys.executable, "-m", "scraping.demo_portal", "--host", options["host"], "--port", options["port"]]
        if options["now"]:
            command += ["--now", options["now"]]
        os.chdir(ROOT)
        os.execv(sys.executable, command)  # noqa: S606  # no shell is wanted: same pid, same signals
