"""Rows of the report, and a file of what was measured so far, so that a long run can be taken up again."""

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

Row = dict[str, Any]


def row(what: str, value: float, unit: str, *, least: float | None = None, most: float | None = None) -> Row:
    """One line of the report; without a target it is always right."""
    good = (least is None or value >= least) and (most is None or value <= most)
    target = f"at least {least:g}" if least is not None else f"at most {most:g}" if most is not None else ""
    return {"what": what, "value": value, "unit": unit, "target": target, "ok": good}


@dataclass(frozen=True)
class Case:
    """One thing that was tried: an archetype, a fault, a kill."""

    part: str
    name: str
    ok: bool
    told: str = ""
    facts: dict[str, float] = field(default_factory=dict)


class Results:
    """Appends each case to a file at once."""

    def __init__(self, path: Path | None, *, resume: bool) -> None:
        self._path = path
        self.cases: dict[tuple[str, str], Case] = {}
        if path is not None and resume and path.exists():
            for line in path.read_text().splitlines():
                case = Case(**json.loads(line))
                self.cases[case.part, case.name] = case
        elif path is not None:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text("")

    def has(self, part: str, name: str) -> bool:
        """Whether an earlier run, which this one takes up, has tried it."""
        return (part, name) in self.cases

    def add(self, case: Case) -> None:
        """Keep it."""
        self.cases[case.part, case.name] = case
        if self._path is not None:
            with self._path.open("a") as out:
                out.write(json.dumps(asdict(case)) + "\n")

    def of(self, part: str) -> list[Case]:
        """The cases of one part, in their order."""
        return [case for case in self.cases.values() if case.part == part]
