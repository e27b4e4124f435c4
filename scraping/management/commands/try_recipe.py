"""Try a recipe at its portal, in this process, and print what it read; nothing is stored."""

import json
import tempfile
from argparse import ArgumentParser
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pandas as pd
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from scraping.domain.recipes.nodes import BadRecipe
from scraping.management.credentials import ask_for_credentials, credentials_asked
from scraping.management.visiting import Printer, told_as_sentences
from scraping.services import Tryout, try_recipe

SHOWN = 3  # rows at the beginning, and as many at the end


class Command(BaseCommand):
    """Exit 0 where it read something, 1 with a sentence otherwise, 130 where somebody stopped it."""

    help = "Follow a recipe for the last days of one meter and print the readings; nothing is stored."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The recipe, as whom, how much."""
        parser.add_argument("recipe", type=Path, help="a file of YAML")
        ask_for_credentials(parser)
        parser.add_argument("--days", type=int, default=3, help="back from now (default %(default)s)")
        parser.add_argument("--meter", default="", help="its reference, where the portal has several; else the first")
        parser.add_argument(
            "--keep", type=Path, metavar="FOLDER", help="write documents there, and the page it failed on"
        )
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        """Try and print."""
        path: Path = options["recipe"]
        if not path.is_file():
            raise CommandError(f"There is no file {path}.")
        credentials = credentials_asked(options)
        with tempfile.TemporaryDirectory(prefix="twin-try-") as folder, told_as_sentences():
            watcher = Printer(Path(folder), (lambda _text: None) if options["json"] else self.stdout.write)
            try:
                found = try_recipe(
                    text=path.read_text(encoding="utf-8"),
                    credentials=credentials,
                    watcher=watcher,
                    days=options["days"],
                    now=timezone.now(),
                    meter=options["meter"],
                    keep=options["keep"],
                )
            except BadRecipe as error:
                raise CommandError("\n".join([f"{path} cannot be followed:", *error.problems])) from error
        self.stdout.write(_as_json(found) if options["json"] else _as_table(found))
        if found.frame.empty:
            raise CommandError("No reading was in it. Try other days with --days.")


def _as_json(found: Tryout) -> str:
    frame = found.frame.drop(columns="interval_s")
    rows = json.loads(frame.to_json(orient="records", date_format="iso"))
    told = {"meters": [one.reference for one in found.meters], "meter": found.meter.reference, "rows": rows}
    return json.dumps(told, ensure_ascii=False)


def _as_table(found: Tryout) -> str:
    frame = found.frame.drop(columns="interval_s")
    frame["start_at"] = frame["start_at"].dt.tz_convert(ZoneInfo(found.meter.zone)).dt.strftime("%Y-%m-%d %H:%M")
    shown = frame if len(frame) <= 2 * SHOWN else pd.concat([frame.head(SHOWN), frame.tail(SHOWN)])
    head = f"\n{len(frame)} readings of {found.meter.name}, by the start of the interval in {found.meter.zone}:"
    return "\n".join([head, shown.to_string(index=False, na_rep="-"), "", "Nothing was stored."])
