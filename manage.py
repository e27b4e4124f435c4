#!/usr/bin/env python
"""Django's command line. `./twin NAME` runs the same inside the project's own environment."""

import os
import sys


def main() -> None:
    """Run one management command; a database that is gone or empty is a sentence, not a traceback."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "twin_project.settings")
    from django.core.management import execute_from_command_line
    from django.db import OperationalError, ProgrammingError
    from psycopg.errors import UndefinedTable

    try:
        execute_from_command_line(sys.argv)
    except OperationalError as error:
        sys.exit(f"The database cannot be reached: {error}")
    except ProgrammingError as error:
        if not isinstance(error.__cause__, UndefinedTable):
            raise
        sys.exit("The database has no tables for this yet. Type: ./twin migrate")


if __name__ == "__main__":
    main()
