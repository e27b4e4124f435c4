"""Read all kept documents of an account again with the parser as it is now; nothing is asked of the portal."""

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from scraping.management.visiting import Printer, account_or_error, told_as_sentences
from scraping.services import replay_documents, visit_folder


class Command(BaseCommand):
    """Exit 0 where every document could be read, 1 where some could not; the others are stored all the same."""

    help = "Replay a mended plug-in or recipe over the kept documents of a portal account."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Which account, which meter."""
        parser.add_argument("account", help="its name in the panel")
        parser.add_argument("--meter", default="", help="only this one, by its number at the portal")
        parser.add_argument("--dry-run", action="store_true", help="say what would change, store nothing")
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        """Read and tell."""
        account = account_or_error(options["account"])
        watcher = Printer(visit_folder(account.pk), (lambda _text: None) if options["json"] else self.stdout.write)
        words = {"reference": options["meter"], "dry_run": options["dry_run"]}
        with told_as_sentences():
            report = replay_documents(account=account, now=timezone.now(), watcher=watcher, **words)
        told = {**report.counts, "dry_run": options["dry_run"]}
        if options["json"]:
            self.stdout.write(json.dumps({**told, "problems": report.problems}))
        else:
            would = "would be " if options["dry_run"] else ""
            self.stdout.write(
                f"{report.documents} documents, {report.unreadable} unreadable. Readings: {report.new} {would}new, "
                f"{report.changed} {would}changed, {report.same} the same, {report.refused} refused."
            )
        if report.unreadable:
            raise CommandError(f"{report.unreadable} documents cannot be read; the others were. {report.problems[0]}")
