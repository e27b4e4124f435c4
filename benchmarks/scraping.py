"""The scraper on its proving ground: archetypes, faults, discovery, a year of hours, crashes and kills.

Everything runs in a twin of its own with an embedded server, the portal of all archetypes and real browsers. Each
case is written to --file at once; --resume takes up where an interrupted run ended.
"""

import argparse
import json
import os
import signal
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from benchmarks.proving.results import Results, Row, row  # noqa: E402
from scraping.demo_portal.archetype import archetypes  # noqa: E402
from scraping.demo_portal.fault_table import FAULTS  # noqa: E402

if TYPE_CHECKING:
    from benchmarks.proving.ground import Ground

PARTS = ("archetypes", "faults", "discovery", "year", "kills")
YEARS = {"xhr_json": 20, "csv_download": 20, "paginated_table": 90}  # seconds that are asked for


def main() -> int:
    """Print the table, what went wrong, and last the JSON line; 0 where every target holds."""
    options = _options()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(130))  # so that the house is closed
    results = Results(options.file, resume=options.resume)
    folder = Path(tempfile.mkdtemp(prefix="proving ground "))
    folder.chmod(0o755)
    os.environ["TWIN_VAR"] = str(folder)  # before anything of the product reads it
    from benchmarks.proving.ground import open_ground

    with open_ground() as ground:
        for part in options.only or PARTS:
            _run(part, ground, results, options)
    rows = report(results)
    for part in PARTS:
        for case in [] if options.json else results.of(part):
            sys.stdout.write(f"{'ok  ' if case.ok else 'FAIL'} {part:<11}{case.name:<22}{case.told[:200]}\n")
    for one in [] if options.json else rows:
        sys.stdout.write(f"{one['what']:<26}{one['value']:>12,.2f} {one['unit']:<6}{one['target']}\n")
    passed = all(one["ok"] for one in rows)
    sys.stdout.write(json.dumps({"bench": "scraping", "ok": passed, "rows": rows}) + "\n")
    return 0 if passed else 1


def report(results: Results) -> list[Row]:
    """The rows of what was measured; a part that did not run has none."""
    rows: list[Row] = []
    counted = {"archetypes": "archetypes_ok", "faults": "faults_ok", "discovery": "discovered"}
    wanted = {"archetypes": len(archetypes.keys()), "faults": len(FAULTS), "discovery": 12}
    for part, what in counted.items():
        if cases := results.of(part):
            least = min(wanted[part], len(cases))
            rows.append(row(what, sum(case.ok for case in cases), f"of {len(cases)}", least=least))
    for case in results.of("year"):
        name = {"xhr_json": "year_by_xhr", "csv_download": "year_by_csv", "paginated_table": "year_by_table"}
        what = name.get(case.name, f"year_by_{case.name}")
        rows.append(row(f"{what}_s", case.facts["seconds"] if case.ok else 9e9, "s", most=YEARS.get(case.name)))
        rows.append(row(f"{what}_mib", case.facts["mib"], "MiB"))
    if kills := results.of("kills"):
        recovered = 100 * sum(case.facts.get("in_job", 0) for case in kills) / len(kills)
        rows.append(row("recovered_in_job_pct", recovered, "%", least=95))
        rows.append(row("recovered_by_next_pct", 100 * sum(case.ok for case in kills) / len(kills), "%", least=100))
        rows.append(row("orphans", sum(case.facts.get("orphans", 0) for case in kills), "", most=0))
    if told := [*results.of("kills"), *results.of("faults")]:
        for what in ("doubled", "lost", "wrong"):
            rows.append(row(f"rows_{what}", sum(case.facts.get(what, 0) for case in told), "", most=0))
    return rows


def _run(part: str, ground: "Ground", results: Results, options: argparse.Namespace) -> None:
    from benchmarks.proving.discovering import run_discovery
    from benchmarks.proving.faulty import run_faults
    from benchmarks.proving.kills import run_kills
    from benchmarks.proving.visits import run_archetypes, run_years

    if part == "archetypes":
        run_archetypes(ground, results, days=options.days)
    elif part == "faults":
        run_faults(ground, results, options.faults or list(FAULTS))
    elif part == "discovery":
        run_discovery(ground, results, options.sites or archetypes.keys())
    elif part == "year":
        run_years(ground, results, list(YEARS), best_of=options.best_of)
    else:
        words = {"browsers": options.crashes, "others": options.kills, "key": options.killed, "days": 5}
        run_kills(ground, results, **words)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true", help="only the last line")
    parser.add_argument("--only", choices=PARTS, nargs="*", help="some parts")
    parser.add_argument("--days", type=int, default=35, help="of each archetype (default %(default)s)")
    parser.add_argument("--faults", nargs="*", help="some faults, by name")
    parser.add_argument("--sites", nargs="*", help="some archetypes for discovery, by key")
    parser.add_argument("--best-of", type=int, default=1, help="runs of each year; the best counts")
    parser.add_argument("--crashes", type=int, default=50, help="browsers to kill (default %(default)s)")
    parser.add_argument("--kills", type=int, default=100, help="jobs, workers, clusters to kill (default %(default)s)")
    parser.add_argument(
        "--killed", default="csv_download", help="the site whose visits are killed (default %(default)s)"
    )
    parser.add_argument("--file", type=Path, help="keep each case there")
    parser.add_argument("--resume", action="store_true", help="leave out what --file has already")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
