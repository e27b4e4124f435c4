"""kill -9 in the middle of an import: given again, the table is that of an undisturbed one.

Several kills come one after another before it may end. TWIN_KILLS=100 makes it a hundred; the suite has ten.
"""

import hashlib
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pandas as pd
import pytest
from django.db import connection

from meters.models import ImportBatch, Meter, Reading
from meters.services import ensure_meter, ensure_site

KILLS = int(os.environ.get("TWIN_KILLS", "10"))
IN_A_ROW = 4
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
print("begin", flush=True)
call_command("import_readings", sys.argv[2], "--site", "Kills", "--json")
"""


def digest() -> str:
    """All readings of the site's meters, whoever wrote them and when."""
    names = ["meter__reference", "start_at", "interval_s", "quality", "energy_kwh", "power_kw"]
    rows = (
        Reading.objects.filter(meter__site__name="Kills").order_by("meter__reference", "start_at").values_list(*names)
    )
    return hashlib.sha256(repr(list(rows)).encode()).hexdigest()


def run(path: Path) -> "subprocess.Popen[str]":
    command = [sys.executable, "-c", RUN, str(connection.settings_dict["NAME"]), str(path)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)


def begins(process: "subprocess.Popen[str]") -> None:
    """Wait until the command is about to start: Python and Django are loaded."""
    assert process.stdout is not None
    assert process.stdout.readline() == "begin\n"


def clear() -> None:
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE meters_reading, meters_readingrevision, meters_rollup")
    ImportBatch.objects.all().delete()


@pytest.mark.django_db(transaction=True)
def test_an_import_that_is_killed_anywhere_ends_as_an_undisturbed_one(tmp_path: Path) -> None:
    site = ensure_site(name="Kills", zone="Europe/Paris")
    for name in ("a", "b", "c"):
        ensure_meter(site=site, reference=name, interval_s=3600)
    starts = pd.date_range("2025-09-01", periods=4000, freq="h", tz="UTC")
    parts = [pd.DataFrame({"meter": name, "start": starts, "kwh": [n % 11 / 4 for n in range(4000)]}) for name in "abc"]
    path = tmp_path / "three.csv"
    pd.concat(parts).to_csv(path, index=False)
    with run(path) as whole:
        begins(whole)
        stored_at = time.monotonic()
        assert whole.wait(timeout=60) == 0
        took = time.monotonic() - stored_at
    expected, chance, halfway = digest(), random.Random(11), 0  # noqa: S311 - the same points every time
    assert Meter.objects.filter(site=site).count() == 3
    for kill in range(5 * KILLS):
        if kill >= KILLS and halfway:  # on a busy machine the first ones may all have come too late or too early
            break
        if kill % IN_A_ROW == 0:
            clear()
        with run(path) as process:
            begins(process)
            time.sleep(chance.uniform(0.0, 0.9) * took)
            process.send_signal(signal.SIGKILL)
        halfway += ImportBatch.objects.filter(state="storing").exists()
        if kill % IN_A_ROW == IN_A_ROW - 1 or kill >= KILLS - 1:
            with run(path) as last:
                assert last.wait(timeout=60) == 0
            assert digest() == expected
            assert not ImportBatch.objects.exclude(state="done").exists()
    assert halfway > 0
