"""A measured row and its target, and how a benchmark tells them."""

import json
import sys
from typing import Any


def row(what: str, value: float, unit: str, *, most: float | None = None, least: float | None = None) -> dict[str, Any]:
    """One figure; without bounds it is only told."""
    bounds = [f"at {word} {bound:g}" for word, bound in (("least", least), ("most", most)) if bound is not None]
    ok = (most is None or value <= most) and (least is None or value >= least)
    return {"what": what, "value": round(float(value), 4), "unit": unit, "target": " and ".join(bounds), "ok": bool(ok)}


def tell(bench: str, rows: list[dict[str, Any]], *, as_json: bool) -> int:
    """Print the rows and, last, one line of JSON; 0 where every target holds, else 1."""
    if not as_json:
        for found in rows:
            word = found["target"] and ("kept" if found["ok"] else "MISSED")
            sys.stdout.write(
                f"{found['what']:<48}{found['value']:>12.3f} {found['unit']:<6}{word:<8}{found['target']}\n"
            )
    passed = all(found["ok"] for found in rows)
    sys.stdout.write(json.dumps({"bench": bench, "ok": passed, "rows": rows}) + "\n")
    return 0 if passed else 1
