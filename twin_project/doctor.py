"""What the twin needs, looked at one by one, each with a sentence that says what it found or what to do."""

import platform
import shutil
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib.metadata import version

from django.conf import settings
from django.db import OperationalError, ProgrammingError, connection
from django.db.migrations.executor import MigrationExecutor
from django.utils import timezone

from forecasting.registry import forecasters
from scraping.chromium import find_browser, find_driver, version_of
from scraping.domain.errors import BrowserMissing
from scraping.registry import portals
from twin_project.kit import ports
from twin_project.kit.env import VAR
from twin_project.kit.jobs import tend

LEAST_FREE_GB = 2.0


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at. `needed` is False for what only some work needs."""

    name: str
    ok: bool
    sentence: str
    needed: bool = True


def examine() -> Iterator[Finding]:
    """Look at everything."""
    for look in (_versions, _browser, _database, _migrations, _clusters, _ports, _disk, _plugins):
        try:
            yield from look()
        except (OperationalError, ProgrammingError) as error:
            yield Finding(look.__name__.strip("_"), False, _reason(error))


def _reason(error: Exception) -> str:
    if isinstance(error, ProgrammingError):
        return "Its tables are not there yet: ./twin migrate"
    return f"The database cannot be reached: {error}".strip()


def _versions() -> Iterator[Finding]:
    packages = ", ".join(f"{name} {version(name)}" for name in ("django", "pandas", "scikit-learn", "selenium"))
    ok = sys.version_info >= (3, 11)
    yield Finding("versions", ok, f"Python {platform.python_version()}, {packages}.")


def _browser() -> Iterator[Finding]:
    for name, find in (("browser", find_browser), ("driver", find_driver)):
        try:
            path = find()
        except BrowserMissing as error:
            yield Finding(name, False, str(error))
        else:
            yield Finding(name, True, f"{version_of(path)} at {path}.")


def _database() -> Iterator[Finding]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('server_version'), pg_size_pretty(pg_database_size(current_database()))")
        found, size = cursor.fetchone()
    embedded = settings.DATABASES["default"]["ENGINE"] == "twin_project.kit.embedded"
    kind = f"embedded in {VAR}" if embedded else "of DATABASE_URL"
    ok = int(found.split(".")[0]) >= 14
    yield Finding("database", ok, f"PostgreSQL {found}, {kind}, {size}." + ("" if ok else " 14 or newer is needed."))


def _migrations() -> Iterator[Finding]:
    executor = MigrationExecutor(connection)
    pending = executor.migration_plan(executor.loader.graph.leaf_nodes())
    sentence = f"{len(pending)} migrations are to be run: ./twin migrate" if pending else "All migrations are in."
    yield Finding("schema", not pending, sentence)


def _clusters() -> Iterator[Finding]:
    now = timezone.now()
    for name in settings.JOB_CLUSTERS:
        alive = tend.is_alive(cluster=name, now=now)
        sentence = (
            "A canary came back lately." if alive else "No canary came back lately: ./twin run_workers starts it."
        )
        yield Finding(f"cluster {name}", alive, sentence, needed=False)


def _ports() -> Iterator[Finding]:
    free = ports.is_free(8000)
    yield Finding("port 8000", free, "Free." if free else "Taken, by a running twin or another program.", needed=False)


def _disk() -> Iterator[Finding]:
    VAR.mkdir(parents=True, exist_ok=True)
    free_gb = shutil.disk_usage(VAR).free / 1e9
    ok = free_gb >= LEAST_FREE_GB
    yield Finding(
        "disk", ok, f"{free_gb:.0f} GB free under {VAR}." + ("" if ok else f" At least {LEAST_FREE_GB:g} are needed.")
    )


def _plugins() -> Iterator[Finding]:
    registries: tuple[tuple[str, Callable[[], list[str]], dict[str, str]], ...] = (
        ("forecasters", forecasters.keys, forecasters.broken()),
        ("portals", portals.keys, portals.broken()),
    )
    for name, keys, broken in registries:
        yield Finding(name, True, ", ".join(key for key in keys() if key not in broken) + ".")
        for key, reason in broken.items():
            yield Finding(f"{name}: {key}", False, f"Left out: {reason}")
