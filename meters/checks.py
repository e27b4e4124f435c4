"""What can be wrong with the stored sites and tables on this machine: `manage.py check --database default`."""

from collections.abc import Sequence
from typing import Any
from zoneinfo import available_timezones

from django.core.checks import CheckMessage, Error, Tags, register
from django.core.checks import Warning as CheckWarning
from django.db import connections

from meters.models import Reading, Site
from meters.registry import formats, rules, weather_providers

OLDEST_POSTGRESQL = 150_000
_COVERS = "SELECT indnatts > indnkeyatts FROM pg_index WHERE indrelid = %s::regclass AND indisprimary"


@register(Tags.database)
def sites_have_known_zones(*, databases: Sequence[str] | None = None, **_kwargs: Any) -> list[CheckMessage]:
    """A zone that this machine's time-zone data does not know would fail at the first page."""
    if not databases or not _migrated(databases[0]):
        return []
    unknown = Site.objects.exclude(zone__in=available_timezones())
    hint = "Correct it in the admin, or update the package tzdata."
    return [
        Error(f"The time zone {site.zone!r} of {site} is unknown here.", hint, site, "meters.E001") for site in unknown
    ]


@register(Tags.database)
def readings_are_laid_out_as_asked(*, databases: Sequence[str] | None = None, **_kwargs: Any) -> list[CheckMessage]:
    """An old server, or a restored table without its covering key, is slow rather than wrong."""
    found: list[CheckMessage] = []
    for alias in databases or ():
        connection: Any = connections[alias]
        connection.ensure_connection()
        if connection.pg_version < OLDEST_POSTGRESQL:
            found.append(
                CheckWarning("PostgreSQL 15 or newer is expected.", "Move to a newer server.", id="meters.W001")
            )
        if _migrated(alias):
            with connection.cursor() as cursor:
                cursor.execute(_COVERS, [Reading._meta.db_table])
                row = cursor.fetchone()
            if row != (True,):
                hint = "Run the statements of meters/migrations/0002_storage.py again."
                found.append(CheckWarning("The key of the readings does not cover a series.", hint, id="meters.W002"))
    return found


@register()
def plugins_can_serve(**_kwargs: Any) -> list[CheckMessage]:
    """One warning for each file of a plug-in folder that gives nothing usable; it stops nothing else."""
    hint = "Mend or remove the file. Until then it is left out; all others serve."
    return [
        CheckWarning(f"{registry.package}.{key} is no usable plug-in: {reason}.", hint, id="meters.W003")
        for registry in (formats, rules, weather_providers)
        for key, reason in registry.broken().items()
    ]


def _migrated(alias: str) -> bool:
    return Reading._meta.db_table in connections[alias].introspection.table_names()
