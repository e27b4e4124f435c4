"""The tables of docs/scraping.md, out of the archetypes and the faults: `python -m scraping.demo_portal.matrix`."""

import sys

from scraping.demo_portal.archetype import archetypes
from scraping.demo_portal.fault_table import FAULTS


def archetype_table() -> str:
    """One line an archetype, in Markdown."""
    lines = ["| site | below the portal's root | what is special | meter's zone |", "|---|---|---|---|"]
    for key, archetype in archetypes.all().items():
        site = archetype()
        lines.append(f"| `{key}` {site.brand} | `{site.address()}` | {site.summary} | {site.meter.zone} |")
    return "\n".join(lines)


def fault_table() -> str:
    """One line a fault, in Markdown."""
    lines = ["| fault | what happens | tried at | the visit ends | stored by then |", "|---|---|---|---|---|"]
    for name, fault in FAULTS.items():
        ends = fault.ends if fault.ends == "done" else f"`{fault.ends}`"
        lines.append(f"| `{name}` | {fault.what} | {fault.site} | {ends} | {fault.stored} |")
    return "\n".join(lines)


if __name__ == "__main__":
    sys.stdout.write(f"{archetype_table()}\n\n{fault_table()}\n")
