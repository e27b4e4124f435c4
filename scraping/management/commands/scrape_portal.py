"""Visit a portal account now, in this process."""

import json
from argparse import ArgumentParser, ArgumentTypeError
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from scraping.management.visiting import Printer, account_or_error, told_as_sentences
from scraping.services import visit_alone, visit_folder


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
        account = account_or_error(options["account"])
        say = (lambda _text: None) if options["json"] else self.stdout.write
        watcher = Printer(visit_folder(account.pk), say)
        with told_as_sentences():
            run = visit_alone(account=account, watcher=watcher, now=timezone.now(), days=options["days"])
        told = {"documents": run.documents_n, "new": run.new_n, "changed": run.changed_n}
        told |= {"same": run.same_n, "refused": run.refused_n}
        self.stdout.write(json.dumps(told) if options["json"] else ", ".join(f"{n} {what}" for what, n in told.items()))


def _days(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= 3660:
        raise ArgumentTypeError(f"must be whole days from 1 to 3660, not {text!r}")
    return int(text)
