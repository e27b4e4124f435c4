"""How well past events would have been told, and how long a scenario takes: the rows of docs/what-if.md.

Victoria (hourly means of vic_elec_30min.parquet in `../shared/data`, or where --data says), trained on 2012 and 2013
only: the days of 2014 at 38 °C or more, its weekday holidays, ordinary days. How wide the heat bands are comes from
the hot spells of 2013, told by a twin that saw 2012 only. Then university buildings at Christmas, and speed through
the services in a scratch database. A part can be run alone: --only heat holidays placebo cambridge speed fleet.
"""

import argparse
import os
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "twin_project.settings")
os.environ.setdefault("TWIN_HTTPS", "0")

import django  # noqa: E402

django.setup()

from benchmarks._rows import tell  # noqa: E402
from benchmarks._whatif_buildings import building_rows  # noqa: E402
from benchmarks._whatif_speed import fleet_rows, in_scratch_database, speed_rows  # noqa: E402
from benchmarks._whatif_victoria import Victoria  # noqa: E402
from simulations.services.twins import BY_DEFAULT  # noqa: E402

PARTS = ("heat", "holidays", "placebo", "cambridge", "speed", "fleet")


def main() -> int:
    """Print every row and, last, the JSON line; 0 where every target holds."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=ROOT.parent / "shared" / "data")
    parser.add_argument("--forecaster", default=BY_DEFAULT[0], help="who tells; by default what-if's first choice")
    parser.add_argument("--only", nargs="*", choices=PARTS, default=list(PARTS))
    parser.add_argument("--meters", type=int, default=100, help="of the fleet; with fewer the row has their number")
    parser.add_argument("--json", action="store_true", help="only the last line")
    options = parser.parse_args()
    asked, victoria = set(options.only), Victoria.read(options.data, options.forecaster)
    rows: list[dict[str, Any]] = []
    for name, part in (("heat", victoria.heat), ("holidays", victoria.holidays), ("placebo", victoria.placebo)):
        rows += part() if name in asked else []
    if "cambridge" in asked:
        rows += building_rows(options.data, options.forecaster)
    if asked & {"speed", "fleet"}:
        with in_scratch_database():
            rows += speed_rows(victoria.meter, options.forecaster) if "speed" in asked else []
            rows += fleet_rows(options.data, options.forecaster, options.meters) if "fleet" in asked else []
    return tell("whatif", rows, as_json=options.json)


if __name__ == "__main__":
    sys.exit(main())
