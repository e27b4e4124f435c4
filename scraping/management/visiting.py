"""What the commands that visit a portal share: the account by its name, a printer, and an end by Ctrl-C or TERM."""

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NoReturn

from django.core.management.base import CommandError

from scraping.domain.errors import PortalError
from scraping.models import PortalAccount
from scraping.selectors import account_named, accounts
from scraping.services import NotNow

STOPPED = "Stopped. What was read so far is kept, and the next visit goes on from there."


class Printer:
    """Tells a person at a prompt how a visit goes."""

    def __init__(self, folder: Path, say: Callable[[str], object]) -> None:
        self.folder = folder
        self._say = say

    def step(self, text: str) -> None:
        """A new part begins."""
        self._say(text)

    def progress(self, done_n: int, done_of: int | None) -> None:
        """So far."""
        self._say(f"  {done_n} of {done_of}" if done_of != 100 else f"  {done_n} %")

    def log(self, text: str) -> None:
        """One line."""
        self._say(f"  {text}")

    def warn(self, text: str) -> None:
        """One line that matters."""
        self._say(f"  warning: {text}")


def account_or_error(name: str) -> PortalAccount:
    """The account of that name; CommandError with those there are."""
    account = account_named(name)
    if account is None:
        names = ", ".join(str(known) for known in accounts()) or "none yet; add one in the panel or the admin"
        raise CommandError(f"There is no portal account called {name!r}; there are: {names}.")
    return account


@contextmanager
def told_as_sentences() -> Iterator[None]:
    """Every end of a visit as a sentence and an exit code: 1 for a failure, 130 where somebody stopped it."""
    before = signal.signal(signal.SIGTERM, _stop)
    try:
        yield
    except (PortalError, NotNow) as error:
        raise CommandError(str(error)) from error
    except KeyboardInterrupt as stop:
        raise CommandError(STOPPED, returncode=130) from stop
    finally:
        signal.signal(signal.SIGTERM, before)


def _stop(_number: int, _frame: object) -> NoReturn:
    """TERM ends a visit as Ctrl-C does, so that the browser is closed and the run is written down."""
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    raise KeyboardInterrupt
