"""Sign in at a portal by hand, where it lets no program in; the scraper then goes on with that session."""

import os
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from scraping.management.visiting import account_or_error, told_as_sentences
from scraping.services import sign_in_by_hand, visit_folder

NO_SCREEN = (
    "There is no screen on this machine to show a browser on. Run this command where you sit, on a machine that "
    "reaches the same database, or import the portal's files on the page Data."
)


class Command(BaseCommand):
    """Exit 0 when the session is kept, 1 with a sentence otherwise."""

    help = "Open a browser that you can see, sign in yourself, and keep the session, encrypted, for the scraper."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Which account."""
        parser.add_argument("account", help="its name in the panel")

    def handle(self, *args: Any, **options: Any) -> None:
        """Wait for the person, then look whether the portal takes the session."""
        account = account_or_error(options["account"])
        if not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")) and os.name == "posix":
            raise CommandError(NO_SCREEN)
        with told_as_sentences():
            sign_in_by_hand(account=account, folder=visit_folder(account.pk), now=timezone.now(), wait=self._wait)
        self.stdout.write("The session is kept, encrypted. Start the scraper again on its page.")

    def _wait(self) -> None:
        self.stdout.write("Sign in in the browser that has opened. Press Enter here when you see your own pages.")
        input()
