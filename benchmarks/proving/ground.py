"""A whole twin beside a portal with all archetypes: visit them, and compare what is stored with what is true."""

import contextlib
import io
import json
import os
import shutil
import subprocess
import sys
import time
import urllib.parse
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import django
import numpy as np
import pandas as pd
import psycopg
from psycopg.conninfo import make_conninfo

from scraping.demo_portal.archetype import Archetype, archetypes
from scraping.demo_portal.catalogue import METERS, DemoMeter
from scraping.demo_portal.rows import Column, midnight, true_rows
from tests.e2e.house import PORTAL_PASSWORD, ROOT, House
from twin_project.kit import ports
from twin_project.kit.embedded import ensure_running

RECIPES = ROOT / "scraping" / "demo_portal" / "recipes"
EMPTY = "TRUNCATE meters_reading, meters_readingrevision, scraping_storeddocument, scraping_scraperun CASCADE"
IN_READINGS = ("energy_kwh", "power_kw", "voltage_v", "current_a", "reactive_kvarh", "power_factor", "frequency_hz")
STORED = """
    SELECT r.start_at, r.interval_s, r.quality, {columns}
      FROM meters_reading r JOIN scraping_portalmeter p ON p.meter_id = r.meter_id
      JOIN scraping_portalaccount a ON a.id = p.account_id
     WHERE a.name = %s AND p.reference = %s AND r.start_at >= %s AND r.start_at < %s ORDER BY r.start_at"""
SUSPECT = 2


@dataclass
class Visit:
    """How one visit ended: "done", or the word of its error."""

    ended: str
    sentence: str
    has_evidence: bool
    seconds: float
    report: dict[str, int] = field(default_factory=dict)


@dataclass
class Compared:
    """Rows of one meter and period against the truth; suspect rows are in quarantine and count as held back."""

    true_n: int = 0
    right: int = 0
    wrong: int = 0
    missing: int = 0
    extra: int = 0
    doubled: int = 0
    held_back: int = 0

    @property
    def whole(self) -> bool:
        """Everything is there, and nothing else."""
        return self.right == self.true_n and not (self.wrong or self.missing or self.extra or self.doubled)

    def __add__(self, other: "Compared") -> "Compared":
        return Compared(*(getattr(self, name) + getattr(other, name) for name in self.__dataclass_fields__))


class DemoUtility:
    """The portal at the root, read by its plug-in in Python."""

    key = "demo_utility"
    meters = tuple(METERS.values())

    def truth(self, start: datetime, end: datetime, now: datetime, meter: DemoMeter) -> pd.DataFrame:
        """As an archetype's."""
        columns = tuple(Column(one.field, one.label, one.unit, one.decimals) for one in meter.quantities)
        return true_rows(meter, columns, start, end, now)


Site = Archetype | DemoUtility


def site_of(key: str) -> Site:
    """An archetype, or the demo utility."""
    return DemoUtility() if key == DemoUtility.key else archetypes.get(key)()


class Ground:
    """One house with a portal that can fail; an account for each archetype that is asked for."""

    def __init__(self, house: House) -> None:
        self.house = house
        self.accounts: set[str] = set()

    @property
    def portal(self) -> str:
        """Its root."""
        return f"http://127.0.0.1:{self.house.portal_port}/"

    def fault(self, name: str = "", times: int = -1) -> None:
        """Switch one on, or all off."""
        data = urllib.parse.urlencode({"name": name, "times": times}).encode()
        urllib.request.urlopen(f"{self.portal}faults/", data, timeout=20).close()  # noqa: S310 - our own process

    def harm(self) -> list[str]:
        """Changes that a visitor made at any site."""
        with urllib.request.urlopen(f"{self.portal}faults/", timeout=20) as answer:  # noqa: S310 - as above
            found: list[str] = json.load(answer)["harm"]
        return found

    def empty(self) -> None:
        """Forget readings, documents and visits."""
        words = ensure_running(self.house.var)
        with psycopg.connect(make_conninfo(dbname="twin", user="twin", **words)) as connection:
            connection.execute(EMPTY)

    def visit(self, key: str, *, days: int, words: list[str] | None = None) -> Visit:
        """Run the command to its end: in this process, or with `words` (those of `unshare`, say) in one of its own."""
        began = time.perf_counter()
        if words is None:
            report, said = self._visit_here(key, days)
        else:
            command = [sys.executable, "manage.py", "scrape_portal", key, "--days", str(days), "--json"]
            done = subprocess.run(
                [*words, *command], cwd=ROOT, env=self.house.env, capture_output=True, text=True, check=False
            )
            report, said = json.loads(done.stdout.splitlines()[-1]) if done.returncode == 0 else {}, done.stderr[-300:]
        seconds = time.perf_counter() - began
        [(state, word, sentence, evidence)] = self.house.sql(
            """SELECT r.state, r.error_class, r.error_message, e.id IS NOT NULL
                 FROM scraping_scraperun r LEFT JOIN scraping_evidence e ON e.run_id = r.id
                 JOIN scraping_portalaccount a ON a.id = r.account_id
                WHERE a.name = %s ORDER BY r.id DESC LIMIT 1""",
            key,
        ) or [("none", "NoRun", said, False)]
        return Visit("done" if state == "done" else word or state, sentence, bool(evidence), seconds, report)

    @staticmethod
    def validate() -> None:
        """What the workers do after every ingest: the rules that need neighbours.

        Not by the command, which ends the process with 1 where it finds something.
        """
        from meters.models import Meter
        from meters.services import validate_readings

        for meter in Meter.objects.select_related("site"):
            validate_readings(meter=meter, now=datetime.now(UTC))

    @staticmethod
    def _visit_here(key: str, days: int) -> tuple[dict[str, int], str]:
        from django.core.management import CommandError, call_command

        out = io.StringIO()
        try:
            call_command("scrape_portal", key, days=days, json=True, stdout=out)
        except CommandError as error:
            return {}, str(error)
        found: dict[str, int] = json.loads(out.getvalue().splitlines()[-1])
        return found, ""

    def compare(self, key: str, *, days: int) -> Compared:
        """All meters of an archetype, over the days that have settled."""
        site = site_of(key)
        return sum((self._compare_meter(site, meter, days) for meter in site.meters), Compared())

    def _compare_meter(self, site: Site, meter: DemoMeter, days: int) -> Compared:
        start, end = settled(meter.zone, days)
        truth = site.truth(start, end, datetime.now(UTC), meter)
        fields = [name for name in truth.columns if name in IN_READINGS]
        truth = truth.dropna(subset=fields, how="all").set_index("start_at")
        columns = ", ".join(f"r.{name}" for name in fields)
        rows = self.house.sql(STORED.format(columns=columns), site.key, meter.reference, start, end)
        frame = pd.DataFrame(rows, columns=["start_at", "interval_s", "quality", *fields])
        return _compared(truth, frame, fields, meter.interval_s)


def settled(zone: str, days: int) -> tuple[datetime, datetime]:
    """From the first whole day of so many back to last midnight: what two visits minutes apart must both know."""
    today = datetime.now(UTC).astimezone(ZoneInfo(zone)).date()
    return midnight(today - timedelta(days=days - 1), zone), midnight(today, zone)


def _compared(truth: pd.DataFrame, frame: pd.DataFrame, fields: list[str], interval_s: int) -> Compared:
    doubled = int(frame["start_at"].duplicated().sum())
    held = frame["quality"] == SUSPECT
    frame = frame[~held & ~frame["start_at"].duplicated()].set_index("start_at")
    true_at, stored_at = pd.DatetimeIndex(truth.index), pd.DatetimeIndex(pd.to_datetime(frame.index, utc=True))
    frame.index = stored_at
    both = true_at.intersection(stored_at)
    left = truth.loc[both, fields].to_numpy(dtype="float64")
    right = frame.loc[both, fields].astype("float64").to_numpy()
    same = np.isclose(left, right, rtol=1e-9, atol=1e-9, equal_nan=True).all(axis=1)
    same &= (frame.loc[both, "interval_s"] == interval_s).to_numpy()
    return Compared(
        true_n=len(truth),
        right=int(same.sum()),
        wrong=int((~same).sum()),
        missing=len(true_at.difference(stored_at)),
        extra=len(stored_at.difference(true_at)),
        doubled=doubled,
        held_back=int(held.sum()),
    )


@contextlib.contextmanager
def open_ground() -> Iterator[Ground]:
    """A migrated house in TWIN_VAR with its portal; everything is ended and removed after.

    This process is one of the house's: it has its settings and its database.
    """
    folder = Path(os.environ["TWIN_VAR"])
    house = House(folder)
    house.env["TWIN_ALLOW_PRIVATE_ADDRESSES"] = "1"  # the portal is on this machine
    os.environ.pop("DATABASE_URL", None)
    os.environ.update(house.env)
    try:
        house.manage("migrate", "-v0")
        house.portal_port = ports.choose(18700, strict=False)
        house.start("portal", "-m", "scraping.demo_portal", "--port", str(house.portal_port))
        if not ports.wait_until_answers(house.portal_port, timeout_s=30):
            raise RuntimeError(house.logs())
        django.setup()
        yield Ground(house)
    finally:
        house.close()
        shutil.rmtree(folder, ignore_errors=True)


__all__ = ["PORTAL_PASSWORD", "RECIPES", "Compared", "Ground", "Visit", "open_ground", "settled"]
