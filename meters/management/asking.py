"""What the commands over readings ask for in one way. What cannot be is told with the exit code 2.

0 and 1 are answers: 1 says that something was found that a person should look at.
"""

from argparse import ArgumentParser, ArgumentTypeError
from collections.abc import Iterable
from datetime import datetime
from typing import TypeVar

from django.core.management.base import CommandError
from tqdm import tqdm

from meters.models import Meter
from meters.selectors import UnknownMeter, all_meters, meter_named

ASKED_WRONGLY = 2
T = TypeVar("T")


def ask_for_meters(parser: ArgumentParser) -> None:
    """One meter or all, and how to answer."""
    parser.add_argument("--meter", help="its short name; all by default")
    parser.add_argument("--json", action="store_true", help="answer with one line of JSON and without a progress bar")


def meters_asked(slug: str | None) -> list[Meter]:
    """The meter of that short name, or all."""
    try:
        return [meter_named(slug)] if slug else list(all_meters())
    except UnknownMeter as error:
        raise wrongly(str(error)) from error


def instant(text: str) -> datetime:
    """For the `type` of an argument."""
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        at = None
    if at is None or at.tzinfo is None:
        raise ArgumentTypeError(f"{text!r} is no instant with a UTC offset. Write it like 2026-01-31T00:00Z.")
    return at


def wrongly(sentence: str) -> CommandError:
    """What to raise where the command cannot do what was asked."""
    return CommandError(sentence, returncode=ASKED_WRONGLY)


def with_bar(some: Iterable[T], *, unit: str, json: bool) -> "tqdm[T]":
    """The things one by one, with a progress bar where a person looks on."""
    return tqdm(some, unit=f" {unit}", disable=json or None)
