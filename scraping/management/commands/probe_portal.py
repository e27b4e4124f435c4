"""Search a portal for the meter's series, in this process, and print what is proposed."""

import json
import tempfile
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from scraping.domain.discovery.proposals import Proposal
from scraping.domain.discovery.walk import Limits
from scraping.management.credentials import ask_for_credentials, credentials_asked
from scraping.management.visiting import Printer, told_as_sentences
from scraping.services import search_portal
from twin_project.kit.addresses import AddressRefused, parsed


class Command(BaseCommand):
    """Exit 0 with at least one proposal, 1 with a sentence otherwise, 130 where somebody stopped it."""

    help = "Sign in at a portal without a recipe, look around, and propose every series of readings that it shows."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Where, as whom, how far."""
        parser.add_argument("url", help="the portal's first page, or that of its sign-in form")
        ask_for_credentials(parser)
        parser.add_argument("--max-pages", type=int, default=Limits.pages, help="views to open (default %(default)s)")
        parser.add_argument("--zone", default=settings.TIME_ZONE, help="where the portal tells none (%(default)s)")
        parser.add_argument("--recipe", type=Path, metavar="FILE", help="write the recipe of the likeliest one there")
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        """Search, print, write."""
        credentials = credentials_asked(options)
        try:
            parsed(options["url"])
        except AddressRefused as error:
            raise CommandError(str(error)) from error
        with tempfile.TemporaryDirectory(prefix="twin-probe-") as folder, told_as_sentences():
            watcher = Printer(Path(folder), (lambda _text: None) if options["json"] else self.stdout.write)
            search, proposals = search_portal(
                address=options["url"],
                credentials=credentials,
                watcher=watcher,
                zone=options["zone"],
                limits=Limits(pages=options["max_pages"]),
            )
        if options["recipe"]:
            options["recipe"].write_text(proposals[0].recipe, encoding="utf-8")
        if options["json"]:
            ignored = [{"name": one.name, "why": one.why} for one in search.ignored]
            told = {"pages": search.pages_n, "proposals": [one.as_json() for one in proposals], "ignored": ignored}
            self.stdout.write(json.dumps(told, ensure_ascii=False))
            return
        self.stdout.write(_table(proposals))
        if options["recipe"]:
            self.stdout.write(f"The recipe of the first is in {options['recipe']}.")


def _table(proposals: list[Proposal]) -> str:
    heads = ("#", "series", "where", "interval", "zone", "stamps", "sure", "rows")
    rows = [
        (
            str(number),
            one.title,
            one.place,
            f"{one.series.interval_s.value // 60} min",
            one.series.zone.value,
            one.series.stamp_at.value,
            f"{one.confidence:.0%}",
            str(len(one.frame)),
        )
        for number, one in enumerate(proposals, start=1)
    ]
    widths = [max(len(row[at]) for row in (heads, *rows)) for at in range(len(heads))]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) for row in (heads, *rows)]
    troubles = [f"{number}: {one.trouble}" for number, one in enumerate(proposals, start=1) if one.trouble]
    return "\n".join(["", *lines, *troubles])
