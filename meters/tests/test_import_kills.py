"""kill -9 in the middle of an import: given again, the table is that of an undisturbed one.

Several kills come one after another before it may end. TWIN_KILLS=100 makes it a hundred; the suite has ten.
"""

import contextlib
import hashlib
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pytest
from django.db import connection

from meters.models import ImportBatch, Meter, Reading
from meters.services import ensure_meter, ensure_site

KILLS = int(os.environ.get("TWIN_KILLS", "10"))
IN_A_ROW = 4
# Python and Django are loaded once; each line that it is sent forks an import. It answers with the import's process
# id and, when that has ended, with its exit status.
RUN = """
import os, sys
import django
from django.conf import settings
settings.DATABASES["default"]["NAME"] = sys.argv[1]
django.setup()
from django.core.management import call_command
from meters.services.importing import opening
from meters.formats import csv
opening.PORTION_ROWS = csv.CHUNK_ROWS = 1500
for _ in sys.stdin:
    child = os.fork()
    if not child:
        os.dup2(2, 1)
        call_command("import_readings", sys.argv[2], "--site", "Kills", "--json")
        os._exit(0)
    print(child, flush=True)
    print(os.waitpid(child, 0)[1], flush=True)
"""


def digest() -> str:
    """All readings of the site's meters, whoever wrote them and when."""
    names = ["meter__reference", "start_at", "interval_s", "quality", "energy_kwh", "power_kw"]
    rows = (
        Reading.objects.filter(meter__site__name="Kills").order_by("meter__reference", "start_at").values_list(*names)
    )
    return hashlib.sha256(repr(list(rows)).encode()).hexdigest()


class Imports:
    """Imports of one file, each in a process of its own."""

    def __init__(self, path: Path) -> None:
        command = [sys.executable, "-c", RUN, str(connection.settings_dict["NAME"]), str(path)]
        pipe = subprocess.PIPE
        self.process = subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=subprocess.DEVNULL, text=True)
        assert self.process.stdin
        assert self.process.stdout
        self.asked, self.told = self.process.stdin, self.process.stdout

    def begin(self) -> int:
        """Start one; its process id."""
        self.asked.write("\n")
        self.asked.flush()
        return int(self.told.readline())

    def status(self) -> int:
        """How the one that was started ended."""
        return int(self.told.readline())


@pytest.fixture
def imports(tmp_path: Path) -> Iterator[Imports]:
    starts = pd.date_range("2025-09-01", periods=4000, freq="h", tz="UTC")
    parts = [pd.DataFrame({"meter": name, "start": starts, "kwh": [n % 11 / 4 for n in range(4000)]}) for name in "abc"]
    path = tmp_path / "three.csv"
    pd.concat(parts).to_csv(path, index=False)
    started = Imports(path)
    with started.process:
        yield started


def clear() -> None:
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE meters_reading, meters_readingrevision, meters_rollup")
    ImportBatch.objects.all().delete()


@pytest.mark.django_db(transaction=True)
def test_an_import_that_is_killed_anywhere_ends_as_an_undisturbed_one(imports: Imports) -> None:
    site = ensure_site(name="Kills", zone="Europe/Paris")
    for name in ("a", "b", "c"):
        ensure_meter(site=site, reference=name, interval_s=3600)
    began_at = time.monotonic()
    imports.begin()
    assert imports.status() == 0
    took = time.monotonic() - began_at
    expected, chance, halfway = digest(), random.Random(11), 0  # noqa: S311 - the same points every time
    assert Meter.objects.filter(site=site).count() == 3
    for kill in range(5 * KILLS):
        if kill >= KILLS and halfway:  # on a busy machine the first ones may all have come too late or too early
            break
        if kill % IN_A_ROW == 0:
            clear()
        running = imports.begin()
        time.sleep(chance.uniform(0.0, 0.9) * took)
        with contextlib.suppress(ProcessLookupError):  # it was quicker
            os.kill(running, signal.SIGKILL)
        imports.status()
        halfway += ImportBatch.objects.filter(state="storing").exists()
        if kill % IN_A_ROW == IN_A_ROW - 1 or kill >= KILLS - 1:
            imports.begin()
            assert imports.status() == 0
            assert digest() == expected
            assert not ImportBatch.objects.exclude(state="done").exists()
    assert halfway > 0
