"""Visit a portal account now, in this process."""

import json
import tempfile
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from scraping.domain.errors import PortalError
from scraping.selectors import account_named, accounts
from scraping.services import NotNow, visit_alone
from twin_project.kit.env import VAR


class Command(BaseCommand):
    """Exit 0 after a whole visit, 1 with a sentence otherwise."""

    help = "Visit a portal account with a real browser and store what it shows."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Which account, how far back."""
        parser.add_argument("account", help="its name in the panel")
        parser.add_argument("--days", type=int, help="read so many days back, not only what is new")
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        """Visit it."""
        account = account_named(options["account"])
        if account is None:
            names = ", ".join(str(known) for known in accounts()) or "none yet; add one in the panel or the admin"
            raise CommandError(f"There is no portal account called {options['account']!r}; there are: {names}.")
        (VAR / "jobs").mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix="command-", dir=VAR / "jobs") as folder:
            watcher = _Printer(Path(folder), say=lambda text: None if options["json"] else self.stdout.write(text))
            try:
                run = visit_alone(account=account, watcher=watcher, now=timezone.now(), days=options["days"])
            except (PortalError, NotNow) as error:
                raise CommandError(str(error)) from error
        told = {"documents": run.documents_n, "new": run.new_n, "changed": run.changed_n}
        told |= {"same": run.same_n, "refused": run.refused_n}
        self.stdout.write(json.dumps(told) if options["json"] else ", ".join(f"{n} {what}" for what, n in told.items()))


class _Printer:
    def __init__(self, folder: Path, say: Any) -> None:
        self.folder = folder
        self._say = say

    def step(self, text: str) -> None:
        self._say(text)

    def progress(self, done_n: int, done_of: int | None) -> None:
        self._say(f"  {done_n} of {done_of}")

    def log(self, text: str) -> None:
        self._say(f"  {text}")

    def warn(self, text: str) -> None:
        self._say(f"  warning: {text}")
