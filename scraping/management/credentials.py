"""What the commands that sign in without an account share: a name, and secrets that never stand on a command line."""

import getpass
import os
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import CommandError

from scraping.domain.one_time_codes import plain_seed
from scraping.domain.records import Credentials


def ask_for_credentials(parser: ArgumentParser) -> None:
    """The options."""
    parser.add_argument("--username", required=True)
    parser.add_argument("--password-env", default="", metavar="NAME", help="variable that holds it; else asked for")
    parser.add_argument("--totp-env", default="", metavar="NAME", help="variable that holds the seed of codes")


def credentials_asked(options: dict[str, Any]) -> Credentials:
    """A password on a command line would be seen by every user of the machine, so it never stands there."""
    name = options["password_env"]
    if name and name not in os.environ:
        raise CommandError(f"The variable {name} is not set.")
    password = os.environ[name] if name else getpass.getpass("Password at the portal: ")
    seed = os.environ.get(options["totp_env"], "") if options["totp_env"] else ""
    try:
        return Credentials(options["username"], password, plain_seed(seed) if seed else "")
    except ValueError as error:
        raise CommandError(str(error)) from error
