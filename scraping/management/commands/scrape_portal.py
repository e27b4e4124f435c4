"""Visit a portal account now, in this process."""

import json
import signal
from argparse import ArgumentParser, ArgumentTypeError
from pathlib import Path
from typing import Any, NoReturn

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from scraping.domain.errors import PortalError
from scraping.models import PortalAccount
from scraping.selectors import account_named, accounts
from scraping.services import NotNow, visit_alone
from twin_project.kit.env import VAR

STOPPED = "Stopped. What was read so far is kept, and the next visit goes on from there."


class Command(BaseCommand):
    """Exit 0 after a whole visit, 1 with a sentence otherwise, 130 where somebody stopped it."""

    help = "Visit a portal account with a real browser and store what it shows."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Which account, how far back."""
        parser.add_argument("account", help="its name in the panel")
        parser.add_argument("--days", type=_days, help="read so many days back, not only what is new")
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        """Visit it."""
        account = _account(options["account"])
        folder = VAR / "visits" / str(account.pk)  # one for each account: the next visit finds what a killed one left
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        watcher = _Printer(folder, say=lambda text: None if options["json"] else self.stdout.write(text))
        before = signal.signal(signal.SIGTERM, _stop)
        try:
            run = visit_alone(account=account, watcher=watcher, now=timezone.now(), days=options["days"])
        except (PortalError, NotNow) as error:
            raise CommandError(str(error)) from error
        except KeyboardInterrupt as stop:
            raise CommandError(STOPPED, returncode=130) from stop
        finally:
            signal.signal(signal.SIGTERM, before)
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
        self._say(f"  {done_n} of {done_of}" if done_of != 100 else f"  {done_n} %")

    def log(self, text: str) -> None:
        self._say(f"  {text}")

    def warn(self, text: str) -> None:
        self._say(f"  warning: {text}")


def _account(name: str) -> PortalAccount:
    account = account_named(name)
    if account is None:
        names = ", ".join(str(known) for known in accounts()) or "none yet; add one in the panel or the admin"
        raise CommandError(f"There is no portal account called {name!r}; there are: {names}.")
    return account


def _days(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= 3660:
        raise ArgumentTypeError(f"must be whole days from 1 to 3660, not {text!r}")
    return int(text)


def _stop(_number: int, _frame: object) -> NoReturn:
    """TERM ends a visit as Ctrl-C does, so that the browser is closed and the run is written down."""
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    raise KeyboardInterrupt
