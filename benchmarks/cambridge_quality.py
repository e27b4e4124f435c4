"""The Cambridge buildings through validation: what each rule found, by meter, and pictures of some findings.

Into a scratch database beside the product's. `--write docs` puts the table into docs/quality-cambridge.md and the
pictures (SVG, drawn here) into docs/images/quality/.
"""

import argparse
import json
import os
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pandas as pd

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "twin_project.settings")
os.environ.setdefault("TWIN_HTTPS", "0")

import django  # noqa: E402

django.setup()

from django.db import connection  # noqa: E402

from benchmarks.finding_pictures import draw  # noqa: E402
from benchmarks.readings import store_frame  # noqa: E402
from meters.models import Meter, ValidationFinding  # noqa: E402
from meters.services import ensure_meter, ensure_site, ensure_source, validate_readings  # noqa: E402

NOW = datetime(2026, 1, 1, tzinfo=UTC)
RULES = ("spike", "stuck", "zeros", "duplicate", "gap", "overlap", "power_range", "negative")


def main() -> int:
    """Import, validate, tell, draw."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=ROOT.parent / "shared" / "data")
    parser.add_argument("--write", type=Path)
    parser.add_argument("--pick", nargs="*", default=[], help="METER@RULE@2020-01-31T00:00 of findings to draw")
    parser.add_argument("--json", type=Path, help="every finding, for looking around")
    options = parser.parse_args()
    old_name = connection.settings_dict["NAME"]
    connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
    try:
        whole = pd.read_parquet(options.data / "cambridge_hourly.parquet")
        seconds = run(whole)
        found = findings()
        text = report(found, Meter.objects.count(), seconds)
        sys.stdout.write(text)
        if options.json:
            options.json.write_text(json.dumps(found.astype(str).to_dict("records")))
        if options.write:
            (options.write / "quality-cambridge.md").write_text(text)
            folder = options.write / "images" / "quality"
            folder.mkdir(parents=True, exist_ok=True)
            for pick in options.pick:
                picture(whole, found, pick, folder)
    finally:
        connection.creation.destroy_test_db(old_name, verbosity=0)
    return 0


def run(whole: pd.DataFrame) -> float:
    """Store and validate every meter; the seconds that validation took."""
    source = ensure_source(kind="import", label="cambridge_hourly.parquet", now=NOW)
    site = ensure_site(name="Cambridge", zone="Europe/London")
    seconds = 0.0
    for name, some in whole.groupby("meter_id", observed=True, sort=False):
        meter = ensure_meter(site=site, reference=str(name), interval_s=3600)
        store_frame(meter, some, {"kwh": "energy_kwh"}, "timestamp", source.pk)
        began = time.perf_counter()
        validate_readings(meter=meter, now=NOW)
        seconds += time.perf_counter() - began
    return seconds


def findings() -> pd.DataFrame:
    """One row for each finding."""
    names = ("meter__reference", "rule", "start_at", "end_at", "value", "sentence")
    rows = ValidationFinding.objects.order_by("meter__reference", "rule", "start_at").values_list(*names)
    return pd.DataFrame(list(rows), columns=["meter", "rule", "start_at", "end_at", "value", "sentence"])


def report(found: pd.DataFrame, meters_n: int, seconds: float) -> str:
    """A Markdown table: findings (hours) by meter and rule."""
    hours = (found["end_at"] - found["start_at"]).dt.total_seconds() / 3600
    counts = found.pivot_table(index="meter", columns="rule", values="sentence", aggfunc="count", fill_value=0)
    timed = found.assign(hours=hours)
    spans = timed.pivot_table(index="meter", columns="rule", values="hours", aggfunc="sum", fill_value=0)
    rules = [rule for rule in RULES if rule in counts]
    lines = [
        "# What validation found in the Cambridge buildings",
        "",
        f"{meters_n} meters, {len(found):,} findings; all rules over all readings took {seconds:.0f} s. The table is",
        "made by `./twin bench cambridge_quality --write docs`: findings, in brackets their hours.",
        "",
        f"| meter | {' | '.join(rules)} |",
        f"|---|{'---:|' * len(rules)}",
        f"| **all** | {' | '.join(f'{counts[rule].sum():,} ({spans[rule].sum():,.0f})' for rule in rules)} |",
    ]
    for name in counts.index:
        pairs = [(int(counts[rule].loc[name]), float(spans[rule].loc[name])) for rule in rules]
        cells = [f"{count} ({span:,.0f})" if count else "" for count, span in pairs]
        lines.append(f"| {name} | {' | '.join(cells)} |")
    return "\n".join(lines) + "\n"


def picture(whole: pd.DataFrame, found: pd.DataFrame, pick: str, folder: Path) -> None:
    """The finding with as much of the series around it as it is long, but two days at least."""
    name, rule, at = pick.split("@")
    start = pd.Timestamp(at, tz="UTC")
    one = found[(found["meter"] == name) & (found["rule"] == rule) & (found["start_at"] == start)].iloc[0]
    margin = min(max(one["end_at"] - one["start_at"], timedelta(days=2)), timedelta(days=30))
    series = whole[whole["meter_id"].astype(str) == name].set_index("timestamp")["kwh"]
    stamps = pd.DatetimeIndex(series.index)
    series.index = stamps if stamps.tz else stamps.tz_localize("UTC")
    part = series.loc[one["start_at"] - margin : one["end_at"] + margin]
    title = f"{name}, {rule}: {one['sentence']}"
    (folder / f"{name}-{rule}-{start:%Y%m%d}.svg").write_text(draw(part, one["start_at"], one["end_at"], title))


if __name__ == "__main__":
    sys.exit(main())
